/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One line a sender. */
#include "present/csv.h"
#include "present/report_words.h"
#include "present/senders_text.h"

static struct span number(struct arena *arena, uint64_t value)
{
	return arena_printf(arena, "%llu", (unsigned long long)value);
}

static struct sender_sample first_of(const struct vector *samples)
{
	return samples->len > 0 ? *VECTOR_AT(samples, const struct sender_sample, 0)
				: (struct sender_sample){0};
}

static void write_sender(struct buffer *text, const struct senders_report *report,
			 const struct sender *sender)
{
	struct arena *arena = report->arena;
	struct sender_sample source = first_of(&sender->sources);
	const struct span fields[] = {
		report->scope.domain,
		span_of_string(mail_class_name(sender->class)),
		sender->name,
		sender->provider != NULL ? sender->provider->id : span_of(NULL, 0),
		span_of_string(mail_evidence_name(sender->evidence)),
		number(arena, sender->messages),
		number(arena, sender->recent_messages),
		number(arena, sender->both_pass),
		number(arena, sender->dkim_pass),
		number(arena, sender->spf_pass),
		number(arena, sender->failing),
		number(arena, sender->quarantined),
		number(arena, sender->rejected),
		day_text(arena, sender->first_day),
		day_text(arena, sender->last_day),
		sender->is_new ? SPAN("yes") : SPAN("no"),
		source.text,
		first_of(&sender->froms).text,
		sender_fix(arena, sender),
		source.host,
		source.owner,
		source.country,
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	for (size_t i = 0; i < count; i++) {
		csv_field(text, fields[i], i + 1 == count);
	}
}

void present_senders_csv(const struct senders_report *report, struct buffer *text)
{
	buffer_puts(
		text,
		"domain,class,sender,provider,evidence,messages,recent_messages,pass_both,"
		"pass_dkim_only,pass_spf_only,failing,quarantined,rejected,first_seen,"
		"last_seen,new,main_source,main_from,fix,main_host,main_network,main_country\r\n");
	for (size_t i = 0; i < report->sender_count; i++) {
		write_sender(text, report, report->senders[i]);
	}
}

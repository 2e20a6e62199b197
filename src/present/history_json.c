/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* History and differences as JSON. */
#include "present/history.h"

#include "base/json.h"

static void put_time(struct json_writer *json, const char *key, int64_t time)
{
	if (time == 0) {
		json_key_null(json, key);
	} else {
		json_key_string(json, key, span_of_string(time_format(time).text));
	}
}

static void put_record(struct json_writer *json, const struct changed_record *record)
{
	json_key_string(json, "record", record->key);
	json_key_string(json, "subject", record->subject);
	json_key_string(json, "before", record->before);
	json_key_string(json, "after", record->after);
	json_key_string(json, "sentence", record->sentence);
}

static void put_findings(struct json_writer *json, const struct vector *findings)
{
	json_key(json, "findings");
	json_array_begin(json);
	for (size_t i = 0; i < findings->len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(findings, const struct changed_finding, i);
		const struct standing_finding *finding = changed->finding;
		json_object_begin(json);
		json_key_string(json, "change", changed->is_new ? SPAN("new") : SPAN("gone"));
		json_key_string(json, "id", finding->id);
		json_key_string(json, "control", span_of_string(control_name(finding->control)));
		json_key_string(json, "severity", span_of_string(severity_name(finding->severity)));
		json_key_string(json, "subject", finding->subject);
		json_key_string(json, "title", finding->title);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_controls(struct json_writer *json, const struct vector *controls)
{
	json_key(json, "controls");
	json_array_begin(json);
	for (size_t i = 0; i < controls->len; i++) {
		const struct changed_control *changed =
			VECTOR_AT(controls, const struct changed_control, i);
		json_object_begin(json);
		json_key_string(json, "control", span_of_string(control_name(changed->control)));
		json_key_string(json, "before",
				span_of_string(control_status_name(changed->before)));
		json_key_string(json, "after", span_of_string(control_status_name(changed->after)));
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_answers(struct json_writer *json, const char *key, enum answer before,
			enum answer after)
{
	json_key(json, key);
	json_object_begin(json);
	json_key_string(json, "before", span_of_string(answer_name(before)));
	json_key_string(json, "after", span_of_string(answer_name(after)));
	json_object_end(json);
}

static void put_change(struct json_writer *json, const struct change *change)
{
	const struct standing *before = change->before.standing;
	const struct standing *after = change->after.standing;
	put_time(json, "before", change->before.checked_at);
	put_time(json, "after", change->after.checked_at);
	json_key_string(json, "direction",
			span_of_string(change_direction_name(change->direction)));
	put_answers(json, "spoofable", before->spoofable.answer, after->spoofable.answer);
	put_answers(json, "interceptable", before->interceptable.answer,
		    after->interceptable.answer);
	json_key(json, "records");
	json_array_begin(json);
	for (size_t i = 0; i < change->records.len; i++) {
		json_object_begin(json);
		put_record(json, VECTOR_AT(&change->records, const struct changed_record, i));
		json_object_end(json);
	}
	json_array_end(json);
	put_controls(json, &change->controls);
	put_findings(json, &change->findings);
	json_key_strings(json, "unread", change->unread.items, change->unread.len);
}

static void put_known(struct json_writer *json, const struct known_standing *known)
{
	json_key_string(json, "spoofable",
			span_of_string(answer_name(known->standing.spoofable.answer)));
	put_time(json, "spoofable_known_at", known->spoofable_known_at);
	json_key_string(json, "interceptable",
			span_of_string(answer_name(known->standing.interceptable.answer)));
	put_time(json, "interceptable_known_at", known->interceptable_known_at);
	json_key(json, "controls");
	json_object_begin(json);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		json_key(json, control_name((enum control)i));
		json_object_begin(json);
		json_key_string(json, "status",
				span_of_string(control_status_name(known->standing.controls[i])));
		put_time(json, "known_at", known->known_at[i]);
		json_object_end(json);
	}
	json_object_end(json);
}

void present_json_history(const struct history *history, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-history-1"));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	json_key_string(&json, "domain", history->domain);
	put_time(&json, "first_checked_at", history->first_at);
	put_time(&json, "last_checked_at", history->last_at);
	json_key_number(&json, "checks", (int64_t)history->looks);
	json_key_bool(&json, "complete", !history->is_cut);
	json_key(&json, "known");
	json_object_begin(&json);
	if (history->known.checked_at != 0) {
		put_known(&json, &history->known);
	}
	json_object_end(&json);
	json_key(&json, "events");
	json_array_begin(&json);
	for (size_t i = 0; i < history->events.len; i++) {
		json_object_begin(&json);
		put_change(&json, *VECTOR_AT(&history->events, struct change *, i));
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

static void put_shared(struct json_writer *json, const struct estate_diff *diff)
{
	json_key(json, "records");
	json_array_begin(json);
	for (size_t i = 0; i < diff->records.len; i++) {
		const struct shared_change *shared =
			VECTOR_AT(&diff->records, const struct shared_change, i);
		json_object_begin(json);
		put_record(json, shared->record);
		json_key_strings(json, "domains", shared->domains.items, shared->domains.len);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_domains(struct json_writer *json, const struct estate_diff *diff)
{
	json_key(json, "domains");
	json_array_begin(json);
	for (size_t i = 0; i < diff->domains.len; i++) {
		const struct domain_change *item =
			VECTOR_AT(&diff->domains, const struct domain_change, i);
		json_object_begin(json);
		json_key_string(json, "domain", item->domain.name);
		json_key_string(json, "owner", item->domain.owner);
		json_key_string(json, "group", item->domain.group);
		put_change(json, item->change);
		json_object_end(json);
	}
	json_array_end(json);
}

void present_json_diff(const struct estate_diff *diff, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-diff-1"));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	put_time(&json, "since", diff->since);
	put_time(&json, "until", diff->until);
	json_key_bool(&json, "rejudged", diff->is_rejudged);
	json_key_number(&json, "compared", (int64_t)diff->compared);
	json_key_number(&json, "unchanged", (int64_t)diff->unchanged);
	json_key_number(&json, "unread", (int64_t)diff->unread);
	json_key_bool(&json, "complete", !diff->is_cut);
	json_key_strings(&json, "new_domains", diff->new_domains.items, diff->new_domains.len);
	put_shared(&json, diff);
	put_domains(&json, diff);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

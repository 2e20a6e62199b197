/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sector on a terminal, and as CSV. */
#include "present/csv.h"
#include "present/ink.h"
#include "present/sector.h"
#include "present/sector_words.h"

#define NAME_COLUMNS 34

static void write_heading(const struct ink *ink, const char *text)
{
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD, span_of_string(text));
	buffer_putc(ink->out, '\n');
}

static void write_count(const struct ink *ink, const char *what, uint64_t part, uint64_t whole)
{
	buffer_printf(ink->out, "  %-*s %8llu  %5s\n", NAME_COLUMNS, what, (unsigned long long)part,
		      sector_share(part, whole).text);
}

static void write_group(const struct ink *ink, const struct sector_group *group)
{
	const struct sector_counts *counts = &group->counts;
	struct span name = group->name.len > 0 ? group->name : SPAN("(no group)");
	size_t used = ink_columns(name);
	buffer_puts(ink->out, "  ");
	ink_text(ink, INK_PLAIN, name);
	buffer_printf(
		ink->out, "%*s %8llu  %6s  %9s  %6s  %7s\n",
		used < NAME_COLUMNS ? (int)(NAME_COLUMNS - used) : 1, "",
		(unsigned long long)counts->domains,
		sector_share(counts->policies[SECTOR_POLICY_REJECT], sector_existing(counts)).text,
		sector_share(counts->spoofable[ANSWER_YES], sector_existing(counts)).text,
		sector_share(counts->spoofable[ANSWER_PARTLY], sector_existing(counts)).text,
		sector_share(counts->spoofable[ANSWER_UNKNOWN], sector_existing(counts)).text);
}

static void write_item(const struct ink *ink, struct arena *arena, const struct sector_item *item)
{
	struct span text = sector_sentence(arena, item);
	buffer_printf(ink->out, "  %6llu  ", (unsigned long long)item->domain_count);
	if (item->finding.len > 0) {
		text = arena_printf(arena, "%s: %.*s (%.*s)", severity_name(item->severity),
				    SPAN_ARG(text), SPAN_ARG(item->finding));
	}
	ink_wrap(ink, INK_PLAIN, 10, 10, text);
}

static void write_items(const struct ink *ink, struct arena *arena, const char *heading,
			const struct vector *items)
{
	if (items->len == 0) {
		return;
	}
	write_heading(ink, heading);
	for (size_t i = 0; i < items->len && i < SECTOR_SHOWN; i++) {
		write_item(ink, arena, VECTOR_AT(items, const struct sector_item, i));
	}
	if (items->len > SECTOR_SHOWN) {
		buffer_printf(ink->out, "  and %zu more: --json has all\n",
			      items->len - SECTOR_SHOWN);
	}
}

static void write_answers(const struct ink *ink, const char *question, const uint64_t *answers,
			  uint64_t whole)
{
	write_heading(ink, question);
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		write_count(ink, answer_name((enum answer)i), answers[i], whole);
	}
}

static void write_counts(const struct ink *ink, const struct sector_counts *counts)
{
	uint64_t whole = sector_existing(counts);
	write_answers(ink, "Can strangers send as the domain?", counts->spoofable, whole);
	write_answers(ink, "Can mail to the domain be intercepted?", counts->interceptable, whole);
	write_heading(ink, "DMARC policy");
	for (size_t i = 0; i < SECTOR_POLICY_COUNT; i++) {
		write_count(ink, sector_policy_name((enum sector_policy)i), counts->policies[i],
			    whole);
	}
}

void present_terminal_sector(const struct sector *sector, const struct terminal_style *style,
			     struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	const struct sector_counts *all = &sector->all;
	struct arena *arena = sector->arena;
	struct sector_answer answer = sector_answer(arena, all, SECTOR_QUESTION_SPOOFED);
	ink_wrap(&ink, INK_BOLD, 0, 0,
		 arena_printf(arena, "%llu domain%s as of %.10s: %.*s%.*s %.*s",
			      (unsigned long long)all->domains, all->domains == 1 ? "" : "s",
			      time_format(sector->at).text, SPAN_ARG(answer.first),
			      SPAN_ARG(answer.rest), SPAN_ARG(sector_refusing(arena, all))));
	if (style->is_quiet) {
		return;
	}
	write_counts(&ink, all);
	if (sector->groups.len > 1) {
		write_heading(
			&ink,
			"By group                              domains  reject  spoofable  partly  "
			"unknown");
		for (size_t i = 0; i < sector->groups.len; i++) {
			write_group(&ink, VECTOR_AT(&sector->groups, const struct sector_group, i));
		}
	}
	write_items(&ink, arena, "Mend first: findings by domains", &sector->findings);
	write_items(&ink, arena, "One thing to mend, several domains helped", &sector->shared);
	write_items(&ink, arena, "Outside senders by domains they can send as", &sector->senders);
	write_items(&ink, arena, "Weak keys", &sector->weak_keys);
	write_items(&ink, arena, "Keys used by several owners", &sector->reused_keys);
	if (all->carried > 0) {
		buffer_printf(text,
			      "\nOf %llu domains something could not be determined last time; it "
			      "counts as it was last known.\n",
			      (unsigned long long)all->carried);
	}
}

/* ---- CSV ---- */

static void write_row(struct buffer *text, struct span name, const struct sector_counts *counts)
{
	csv_field(text, name, /* is_last: */ false);
	buffer_printf(text, "%llu,%llu", (unsigned long long)counts->domains,
		      (unsigned long long)counts->nonexistent);
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		buffer_printf(text, ",%llu", (unsigned long long)counts->spoofable[i]);
	}
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		buffer_printf(text, ",%llu", (unsigned long long)counts->interceptable[i]);
	}
	for (size_t i = 0; i < SECTOR_POLICY_COUNT; i++) {
		buffer_printf(text, ",%llu", (unsigned long long)counts->policies[i]);
	}
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		for (size_t k = 0; k <= CONTROL_UNKNOWN; k++) {
			buffer_printf(text, ",%llu", (unsigned long long)counts->controls[i][k]);
		}
		buffer_printf(text, ",%llu", (unsigned long long)counts->not_needed[i]);
	}
	buffer_puts(text, "\r\n");
}

void present_csv_sector(const struct sector *sector, struct buffer *text)
{
	buffer_puts(text, "group,domains,nonexistent");
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		buffer_printf(text, ",spoofable_%s", answer_name((enum answer)i));
	}
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		buffer_printf(text, ",interceptable_%s", answer_name((enum answer)i));
	}
	for (size_t i = 0; i < SECTOR_POLICY_COUNT; i++) {
		buffer_printf(text, ",dmarc_policy_%s", sector_policy_name((enum sector_policy)i));
	}
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		for (size_t k = 0; k <= CONTROL_UNKNOWN; k++) {
			buffer_printf(text, ",%s_%s", control_name((enum control)i),
				      control_status_name((enum control_status)k));
		}
		buffer_printf(text, ",%s_not_needed", control_name((enum control)i));
	}
	buffer_puts(text, "\r\n");
	write_row(text, SPAN("all"), &sector->all);
	for (size_t i = 0; i < sector->groups.len; i++) {
		const struct sector_group *group =
			VECTOR_AT(&sector->groups, const struct sector_group, i);
		write_row(text, group->name, &group->counts);
	}
}

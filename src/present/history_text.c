/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* History and differences on a terminal: the records somebody changed, then what followed. */
#include "present/history.h"
#include "present/ink.h"

#define SHOWN_DOMAINS 5
#define RECORD_INDENT 2
#define DETAIL_INDENT 4

struct span moment_text(struct arena *arena, int64_t time)
{
	struct time_text text = time_format(time);
	return arena_printf(arena, "%.10s %.5s", text.text, text.text + 11);
}

static enum ink_color direction_color(enum change_direction direction)
{
	static const enum ink_color colors[] = {
		[CHANGE_NEUTRAL] = INK_DIM,
		[CHANGE_BETTER] = INK_GREEN,
		[CHANGE_WORSE] = INK_RED,
		[CHANGE_MIXED] = INK_YELLOW,
	};
	return colors[direction];
}

static struct span direction_words(enum change_direction direction)
{
	static const char *const words[] = {
		[CHANGE_NEUTRAL] = "no better, no worse",
		[CHANGE_BETTER] = "better",
		[CHANGE_WORSE] = "worse",
		[CHANGE_MIXED] = "some better, some worse",
	};
	return span_of_string(words[direction]);
}

static void indent(const struct ink *ink, unsigned columns)
{
	buffer_printf(ink->out, "%*s", (int)columns, "");
}

/* ---- what followed ---- */

static void write_answer(const struct ink *ink, const char *what, enum answer before,
			 enum answer after)
{
	if (before == after) {
		return;
	}
	indent(ink, DETAIL_INDENT);
	buffer_printf(ink->out, "%s: was %s, now %s\n", what, answer_name(before),
		      answer_name(after));
}

static void write_controls(const struct ink *ink, const struct change *change)
{
	for (size_t i = 0; i < change->controls.len; i++) {
		const struct changed_control *changed =
			VECTOR_AT(&change->controls, const struct changed_control, i);
		indent(ink, DETAIL_INDENT);
		buffer_printf(ink->out, "%s: was %s, now %s\n", control_title(changed->control),
			      control_status_name(changed->before),
			      control_status_name(changed->after));
	}
}

static void write_findings(const struct ink *ink, struct arena *arena, const struct change *change,
			   bool is_verbose)
{
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		const struct standing_finding *finding = changed->finding;
		if (!is_verbose && finding->severity < SEVERITY_LOW) {
			continue;
		}
		indent(ink, DETAIL_INDENT);
		ink_text(ink, changed->is_new ? INK_RED : INK_GREEN,
			 changed->is_new ? SPAN("new  ") : SPAN("gone "));
		ink_wrap(ink, INK_PLAIN, DETAIL_INDENT + 5, DETAIL_INDENT + 5,
			 arena_printf(arena, "%s: %.*s (%.*s)", severity_name(finding->severity),
				      SPAN_ARG(finding->title), SPAN_ARG(finding->id)));
	}
}

static void write_consequences(const struct ink *ink, struct arena *arena,
			       const struct change *change, bool is_verbose)
{
	const struct standing *before = change->before.standing;
	const struct standing *after = change->after.standing;
	write_answer(ink, "Can be spoofed", before->spoofable.answer, after->spoofable.answer);
	write_answer(ink, "Can be intercepted", before->interceptable.answer,
		     after->interceptable.answer);
	write_controls(ink, change);
	write_findings(ink, arena, change, is_verbose);
	for (size_t i = 0; i < change->unread.len; i++) {
		indent(ink, DETAIL_INDENT);
		ink_wrap(ink, INK_YELLOW, DETAIL_INDENT, DETAIL_INDENT,
			 arena_printf(arena, "could not be read: %.*s",
				      SPAN_ARG(*VECTOR_AT(&change->unread, struct span, i))));
	}
}

/* ---- a domain's history ---- */

static void write_event(const struct ink *ink, struct arena *arena, const struct change *change,
			bool is_verbose)
{
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD, moment_text(arena, change->after.checked_at));
	buffer_puts(ink->out, "  ");
	ink_text(ink, direction_color(change->direction), direction_words(change->direction));
	buffer_putc(ink->out, '\n');
	for (size_t i = 0; i < change->records.len; i++) {
		indent(ink, RECORD_INDENT);
		ink_wrap(ink, INK_PLAIN, DETAIL_INDENT, RECORD_INDENT,
			 VECTOR_AT(&change->records, const struct changed_record, i)->sentence);
	}
	if (change->records.len == 0) {
		indent(ink, RECORD_INDENT);
		ink_wrap(ink, INK_DIM, DETAIL_INDENT, RECORD_INDENT,
			 SPAN("No record changed: time passed, or mailseal judges differently."));
	}
	write_consequences(ink, arena, change, is_verbose);
}

/* A control that could not be determined at the last check stands as it was, with its age. */
static void write_known(const struct ink *ink, struct arena *arena,
			const struct known_standing *known)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		int64_t at = known->known_at[i];
		if (at == 0 && known->standing.controls[i] == CONTROL_UNKNOWN) {
			continue;
		}
		indent(ink, RECORD_INDENT);
		buffer_printf(ink->out, "%-10s %s", control_title((enum control)i),
			      control_status_name(known->standing.controls[i]));
		if (at != known->checked_at) {
			buffer_puts(ink->out, "  ");
			ink_text(ink, INK_YELLOW,
				 arena_printf(arena, "last known at %.*s; not determined since",
					      SPAN_ARG(moment_text(arena, at))));
		}
		buffer_putc(ink->out, '\n');
	}
}

void present_terminal_history(const struct history *history, const struct terminal_style *style,
			      struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	struct arena *arena = history->arena;
	ink_text(&ink, INK_BOLD, history->domain);
	if (history->looks == 0) {
		buffer_puts(text, ": no check of this domain is kept for that time\n");
		return;
	}
	buffer_printf(text, ": %llu check%s from %.*s to %.*s, %zu with a change\n",
		      (unsigned long long)history->looks, history->looks == 1 ? "" : "s",
		      SPAN_ARG(moment_text(arena, history->first_at)),
		      SPAN_ARG(moment_text(arena, history->last_at)), history->events.len);
	ink_wrap(&ink, INK_PLAIN, 0, 0, history->known.standing.spoofable.sentence);
	if (style->is_quiet) {
		return;
	}
	write_known(&ink, arena, &history->known);
	for (size_t i = 0; i < history->events.len; i++) {
		write_event(&ink, arena, *VECTOR_AT(&history->events, struct change *, i),
			    style->is_verbose);
	}
}

/* ---- an estate's differences ---- */

static void write_names(const struct ink *ink, struct arena *arena, const struct vector *names)
{
	struct span list = {0};
	for (size_t i = 0; i < names->len && i < SHOWN_DOMAINS; i++) {
		list = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(list), i > 0 ? ", " : "",
				    SPAN_ARG(*VECTOR_AT(names, struct span, i)));
	}
	if (names->len > SHOWN_DOMAINS) {
		list = arena_printf(arena, "%.*s and %zu more", SPAN_ARG(list),
				    names->len - SHOWN_DOMAINS);
	}
	ink_wrap(ink, INK_DIM, DETAIL_INDENT, DETAIL_INDENT, list);
}

/* Who else is judged by a record; nothing when that is its own name only. */
static void write_shared(const struct ink *ink, struct arena *arena,
			 const struct shared_change *shared)
{
	indent(ink, RECORD_INDENT);
	ink_wrap(ink, INK_PLAIN, DETAIL_INDENT, RECORD_INDENT, shared->record->sentence);
	bool is_own = shared->domains.len == 1 &&
		      span_ends_with_nocase(shared->record->subject,
					    *VECTOR_AT(&shared->domains, struct span, 0));
	if (!is_own) {
		indent(ink, DETAIL_INDENT);
		buffer_puts(ink->out, "concerns ");
		write_names(ink, arena, &shared->domains);
	}
}

static bool is_worth_telling(const struct change *change, bool is_verbose)
{
	return is_verbose || change->direction != CHANGE_NEUTRAL;
}

static void write_domain(const struct ink *ink, struct arena *arena,
			 const struct domain_change *item, bool is_verbose)
{
	if (!is_worth_telling(item->change, is_verbose)) {
		return;
	}
	indent(ink, RECORD_INDENT);
	ink_text(ink, INK_BOLD, item->domain.name);
	buffer_puts(ink->out, "  ");
	ink_text(ink, direction_color(item->change->direction),
		 direction_words(item->change->direction));
	if (item->domain.owner.len > 0) {
		buffer_puts(ink->out, "  ");
		ink_text(ink, INK_DIM, item->domain.owner);
	}
	buffer_putc(ink->out, '\n');
	write_consequences(ink, arena, item->change, is_verbose);
}

static void write_heading(const struct ink *ink, struct span text)
{
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD, text);
	buffer_putc(ink->out, '\n');
}

static size_t told_domains(const struct estate_diff *diff, bool is_verbose)
{
	size_t count = 0;
	for (size_t i = 0; i < diff->domains.len; i++) {
		const struct domain_change *item =
			VECTOR_AT(&diff->domains, const struct domain_change, i);
		count += is_worth_telling(item->change, is_verbose) ? 1 : 0;
	}
	return count;
}

static void write_summary(const struct ink *ink, const struct estate_diff *diff)
{
	struct arena *arena = diff->arena;
	if (diff->is_rejudged) {
		ink_wrap(
			ink, INK_BOLD, 0, 0,
			arena_printf(arena,
				     "%zu of %llu domains are judged differently by the same facts",
				     diff->domains.len, (unsigned long long)diff->compared));
		return;
	}
	ink_wrap(ink, INK_BOLD, 0, 0,
		 arena_printf(arena,
			      "%zu record%s changed between %.*s and %.*s; %llu of %llu domains "
			      "are as they were",
			      diff->records.len, diff->records.len == 1 ? "" : "s",
			      SPAN_ARG(moment_text(arena, diff->since)),
			      SPAN_ARG(moment_text(arena, diff->until)),
			      (unsigned long long)diff->unchanged,
			      (unsigned long long)diff->compared));
	if (diff->new_domains.len > 0) {
		ink_wrap(ink, INK_PLAIN, 0, 0,
			 arena_printf(arena, "%zu domains were not checked before that",
				      diff->new_domains.len));
	}
	if (diff->unread > 0) {
		ink_wrap(ink, INK_YELLOW, 0, 0,
			 arena_printf(arena,
				      "of %llu domains some answer that was there before could "
				      "not be had: nothing is concluded from that",
				      (unsigned long long)diff->unread));
	}
}

void present_terminal_diff(const struct estate_diff *diff, const struct terminal_style *style,
			   struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	write_summary(&ink, diff);
	if (style->is_quiet) {
		return;
	}
	if (diff->records.len > 0) {
		write_heading(&ink, SPAN("What changed"));
	}
	for (size_t i = 0; i < diff->records.len; i++) {
		write_shared(&ink, diff->arena,
			     VECTOR_AT(&diff->records, const struct shared_change, i));
	}
	if (told_domains(diff, style->is_verbose) > 0) {
		write_heading(&ink, SPAN("What it means"));
	}
	for (size_t i = 0; i < diff->domains.len; i++) {
		write_domain(&ink, diff->arena,
			     VECTOR_AT(&diff->domains, const struct domain_change, i),
			     style->is_verbose);
	}
}

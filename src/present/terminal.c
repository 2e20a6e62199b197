/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The check as a person reads it: the two answers, the controls, what to do, why. */
#include "present/terminal.h"

#include "assess/sender_eye.h"
#include "assess/transit.h"
#include "present/control_text.h"
#include "present/ink.h"
#include "present/order.h"

#define INDENT 2
#define STATUS_COLUMN 12
#define TEXT_COLUMN 22
/* Behind the longest severity, "critical". */
#define FINDING_COLUMN 11

static enum ink_color severity_color(enum severity severity)
{
	static const enum ink_color colors[] = {
		[SEVERITY_GOOD] = INK_GREEN, [SEVERITY_INFO] = INK_BLUE,
		[SEVERITY_LOW] = INK_BLUE,   [SEVERITY_MEDIUM] = INK_YELLOW,
		[SEVERITY_HIGH] = INK_RED,   [SEVERITY_CRITICAL] = INK_RED,
	};
	return colors[severity];
}

static enum ink_color status_color(enum control_status status)
{
	static const enum ink_color colors[] = {
		[CONTROL_GOOD] = INK_GREEN, [CONTROL_IMPROVE] = INK_YELLOW, [CONTROL_BAD] = INK_RED,
		[CONTROL_ABSENT] = INK_DIM, [CONTROL_UNKNOWN] = INK_YELLOW,
	};
	return colors[status];
}

static enum ink_color answer_color(enum answer answer)
{
	static const enum ink_color colors[] = {
		[ANSWER_YES] = INK_RED,
		[ANSWER_PARTLY] = INK_YELLOW,
		[ANSWER_NO] = INK_GREEN,
		[ANSWER_UNKNOWN] = INK_YELLOW,
	};
	return colors[answer];
}

/* "Text" padded with spaces up to a column; at least one space. */
static void write_cell(const struct ink *ink, enum ink_color color, const char *text,
		       unsigned columns)
{
	struct span cell = span_of_string(text);
	ink_text(ink, color, cell);
	size_t used = ink_columns(cell);
	buffer_printf(ink->out, "%*s", used < columns ? (int)(columns - used) : 1, "");
}

static void write_heading(const struct ink *ink, const char *text)
{
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD, span_of_string(text));
	buffer_putc(ink->out, '\n');
}

static void write_title(const struct ink *ink, const struct assessment *a)
{
	ink_text(ink, INK_BOLD, a->unicode);
	if (!span_equal(a->unicode, a->domain)) {
		buffer_puts(ink->out, " (");
		ink_text(ink, INK_PLAIN, a->domain);
		buffer_puts(ink->out, ")");
	}
	buffer_puts(ink->out, "  ");
	ink_text(ink, INK_DIM, span_of_string(control_kind_words(a)));
	buffer_putc(ink->out, '\n');
	ink_rule(ink);
}

static void write_verdict(const struct ink *ink, const char *question,
			  const struct verdict *verdict)
{
	static const char *const words[] = {
		[ANSWER_YES] = "YES",
		[ANSWER_PARTLY] = "PARTLY",
		[ANSWER_NO] = "NO",
		[ANSWER_UNKNOWN] = "UNKNOWN",
	};
	buffer_printf(ink->out, "%s ", question);
	ink_text(ink, answer_color(verdict->answer), span_of_string(words[verdict->answer]));
	buffer_putc(ink->out, '\n');
	ink_wrap(ink, INK_PLAIN, INDENT, 0, verdict->sentence);
}

static void write_verdicts(const struct ink *ink, const struct assessment *a)
{
	write_verdict(ink, "Can strangers send mail as this domain?", &a->spoofable);
	write_verdict(ink, "Can mail to it be read or changed on its way?", &a->interceptable);
}

static void write_controls(const struct ink *ink, const struct assessment *a)
{
	write_heading(ink, "Controls");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		enum control control = (enum control)i;
		enum control_status status = assessment_status(a, control);
		buffer_printf(ink->out, "%*s", INDENT, "");
		write_cell(ink, INK_PLAIN, control_title(control), STATUS_COLUMN - INDENT);
		write_cell(ink, status_color(status), control_status_name(status),
			   TEXT_COLUMN - STATUS_COLUMN);
		ink_wrap(ink, INK_PLAIN, TEXT_COLUMN, TEXT_COLUMN,
			 control_text(a->arena, a, control));
	}
}

#define SENDER_COLUMN 27
#define DELIVERY_COLUMN 27

static void write_senders(const struct ink *ink, const struct assessment *a)
{
	if (a->sender_eye == NULL || a->transit->is_cut_off) {
		return;
	}
	write_heading(ink, "What becomes of a message");
	buffer_printf(ink->out, "%*s", INDENT, "");
	write_cell(ink, INK_DIM, "sent by", SENDER_COLUMN);
	write_cell(ink, INK_DIM, "today", DELIVERY_COLUMN);
	buffer_puts(ink->out, "if STARTTLS is taken out\n");
	for (int k = 0; k < SENDER_KIND_COUNT; k++) {
		const struct sender_outcome *outcome = &a->sender_eye->senders[k];
		buffer_printf(ink->out, "%*s", INDENT, "");
		write_cell(ink, INK_PLAIN, sender_kind_text(k), SENDER_COLUMN);
		write_cell(ink, INK_PLAIN, delivery_text((int)outcome->today), DELIVERY_COLUMN);
		buffer_printf(ink->out, "%s\n", delivery_text((int)outcome->stripped));
	}
}

static void write_labelled(const struct ink *ink, unsigned indent, const char *label,
			   struct span text)
{
	buffer_printf(ink->out, "%*s", (int)indent, "");
	write_cell(ink, INK_DIM, label, 10);
	ink_text(ink, INK_BLUE, text);
	buffer_putc(ink->out, '\n');
}

/* A record is never wrapped: it is there to be copied. */
static void write_change(const struct ink *ink, const struct record_change *change,
			 struct arena *arena)
{
	static const char *const labels[] = {[RECORD_PUBLISH] = "publish",
					     [RECORD_REPLACE] = "change",
					     [RECORD_REMOVE] = "remove"};
	struct span type = rr_type_name(arena, change->type);
	struct span where =
		arena_printf(arena, "%.*s  %.*s", SPAN_ARG(change->name), SPAN_ARG(type));
	buffer_putc(ink->out, '\n');
	write_labelled(ink, 5, labels[change->action], where);
	if (change->old_value.len > 0) {
		write_labelled(ink, 5, change->action == RECORD_REMOVE ? "value" : "from",
			       change->old_value);
	}
	if (change->value.len > 0) {
		write_labelled(ink, 5, change->action == RECORD_REPLACE ? "to" : "value",
			       change->value);
	}
}

static void write_fix(const struct ink *ink, size_t number, const struct fix *fix,
		      struct arena *arena)
{
	buffer_printf(ink->out, "\n %2zu. ", number);
	ink_wrap(ink, INK_BOLD, 5, 5, fix->title);
	if (fix->text->risk == FIX_RISK_BREAK) {
		ink_wrap(ink, INK_YELLOW, 5, 0,
			 SPAN("This can stop mail: read the warning first."));
	}
	ink_markdown(ink, 5, fix->action);
	for (size_t i = 0; i < fix->change_count; i++) {
		write_change(ink, &fix->changes[i], arena);
	}
	if (fix->warning.len > 0) {
		buffer_printf(ink->out, "\n%*s", 5, "");
		ink_text(ink, INK_YELLOW, SPAN("Warning"));
		buffer_putc(ink->out, '\n');
		ink_markdown(ink, 5, fix->warning);
	}
	buffer_printf(ink->out, "\n%*s", 5, "");
	ink_text(ink, INK_DIM, SPAN("How to see that it worked"));
	buffer_putc(ink->out, '\n');
	ink_markdown(ink, 5, fix->verify);
}

static void write_advice(const struct ink *ink, const struct check_result *result)
{
	if (result->advice->fix_count == 0) {
		return;
	}
	write_heading(ink, "What to do, in this order");
	for (size_t i = 0; i < result->advice->fix_count; i++) {
		write_fix(ink, i + 1, &result->advice->fixes[i], result->assessment->arena);
	}
}

static void write_finding_details(const struct ink *ink, const struct assessment *a,
				  const struct finding *finding)
{
	for (size_t i = 0; i < finding->evidence.len; i++) {
		struct span seen = *VECTOR_AT(&finding->evidence, struct span, i);
		struct span line;
		while (span_split(&seen, '\n', &line)) {
			buffer_printf(ink->out, "%*s", FINDING_COLUMN, "");
			ink_text(ink, INK_BLUE, line);
			buffer_putc(ink->out, '\n');
		}
	}
	buffer_putc(ink->out, '\n');
	ink_markdown(ink, FINDING_COLUMN, finding_implementation(a->arena, finding));
	for (size_t i = 0; i < finding->guidance->source_count; i++) {
		buffer_printf(ink->out, "%*s", FINDING_COLUMN, "");
		ink_text(ink, INK_DIM, finding->guidance->sources[i]);
		buffer_putc(ink->out, '\n');
	}
	buffer_putc(ink->out, '\n');
}

static void write_finding(const struct ink *ink, const struct assessment *a,
			  const struct finding *finding, bool is_verbose)
{
	buffer_printf(ink->out, "%*s", INDENT, "");
	write_cell(ink, severity_color(finding->severity), severity_name(finding->severity),
		   FINDING_COLUMN - INDENT);
	ink_wrap(ink, INK_PLAIN, FINDING_COLUMN, FINDING_COLUMN, finding_title(a->arena, finding));
	buffer_printf(ink->out, "%*s", FINDING_COLUMN, "");
	ink_text(ink, INK_DIM, finding->guidance->id);
	buffer_putc(ink->out, '\n');
	ink_markdown(ink, FINDING_COLUMN, finding_recommendation(a->arena, finding));
	if (is_verbose) {
		write_finding_details(ink, a, finding);
	} else {
		buffer_putc(ink->out, '\n');
	}
}

static void write_findings(const struct ink *ink, const struct assessment *a, bool is_verbose)
{
	size_t count;
	const struct finding *const *findings = order_findings(a, &count);
	size_t hidden = 0;
	bool has_heading = false;
	for (size_t i = 0; i < count; i++) {
		if (!is_verbose && findings[i]->severity <= SEVERITY_INFO) {
			hidden++;
			continue;
		}
		if (!has_heading) {
			write_heading(ink, "Findings, and why they matter");
			has_heading = true;
		}
		write_finding(ink, a, findings[i], is_verbose);
	}
	if (hidden > 0) {
		struct span note =
			arena_printf(a->arena, "%s%zu more for information (-v shows them).",
				     has_heading ? "" : "Nothing to mend. ", hidden);
		ink_wrap(ink, INK_PLAIN, INDENT, 0, note);
	}
}

static const struct unknown *unknown_at(const struct assessment *a, size_t i)
{
	return VECTOR_AT(&a->unknowns, struct unknown, i);
}

static bool is_same_reason(const struct unknown *a, const struct unknown *b)
{
	return a->control == b->control && span_equal(a->reason, b->reason);
}

/* Everything from i on that is unknown for the same reason; empty when it was named before. */
static struct span subjects_of(const struct assessment *a, size_t i)
{
	struct span subjects = unknown_at(a, i)->subject;
	for (size_t before = 0; before < i; before++) {
		if (is_same_reason(unknown_at(a, before), unknown_at(a, i))) {
			return SPAN("");
		}
	}
	for (size_t after = i + 1; after < a->unknowns.len; after++) {
		if (is_same_reason(unknown_at(a, after), unknown_at(a, i))) {
			subjects = arena_printf(a->arena, "%.*s, %.*s", SPAN_ARG(subjects),
						SPAN_ARG(unknown_at(a, after)->subject));
		}
	}
	return subjects;
}

/* The same reason is said once, with all it concerns. */
static void write_unknowns(const struct ink *ink, const struct assessment *a)
{
	if (a->unknowns.len == 0) {
		return;
	}
	write_heading(ink, "Could not be determined");
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = unknown_at(a, i);
		struct span subjects = subjects_of(a, i);
		if (subjects.len == 0) {
			continue;
		}
		buffer_printf(ink->out, "%*s", INDENT, "");
		write_cell(ink, INK_PLAIN, control_title(unknown->control), STATUS_COLUMN - INDENT);
		struct span text = arena_printf(a->arena, "%.*s: %.*s", SPAN_ARG(subjects),
						SPAN_ARG(unknown->reason));
		ink_wrap(ink, INK_PLAIN, STATUS_COLUMN, STATUS_COLUMN, text);
	}
}

static bool is_row_shown(const struct requirement_result *row, bool is_verbose)
{
	return is_verbose || row->status == REQUIREMENT_NOT_SATISFIED || row->will_fail;
}

static void write_row(const struct ink *ink, const struct requirement_result *row,
		      struct arena *arena)
{
	static const enum ink_color colors[] = {
		[REQUIREMENT_SATISFIED] = INK_GREEN,	 [REQUIREMENT_NOT_SATISFIED] = INK_RED,
		[REQUIREMENT_NOT_MEASURED] = INK_YELLOW, [REQUIREMENT_NOT_APPLICABLE] = INK_DIM,
		[REQUIREMENT_ATTEST] = INK_BLUE,
	};
	static const char *const words[] = {
		[REQUIREMENT_SATISFIED] = "yes",  [REQUIREMENT_NOT_SATISFIED] = "no",
		[REQUIREMENT_NOT_MEASURED] = "?", [REQUIREMENT_NOT_APPLICABLE] = "n/a",
		[REQUIREMENT_ATTEST] = "attest",
	};
	buffer_printf(ink->out, "%*s", 4, "");
	write_cell(ink, row->will_fail ? INK_YELLOW : colors[row->status],
		   row->will_fail ? "later" : words[row->status], 8);
	struct span text =
		arena_printf(arena, "%.*s (%.*s) %.*s", SPAN_ARG(row->requirement->id),
			     SPAN_ARG(row->requirement->level), SPAN_ARG(row->requirement->title));
	ink_wrap(ink, INK_PLAIN, 12, 12, text);
	if (row->reason.len > 0) {
		ink_wrap(ink, INK_PLAIN, 12, 0, row->reason);
	}
}

static void write_profiles(const struct ink *ink, const struct check_result *result,
			   bool is_verbose)
{
	if (result->profile_count == 0) {
		return;
	}
	write_heading(ink, "Baselines");
	struct arena *arena = result->assessment->arena;
	for (size_t i = 0; i < result->profile_count; i++) {
		const struct profile_result *profile = &result->profiles[i];
		struct span line = arena_printf(
			arena, "%.*s%s: %zu satisfied, %zu not, %zu not measured",
			SPAN_ARG(profile->profile->name),
			profile->profile->is_draft ? " (draft)" : "", profile->satisfied_count,
			profile->not_satisfied_count, profile->not_measured_count);
		ink_wrap(ink, INK_PLAIN, INDENT, 0, line);
		for (size_t r = 0; r < profile->row_count; r++) {
			if (is_row_shown(&profile->rows[r], is_verbose)) {
				write_row(ink, &profile->rows[r], arena);
			}
		}
	}
}

static void write_changes_of(const struct ink *ink, const char *label, enum ink_color color,
			     const struct finding *const *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_printf(ink->out, "%*s", INDENT, "");
		write_cell(ink, color, label, 8);
		ink_text(ink, INK_PLAIN, findings[i]->guidance->id);
		buffer_puts(ink->out, "  ");
		ink_text(ink, INK_DIM, findings[i]->subject);
		buffer_putc(ink->out, '\n');
	}
}

static void write_what_if(const struct ink *ink, const struct what_if *what_if)
{
	write_heading(ink, "With the changes you assume");
	buffer_printf(ink->out, "  Strangers can send as this domain: before ");
	enum answer before = what_if->before->spoofable.answer;
	enum answer after = what_if->after->spoofable.answer;
	ink_text(ink, answer_color(before), span_of_string(answer_name(before)));
	buffer_puts(ink->out, ", after ");
	ink_text(ink, answer_color(after), span_of_string(answer_name(after)));
	buffer_putc(ink->out, '\n');
	write_changes_of(ink, "gone", INK_GREEN, what_if->gone, what_if->gone_count);
	write_changes_of(ink, "new", INK_RED, what_if->new_findings, what_if->new_count);
	if (what_if->gone_count == 0 && what_if->new_count == 0) {
		buffer_puts(ink->out, "  no finding comes or goes\n");
	}
	buffer_printf(ink->out, "%*s", INDENT, "");
	ink_wrap(ink, INK_PLAIN, INDENT, INDENT,
		 SPAN("Records cannot show which wanted mail this would stop; DMARC reports can: "
		      "mailseal plan --with, before you publish it."));
}

static void write_quiet(const struct ink *ink, const struct assessment *a)
{
	ink_text(ink, INK_BOLD, a->unicode);
	buffer_puts(ink->out, ": spoofable ");
	ink_text(ink, answer_color(a->spoofable.answer),
		 span_of_string(answer_name(a->spoofable.answer)));
	buffer_puts(ink->out, ", interceptable ");
	ink_text(ink, answer_color(a->interceptable.answer),
		 span_of_string(answer_name(a->interceptable.answer)));
	buffer_putc(ink->out, '\n');
}

static void write_result(const struct ink *ink, const struct check_result *result,
			 const struct terminal_style *style)
{
	const struct assessment *a = result->assessment;
	if (style->is_quiet) {
		write_quiet(ink, a);
		return;
	}
	if (a->kind == DOMAIN_NONEXISTENT) {
		ink_wrap(ink, INK_PLAIN, 0, 0, a->spoofable.sentence);
		return;
	}
	write_title(ink, a);
	write_verdicts(ink, a);
	if (result->what_if != NULL) {
		write_what_if(ink, result->what_if);
	}
	write_controls(ink, a);
	write_senders(ink, a);
	write_advice(ink, result);
	write_findings(ink, a, style->is_verbose);
	write_unknowns(ink, a);
	write_profiles(ink, result, style->is_verbose);
}

void present_terminal_check(const struct check_report *report, const struct terminal_style *style,
			    struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	for (size_t i = 0; i < report->result_count; i++) {
		if (i > 0 && !style->is_quiet) {
			buffer_puts(text, "\n\n");
		}
		write_result(&ink, &report->results[i], style);
	}
}

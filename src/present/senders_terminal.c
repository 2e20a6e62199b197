/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Senders and plans as a person reads them. */
#include "present/ink.h"
#include "present/report_words.h"
#include "present/senders_text.h"

#define SHOWN_SPOOFERS 5
#define SHOWN_SENDERS 40
#define SHOWN_FAILURES 10
#define NAME_COLUMNS 34

static const char *const class_titles[] = {
	[MAIL_LEGITIMATE] = "Legitimate",
	[MAIL_FORWARDED] = "Forwarded and lists",
	[MAIL_UNKNOWN] = "Not known",
	[MAIL_SPOOFED] = "Spoofed",
};

static const enum ink_color class_colors[] = {
	[MAIL_LEGITIMATE] = INK_GREEN,
	[MAIL_FORWARDED] = INK_BLUE,
	[MAIL_UNKNOWN] = INK_YELLOW,
	[MAIL_SPOOFED] = INK_RED,
};

static void write_padded(const struct ink *ink, enum ink_color color, struct span text,
			 size_t columns)
{
	ink_text(ink, color, text);
	size_t used = ink_columns(text);
	buffer_printf(ink->out, "%*s", used < columns ? (int)(columns - used) : 1, "");
}

static void write_heading(const struct ink *ink, const char *text)
{
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD, span_of_string(text));
	buffer_putc(ink->out, '\n');
}

static void write_title(const struct ink *ink, const struct senders_report *report)
{
	struct arena *arena = report->arena;
	ink_text(ink, INK_BOLD, report->scope.domain);
	buffer_printf(ink->out, ": %llu messages in reports from %.*s to %.*s\n",
		      (unsigned long long)report->messages,
		      SPAN_ARG(day_text(arena, report->scope.first_day)),
		      SPAN_ARG(day_text(arena, report->scope.last_day)));
	if (report->left_out > 0) {
		buffer_printf(ink->out, "  %llu messages of further sources were not looked at.\n",
			      (unsigned long long)report->left_out);
	}
}

static unsigned percent_of(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : (unsigned)(part * 100 / whole);
}

static void write_sender(const struct ink *ink, struct arena *arena, const struct sender *sender)
{
	uint64_t passing = sender->messages - sender->failing;
	buffer_puts(ink->out, "  ");
	write_padded(ink, class_colors[sender->class], sender->name, NAME_COLUMNS);
	buffer_printf(ink->out, "%10llu  %3u %% pass  %.*s..%.*s%s\n",
		      (unsigned long long)sender->messages, percent_of(passing, sender->messages),
		      SPAN_ARG(day_text(arena, sender->first_day)),
		      SPAN_ARG(day_text(arena, sender->last_day)), sender->is_new ? "  new" : "");
	struct span source = source_text(arena, sender);
	if (source.len > 0) {
		ink_wrap(ink, INK_PLAIN, 6, 0, source);
	}
	struct span fix = sender_fix(arena, sender);
	if (fix.len > 0) {
		ink_wrap(ink, INK_PLAIN, 6, 0, evidence_sentence(sender->evidence));
		ink_wrap(ink, INK_PLAIN, 6, 0,
			 arena_printf(arena, "%llu fail. %.*s", (unsigned long long)sender->failing,
				      SPAN_ARG(fix)));
	}
}

static void write_class(const struct ink *ink, const struct senders_report *report,
			enum mail_class class, bool is_verbose)
{
	size_t shown = 0;
	size_t hidden = 0;
	size_t most = is_verbose	      ? SENDER_MAX
		      : class == MAIL_SPOOFED ? SHOWN_SPOOFERS
					      : SHOWN_SENDERS;
	if (report->classes[class].messages == 0) {
		return;
	}
	write_heading(ink, class_titles[class]);
	for (size_t i = 0; i < report->sender_count; i++) {
		if (report->senders[i]->class == class && shown < most) {
			write_sender(ink, report->arena, report->senders[i]);
			shown++;
		} else if (report->senders[i]->class == class) {
			hidden++;
		}
	}
	if (hidden > 0) {
		buffer_printf(ink->out, "  and %zu more (-v shows them)\n", hidden);
	}
}

/* Of reports whose mail is somebody else's: who sent what in whose name. */
static void write_left_out(const struct ink *ink, const struct senders_report *report)
{
	size_t shown = 0;
	for (size_t i = 0; i < report->left_out_reports.len && shown < SHOWN_FAILURES; i++) {
		const struct store_authenticity_line *line = VECTOR_AT(
			&report->left_out_reports, const struct store_authenticity_line, i);
		buffer_puts(ink->out, "  ");
		write_padded(ink, INK_RED, line->reporter, NAME_COLUMNS);
		buffer_printf(ink->out, "%10llu  reports from ", (unsigned long long)line->reports);
		ink_text(ink, INK_PLAIN, line->mail_from);
		buffer_printf(ink->out, ", %.*s..%.*s\n",
			      SPAN_ARG(day_text(report->arena, line->first_at / STORE_DAY_SECONDS)),
			      SPAN_ARG(day_text(report->arena, line->last_at / STORE_DAY_SECONDS)));
		ink_wrap(ink, INK_PLAIN, 6, 0, authenticity_sentence(line->authenticity));
		shown++;
	}
}

static void write_origins(const struct ink *ink, const struct senders_report *report)
{
	struct span lines[ORIGIN_SENTENCES];
	bool is_first = true;
	origin_sentences(report, lines);
	for (size_t i = 0; i < ORIGIN_SENTENCES; i++) {
		if (lines[i].len > 0 && is_first) {
			write_heading(ink, "The reports themselves");
			is_first = false;
		}
		if (lines[i].len > 0) {
			ink_wrap(ink, INK_PLAIN, 2, 0, lines[i]);
		}
	}
	write_left_out(ink, report);
}

static void write_tls(const struct ink *ink, const struct senders_report *report)
{
	bool is_first = true;
	for (size_t i = 0; i < report->tls.len; i++) {
		const struct tls_line *line = VECTOR_AT(&report->tls, const struct tls_line, i);
		struct span meaning = tls_cause_sentence(line->result);
		if (meaning.len == 0) {
			continue;
		}
		if (is_first) {
			write_heading(ink, "Failed TLS sessions");
			is_first = false;
		}
		buffer_puts(ink->out, "  ");
		write_padded(ink, INK_RED, tls_cause_name(line->result), NAME_COLUMNS);
		buffer_printf(ink->out, "%10llu  ", (unsigned long long)line->sessions);
		ink_text(ink, INK_PLAIN, line->mx);
		buffer_puts(ink->out, "  reported by ");
		ink_text(ink, INK_PLAIN, line->reporter);
		buffer_putc(ink->out, '\n');
		ink_wrap(ink, INK_PLAIN, 6, 0, meaning);
	}
}

static void write_failures(const struct ink *ink, const struct senders_report *report,
			   bool is_verbose)
{
	size_t most = is_verbose ? report->failures.len : SHOWN_FAILURES;
	if (report->failures.len > 0) {
		write_heading(ink, "Failure reports on single messages");
	}
	for (size_t i = 0; i < report->failures.len && i < most; i++) {
		const struct failure_line *line =
			VECTOR_AT(&report->failures, const struct failure_line, i);
		buffer_puts(ink->out, "  ");
		write_padded(ink, INK_RED,
			     line->source.len > 0 ? line->source : SPAN("unknown source"),
			     NAME_COLUMNS);
		buffer_printf(ink->out, "%10llu  %.*s  ", (unsigned long long)line->incidents,
			      SPAN_ARG(day_text(report->arena, line->last_day)));
		ink_text(ink, INK_PLAIN, failure_text(report->arena, line));
		buffer_putc(ink->out, '\n');
	}
	if (report->failures.len > most) {
		buffer_printf(ink->out, "  and %zu more (-v shows them)\n",
			      report->failures.len - most);
	}
}

void present_senders_terminal(const struct senders_report *report,
			      const struct terminal_style *style, struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	write_title(&ink, report);
	for (int class = 0; class < MAIL_CLASS_COUNT; class ++) {
		write_class(&ink, report, (enum mail_class) class, style->is_verbose);
	}
	write_origins(&ink, report);
	write_tls(&ink, report);
	write_failures(&ink, report, style->is_verbose);
}

static void write_impact(const struct ink *ink, const struct senders_report *report)
{
	write_heading(ink, "What a stricter policy would have stopped in the last 30 days");
	for (int class = 0; class < MAIL_CLASS_COUNT; class ++) {
		const struct class_total *total = &report->classes[class];
		buffer_puts(ink->out, "  ");
		write_padded(ink, class_colors[class], span_of_string(class_titles[class]), 22);
		buffer_printf(ink->out, "%10llu of %llu messages\n",
			      (unsigned long long)total->recent_failing,
			      (unsigned long long)total->recent_messages);
	}
}

static void write_total(const struct ink *ink, enum mail_class class, struct span name,
			const struct what_if_total *total)
{
	buffer_puts(ink->out, "  ");
	write_padded(ink, class_colors[class], name, NAME_COLUMNS);
	buffer_printf(
		ink->out, "%10llu  %10llu  %10llu  %10llu\n", (unsigned long long)total->messages,
		(unsigned long long)total->failing_before, (unsigned long long)total->failing_after,
		(unsigned long long)total->undecided);
}

static void write_what_if(const struct ink *ink, const struct plan_what_if *what_if)
{
	if (what_if == NULL) {
		return;
	}
	write_heading(ink, "The last 30 days under the assumed records");
	buffer_puts(ink->out, "  ");
	write_padded(ink, INK_PLAIN, SPAN(""), NAME_COLUMNS);
	buffer_printf(ink->out, "%10s  %10s  %10s  %10s\n", "messages", "fail now", "would fail",
		      "undecided");
	for (int class = 0; class < MAIL_CLASS_COUNT; class ++) {
		write_total(ink, (enum mail_class) class, span_of_string(class_titles[class]),
			    &what_if->classes[class]);
	}
	if (what_if->sender_count > 0) {
		write_heading(ink, "Senders for whom something changes");
	}
	for (size_t i = 0; i < what_if->sender_count && i < SHOWN_SENDERS; i++) {
		const struct what_if_sender *item = &what_if->senders[i];
		write_total(ink, item->sender->class, item->sender->name, &item->total);
	}
}

static void write_blockers(const struct ink *ink, const struct plan *plan)
{
	if (plan->blocker_count == 0) {
		return;
	}
	write_heading(ink, "In the way");
	for (size_t i = 0; i < plan->blocker_count; i++) {
		write_sender(ink, plan->senders->arena, plan->blockers[i]);
	}
}

static void write_policy(const struct ink *ink, const struct plan *plan)
{
	struct arena *arena = plan->senders->arena;
	if (plan->policy == DMARC_POLICY_ABSENT) {
		return;
	}
	buffer_printf(ink->out, "  Policy %s", dmarc_policy_name(plan->policy));
	if (plan->has_pct) {
		buffer_printf(ink->out, " for %u %%", plan->pct);
	}
	buffer_printf(ink->out, ", seen since %.*s (%lld days).\n",
		      SPAN_ARG(day_text(arena, plan->since / STORE_DAY_SECONDS)),
		      (long long)plan->days_at_policy);
	buffer_printf(ink->out,
		      "  Legitimate mail that fails: at most %u.%02u %% (95 %% confidence).\n",
		      plan->loss_bound_permyriad / 100, plan->loss_bound_permyriad % 100);
}

static bool is_record_shown(const struct plan *plan)
{
	return plan->has_record && (plan->advice == PLAN_STEP || plan->advice == PLAN_DWELL ||
				    plan->advice == PLAN_NO_DATA);
}

void present_plan_terminal(const struct plan *plan, const struct terminal_style *style,
			   struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	write_title(&ink, plan->senders);
	write_policy(&ink, plan);
	buffer_putc(text, '\n');
	ink_wrap(&ink, INK_PLAIN, 2, 0, plan_sentence(plan));
	if (plan_forwarded_sentence(plan).len > 0) {
		ink_wrap(&ink, INK_PLAIN, 2, 0, plan_forwarded_sentence(plan));
	}
	if (is_record_shown(plan)) {
		write_heading(&ink, plan->advice == PLAN_DWELL ? "The record of the next step"
							       : "The record to publish");
		buffer_puts(text, "  ");
		ink_text(&ink, INK_BLUE, plan->record.name);
		buffer_puts(text, " TXT ");
		ink_text(&ink, INK_BLUE, plan->record.value);
		buffer_putc(text, '\n');
		if (plan_record_sentence(plan).len > 0) {
			ink_wrap(&ink, INK_PLAIN, 2, 0, plan_record_sentence(plan));
		}
	}
	write_blockers(&ink, plan);
	write_origins(&ink, plan->senders);
	write_impact(&ink, plan->senders);
	write_what_if(&ink, plan->what_if);
}

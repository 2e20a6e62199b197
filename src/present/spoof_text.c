/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A stranger's attempts on a terminal. */
#include "present/ink.h"
#include "present/message.h"
#include "present/spoof.h"

#define INDENT 2
#define OUTCOME_COLUMNS 14

static enum ink_color outcome_color(enum spoof_outcome outcome)
{
	static const enum ink_color colors[] = {
		[SPOOF_NOT_THERE] = INK_DIM,  [SPOOF_OUT_OF_REACH] = INK_DIM,
		[SPOOF_STOPPED] = INK_GREEN,  [SPOOF_UNKNOWN] = INK_YELLOW,
		[SPOOF_SUSPECT] = INK_YELLOW, [SPOOF_DELIVERED] = INK_RED,
		[SPOOF_PASSES] = INK_RED,
	};
	return colors[outcome];
}

static enum ink_color answer_color(enum spoof_answer answer)
{
	static const enum ink_color colors[] = {
		[SPOOF_ANSWER_NO] = INK_GREEN,
		[SPOOF_ANSWER_UNKNOWN] = INK_YELLOW,
		[SPOOF_ANSWER_PARTLY] = INK_YELLOW,
		[SPOOF_ANSWER_YES] = INK_RED,
	};
	return colors[answer];
}

static void write_finding(struct arena *arena, const struct ink *ink,
			  const struct spoof_finding *finding)
{
	const char *outcome = spoof_outcome_name(finding->outcome);
	const unsigned column = INDENT + OUTCOME_COLUMNS;
	buffer_printf(ink->out, "%*s", INDENT, "");
	ink_text(ink, outcome_color(finding->outcome), span_of_string(outcome));
	buffer_printf(ink->out, "%*s", OUTCOME_COLUMNS - (int)strlen(outcome), "");
	ink_wrap(ink, INK_PLAIN, column, column,
		 span_of_string(spoof_vector_explain(finding->vector)));
	struct span reason = finding->reason;
	if (finding->attempt != NULL && finding->attempt->condition.len > 0) {
		reason = arena_printf(arena, "%.*s; it takes %.*s", SPAN_ARG(reason),
				      SPAN_ARG(finding->attempt->condition));
	}
	buffer_printf(ink->out, "%*s", (int)column, "");
	ink_wrap(ink, INK_DIM, column, column, reason);
}

static void write_field(const struct ink *ink, const char *name, struct span value)
{
	buffer_printf(ink->out, "%*s%-11s", INDENT, "", name);
	ink_text(ink, INK_PLAIN, value);
	buffer_putc(ink->out, '\n');
}

/* One a line. */
static void write_records(const struct ink *ink, const char *name, struct span records)
{
	struct span line;
	while (records.len > 0 && span_split(&records, '\n', &line)) {
		write_field(ink, name, line);
	}
}

/* The envelope and the message, as they would be typed to a server. */
static void write_witness(const struct ink *ink, const struct spoof_finding *finding)
{
	const struct envelope *envelope = &finding->attempt->envelope;
	struct span rest = finding->message;
	struct span line;
	buffer_putc(ink->out, '\n');
	ink_text(ink, INK_BOLD,
		 spoof_outcome_works(finding->outcome) ? SPAN("The message that works")
						       : SPAN("The message that came closest"));
	buffer_puts(ink->out, " (");
	ink_text(ink, INK_PLAIN, span_of_string(spoof_vector_name(finding->vector)));
	buffer_puts(ink->out, ")\n");
	write_field(ink, "client", span_of_string(network_format(envelope->client).text));
	write_field(ink, "HELO", envelope->helo);
	write_field(ink, "MAIL FROM",
		    envelope->mail_from.len > 0 ? envelope->mail_from : SPAN("<>"));
	write_records(ink, "publish", finding->attempt->published);
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		buffer_printf(ink->out, "%*s", INDENT + 2, "");
		ink_text(ink, INK_DIM, span_trim(line, "\r"));
		buffer_putc(ink->out, '\n');
	}
}

static void write_judgement(const struct spoof_report *report, const struct terminal_style *style,
			    struct arena *arena, struct buffer *text)
{
	const struct spoof_finding *finding = &report->findings[report->closest];
	struct terminal_style verbose = *style;
	verbose.is_verbose = true;
	struct message_result result = {.source = SPAN("witness"),
					.check = finding->check,
					.arena = arena,
					.checked_at = report->judged_at,
					.receiver = SPAN("unknown")};
	buffer_putc(text, '\n');
	present_terminal_message(&result, &verbose, text);
}

void present_terminal_spoof(const struct spoof_report *report, const struct terminal_style *style,
			    bool is_explained, struct arena *arena, struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	const struct spoof_finding *closest = &report->findings[report->closest];
	bool has_witness = closest->check != NULL;
	ink_text(&ink, INK_BOLD, report->unicode);
	buffer_putc(text, '\n');
	ink_wrap(&ink, answer_color(report->answer), 0, 0, report->sentence);
	if (style->is_quiet) {
		return;
	}
	buffer_putc(text, '\n');
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		if (style->is_verbose || (finding->outcome != SPOOF_NOT_THERE &&
					  finding->outcome != SPOOF_OUT_OF_REACH)) {
			write_finding(arena, &ink, finding);
		}
	}
	if (!style->is_verbose) {
		buffer_putc(text, '\n');
		ink_wrap(&ink, INK_DIM, 0, 0,
			 SPAN("Out of reach of SPF, DKIM and DMARC: another address with this "
			      "domain's name beside it, and domains that look alike."));
	}
	if (has_witness && (is_explained || spoof_outcome_works(closest->outcome))) {
		write_witness(&ink, closest);
	}
	if (has_witness && is_explained) {
		write_judgement(report, style, arena, text);
	}
	buffer_puts(text, "\nNothing was sent.\n");
}

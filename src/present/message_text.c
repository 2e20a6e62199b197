/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A message's judgement on a terminal. */
#include "authenticate/results_field.h"
#include "present/ink.h"
#include "present/message.h"
#include "present/message_rows.h"

#define TOPIC_COLUMNS 9
#define RESULT_COLUMNS 12
#define INDENT 2

static enum ink_color mark_color(enum message_mark mark)
{
	static const enum ink_color colors[] = {
		[MARK_PLAIN] = INK_PLAIN,
		[MARK_GOOD] = INK_GREEN,
		[MARK_WARN] = INK_YELLOW,
		[MARK_BAD] = INK_RED,
	};
	return colors[mark];
}

static struct ink ink_of(const struct terminal_style *style, struct buffer *text)
{
	return (struct ink){text, style->has_color, style->width};
}

static void write_result(const struct ink *ink, const struct message_row *row)
{
	buffer_printf(ink->out, "%*s", INDENT, "");
	ink_text(ink, INK_BOLD, span_of_string(row->topic));
	buffer_printf(ink->out, "%*s", TOPIC_COLUMNS - (int)strlen(row->topic), "");
	const char *result = row->result != NULL ? row->result : "";
	ink_text(ink, mark_color(row->mark), span_of_string(result));
	buffer_printf(ink->out, "%*s", RESULT_COLUMNS - (int)strlen(result), "");
	if (row->subject.len > 0) {
		ink_text(ink, INK_PLAIN, row->subject);
		buffer_puts(ink->out, ": ");
	}
	unsigned used = INDENT + TOPIC_COLUMNS + RESULT_COLUMNS;
	unsigned subject = row->subject.len > 0 ? (unsigned)ink_columns(row->subject) + 2 : 0;
	ink_wrap(ink, row->result == NULL ? mark_color(row->mark) : INK_PLAIN, used, used + subject,
		 row->text);
}

static void write_step(struct arena *arena, const struct ink *ink, const struct message_row *row)
{
	unsigned indent = INDENT + TOPIC_COLUMNS + 2 * (row->depth - 1);
	struct span text = row->text;
	if (row->evidence.len > 0) {
		text = arena_printf(arena, "%.*s: %.*s", SPAN_ARG(row->evidence), SPAN_ARG(text));
	} else if (row->result != NULL) {
		text = arena_printf(arena, "%.*s: %s, %.*s", SPAN_ARG(row->subject), row->result,
				    SPAN_ARG(text));
	}
	if (row->reference != NULL) {
		text = arena_printf(arena, "%.*s [%s]", SPAN_ARG(text), row->reference);
	}
	buffer_printf(ink->out, "%*s", (int)indent, "");
	ink_wrap(ink, row->mark == MARK_PLAIN ? INK_DIM : mark_color(row->mark), indent + 2, indent,
		 text);
}

/* The fields as a server would put them on top of the message, with the terminal's line ends. */
static void write_field(const struct ink *ink, const struct message_result *result)
{
	struct buffer field = buffer_new(RESULTS_FIELD_MAX);
	results_field_write(result->check, result->receiver, &field);
	results_field_write_all_spf(result->check, result->receiver, &field);
	struct span rest = buffer_span(&field);
	struct span line;
	buffer_putc(ink->out, '\n');
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		line = span_trim(line, "\r");
		bool is_folded = line.len > 0 && line.ptr[0] == '\t';
		buffer_puts(ink->out, is_folded ? "        " : "");
		ink_text(ink, INK_DIM, span_from(line, is_folded));
		buffer_putc(ink->out, '\n');
	}
	ink->out->is_failed = ink->out->is_failed || field.is_failed;
	buffer_free(&field);
}

void present_terminal_message(const struct message_result *result,
			      const struct terminal_style *style, struct buffer *text)
{
	struct ink ink = ink_of(style, text);
	ink_wrap(&ink, mark_color(message_mark_of(result->check)), 0, 0,
		 message_sentence(result->arena, result->check));
	if (style->is_quiet) {
		return;
	}
	buffer_putc(text, '\n');
	struct message_rows rows = message_rows_make(result->arena, result->check);
	for (size_t i = 0; i < rows.items.len; i++) {
		const struct message_row *row = message_row_at(&rows, i);
		bool is_notable = row->mark == MARK_WARN || row->mark == MARK_BAD;
		if (row->depth == 0) {
			write_result(&ink, row);
		} else if (style->is_verbose || is_notable) {
			write_step(result->arena, &ink, row);
		}
	}
	if (style->is_verbose) {
		write_field(&ink, result);
	}
}

void present_line_message(const struct message_result *result, const struct terminal_style *style,
			  struct buffer *text)
{
	struct ink ink = ink_of(style, text);
	const struct message_check *check = result->check;
	const char *word = dmarc_result_name(check->result);
	ink_text(&ink, mark_color(message_mark_of(check)), span_of_string(word));
	buffer_printf(text, "%*s", RESULT_COLUMNS - (int)strlen(word), "");
	const char *policy = dmarc_policy_name(check->disposition);
	ink_text(&ink, INK_PLAIN, span_of_string(policy));
	buffer_printf(text, "%*s", RESULT_COLUMNS - (int)strlen(policy), "");
	ink_text(&ink, INK_PLAIN,
		 check->author_count > 0 ? check->authors[0].domain : SPAN("(no author)"));
	buffer_puts(text, check->is_blurred ? "  (author blurred)  " : "  ");
	ink_text(&ink, INK_DIM, result->source);
	buffer_putc(text, '\n');
}

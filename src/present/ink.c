/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Colours, escaping and wrapping for terminals. */
#include "present/ink.h"

#include "present/markdown.h"

static const char *const codes[] = {
	[INK_PLAIN] = "",	  [INK_BOLD] = "\033[1m",      [INK_DIM] = "\033[2m",
	[INK_RED] = "\033[31;1m", [INK_YELLOW] = "\033[33;1m", [INK_GREEN] = "\033[32;1m",
	[INK_BLUE] = "\033[36m",
};

/* Writes one character, escaped when it must not reach a terminal; gives its columns and moves
 * *text on. */
static size_t write_character(struct buffer *out, struct span *text)
{
	uint32_t code_point;
	size_t len = text_utf8_next(*text, &code_point);
	size_t columns = 1;
	if (len == 0) {
		buffer_printf(out, "\\x%02x", span_octet(*text, 0));
		columns = 4;
		len = 1;
	} else if (code_point != '\t' && text_is_deceptive(code_point)) {
		buffer_printf(out, "\\u{%x}", (unsigned)code_point);
		columns = code_point < 0x10 ? 5 : code_point < 0x100 ? 6 : 8;
	} else {
		buffer_append(out, code_point == '\t' ? SPAN(" ") : span_slice(*text, 0, len));
	}
	*text = span_from(*text, len);
	return columns;
}

static size_t write_escaped(struct buffer *out, struct span text)
{
	size_t columns = 0;
	while (text.len > 0) {
		columns += write_character(out, &text);
	}
	return columns;
}

static void set_color(const struct ink *ink, enum ink_color color)
{
	if (ink->has_color) {
		buffer_puts(ink->out, codes[color]);
	}
}

static void end_color(const struct ink *ink, enum ink_color color)
{
	if (ink->has_color && color != INK_PLAIN) {
		buffer_puts(ink->out, "\033[0m");
	}
}

void ink_text(const struct ink *ink, enum ink_color color, struct span text)
{
	set_color(ink, color);
	(void)write_escaped(ink->out, text);
	end_color(ink, color);
}

size_t ink_columns(struct span text)
{
	struct buffer scratch = buffer_new((size_t)1 << 20);
	size_t columns = write_escaped(&scratch, text);
	buffer_free(&scratch);
	return columns;
}

/* Wrapping in progress: where the pen is. */
struct pen {
	const struct ink *ink;
	unsigned indent;
	size_t column;
	bool has_words; /* on this line */
};

static void pen_newline(struct pen *pen)
{
	buffer_putc(pen->ink->out, '\n');
	buffer_printf(pen->ink->out, "%*s", (int)pen->indent, "");
	pen->column = pen->indent;
	pen->has_words = false;
}

/* One word; glue: it belongs to what stands before it. */
static void pen_word(struct pen *pen, enum ink_color color, struct span word, bool is_glued)
{
	size_t columns = ink_columns(word);
	size_t space = pen->has_words && !is_glued;
	if (pen->has_words && !is_glued && pen->column + space + columns > pen->ink->width) {
		pen_newline(pen);
		space = 0;
	}
	if (space > 0) {
		buffer_putc(pen->ink->out, ' ');
	}
	ink_text(pen->ink, color, word);
	pen->column += space + columns;
	pen->has_words = true;
}

static void pen_words(struct pen *pen, enum ink_color color, struct span text, bool is_glued)
{
	while (text.len > 0) {
		bool has_space = text_is_space(text.ptr[0]);
		size_t start = 0;
		while (start < text.len && text_is_space(text.ptr[start])) {
			start++;
		}
		size_t end = start;
		while (end < text.len && !text_is_space(text.ptr[end])) {
			end++;
		}
		if (end > start) {
			pen_word(pen, color, span_slice(text, start, end - start),
				 is_glued && !has_space);
		}
		is_glued = false;
		text = span_from(text, end);
	}
}

void ink_wrap(const struct ink *ink, enum ink_color color, unsigned indent, unsigned first_used,
	      struct span text)
{
	struct pen pen = {ink, indent, first_used, false};
	if (first_used == 0) {
		buffer_printf(ink->out, "%*s", (int)indent, "");
		pen.column = indent;
	}
	pen_words(&pen, color, text, /* is_glued: */ false);
	buffer_putc(ink->out, '\n');
}

static void write_runs(struct pen *pen, struct span text)
{
	static const enum ink_color colors[] = {
		[MARKDOWN_TEXT] = INK_PLAIN,
		[MARKDOWN_CODE_RUN] = INK_BLUE,
		[MARKDOWN_STRONG] = INK_BOLD,
	};
	struct markdown_run run;
	bool is_glued = false;
	while (markdown_next_run(&text, &run)) {
		bool starts_with_space = run.text.len > 0 && text_is_space(run.text.ptr[0]);
		pen_words(pen, colors[run.kind], run.text, is_glued && !starts_with_space);
		is_glued = run.text.len > 0 && !text_is_space(run.text.ptr[run.text.len - 1]);
	}
	buffer_putc(pen->ink->out, '\n');
}

static void write_code(const struct ink *ink, unsigned indent, const struct markdown_block *block)
{
	struct span rest = block->text;
	struct span line;
	while (markdown_next_code_line(block, &rest, &line)) {
		buffer_printf(ink->out, "%*s", (int)indent + 4, "");
		ink_text(ink, INK_BLUE, line);
		buffer_putc(ink->out, '\n');
	}
}

/* "- " or "1. "; gives the columns it takes. */
static unsigned write_marker(const struct ink *ink, unsigned indent, struct span marker)
{
	struct span shown = marker.len > 0 ? marker : SPAN("-");
	buffer_printf(ink->out, "%*s%.*s ", (int)indent, "", SPAN_ARG(shown));
	return (unsigned)shown.len + 1;
}

static void write_block(const struct ink *ink, unsigned indent, const struct markdown_block *block)
{
	struct pen pen = {ink, indent, indent, false};
	switch (block->kind) {
	case MARKDOWN_CODE:
		write_code(ink, indent, block);
		return;
	case MARKDOWN_HEADING:
		buffer_printf(ink->out, "%*s", (int)indent, "");
		ink_text(ink, INK_BOLD, block->text);
		buffer_putc(ink->out, '\n');
		return;
	case MARKDOWN_ITEM:
		pen.indent += write_marker(ink, indent, block->marker);
		pen.column = pen.indent;
		break;
	case MARKDOWN_PARAGRAPH:
		buffer_printf(ink->out, "%*s", (int)indent, "");
		break;
	}
	write_runs(&pen, block->text);
}

void ink_markdown(const struct ink *ink, unsigned indent, struct span markdown)
{
	struct markdown_block block;
	enum markdown_block_kind before = MARKDOWN_PARAGRAPH;
	bool is_first = true;
	while (markdown_next_block(&markdown, &block)) {
		bool is_in_list = block.kind == MARKDOWN_ITEM && before == MARKDOWN_ITEM;
		if (!is_first && !is_in_list) {
			buffer_putc(ink->out, '\n');
		}
		write_block(ink, indent, &block);
		before = block.kind;
		is_first = false;
	}
}

void ink_rule(const struct ink *ink)
{
	set_color(ink, INK_DIM);
	for (unsigned i = 0; i < ink->width; i++) {
		buffer_puts(ink->out, "\xe2\x94\x80");
	}
	end_color(ink, INK_DIM);
	buffer_putc(ink->out, '\n');
}

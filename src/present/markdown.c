/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Splits our small Markdown into blocks and runs. */
#include "present/markdown.h"

/* Lines with so many spaces in front are code. */
#define INDENT 4

static struct span line_at(struct span text)
{
	return span_slice(text, 0, span_find(text, '\n', 0));
}

static struct span after_line(struct span text)
{
	return span_from(text, line_at(text).len + 1);
}

static bool is_blank(struct span line)
{
	return span_trim(line, TEXT_SPACE).len == 0;
}

static bool is_fence(struct span line)
{
	return span_starts_with(line, SPAN("```"));
}

static bool is_indented(struct span line)
{
	return span_starts_with(line, SPAN("    ")) && !is_blank(line);
}

/* Octets of "- " or "12. " at the start of a line; 0 when it is no item. */
static size_t marker_len(struct span line)
{
	if (span_starts_with(line, SPAN("- "))) {
		return 2;
	}
	size_t digits = 0;
	while (digits < line.len && text_is_digit(line.ptr[digits])) {
		digits++;
	}
	bool is_numbered = digits > 0 && span_starts_with(span_from(line, digits), SPAN(". "));
	return is_numbered ? digits + 2 : 0;
}

static bool is_item(struct span line)
{
	return marker_len(line) > 0;
}

static bool is_heading(struct span line)
{
	return span_starts_with(line, SPAN("#"));
}

/* Everything up to the closing fence, or to the end. */
static struct markdown_block take_code(struct span *rest)
{
	struct span text = after_line(*rest);
	size_t len = 0;
	struct span at = text;
	while (at.len > 0 && !is_fence(line_at(at))) {
		at = after_line(at);
		len = text.len - at.len;
	}
	*rest = after_line(at);
	return (struct markdown_block){.kind = MARKDOWN_CODE,
				       .text = span_trim(span_slice(text, 0, len), "\n")};
}

/* All indented lines up to one that is not. */
static struct markdown_block take_indented(struct span *rest)
{
	struct span text = *rest;
	while (rest->len > 0 && is_indented(line_at(*rest))) {
		*rest = after_line(*rest);
	}
	struct span code = span_slice(text, 0, text.len - rest->len);
	return (struct markdown_block){
		.kind = MARKDOWN_CODE, .text = span_trim(code, "\n"), .indent = INDENT};
}

/* Lines up to one that is blank or begins something else. */
static struct span take_lines(struct span *rest)
{
	struct span text = *rest;
	struct span at = after_line(text);
	while (at.len > 0 && !is_blank(line_at(at)) && !is_fence(line_at(at)) &&
	       !is_item(line_at(at)) && !is_heading(line_at(at))) {
		at = after_line(at);
	}
	*rest = at;
	return span_trim(span_slice(text, 0, text.len - at.len), TEXT_SPACE);
}

static struct markdown_block take_item(struct span *rest)
{
	struct span text = take_lines(rest);
	size_t len = marker_len(text);
	struct span marker = text_is_digit(text.ptr[0]) ? span_slice(text, 0, len - 1) : SPAN("");
	return (struct markdown_block){
		.kind = MARKDOWN_ITEM, .text = span_from(text, len), .marker = marker};
}

bool markdown_next_block(struct span *rest, struct markdown_block *ret_block)
{
	while (rest->len > 0 && is_blank(line_at(*rest))) {
		*rest = after_line(*rest);
	}
	if (rest->len == 0) {
		return false;
	}
	struct span line = line_at(*rest);
	if (is_fence(line)) {
		*ret_block = take_code(rest);
	} else if (is_indented(line)) {
		*ret_block = take_indented(rest);
	} else if (is_heading(line)) {
		*rest = after_line(*rest);
		*ret_block = (struct markdown_block){.kind = MARKDOWN_HEADING,
						     .text = span_trim(line, "# \r")};
	} else if (is_item(line)) {
		*ret_block = take_item(rest);
	} else {
		*ret_block = (struct markdown_block){.kind = MARKDOWN_PARAGRAPH,
						     .text = take_lines(rest)};
	}
	return true;
}

bool markdown_next_code_line(const struct markdown_block *block, struct span *rest,
			     struct span *ret_line)
{
	struct span line;
	if (!span_split(rest, '\n', &line)) {
		return false;
	}
	*ret_line = span_from(line, block->indent);
	return true;
}

/* A run between two equal marks at the start of text; false when there is no closing mark. */
static bool take_marked(struct span *rest, struct span mark, enum markdown_run_kind kind,
			struct markdown_run *ret_run)
{
	if (!span_starts_with(*rest, mark)) {
		return false;
	}
	struct span inside = span_from(*rest, mark.len);
	size_t end = span_search(inside, mark);
	if (end == inside.len || end == 0) {
		return false;
	}
	*ret_run = (struct markdown_run){kind, span_slice(inside, 0, end)};
	*rest = span_from(inside, end + mark.len);
	return true;
}

bool markdown_next_run(struct span *rest, struct markdown_run *ret_run)
{
	if (rest->len == 0) {
		return false;
	}
	if (take_marked(rest, SPAN("`"), MARKDOWN_CODE_RUN, ret_run) ||
	    take_marked(rest, SPAN("**"), MARKDOWN_STRONG, ret_run)) {
		return true;
	}
	size_t len = 1;
	while (len < rest->len && rest->ptr[len] != '`' &&
	       !span_starts_with(span_from(*rest, len), SPAN("**"))) {
		len++;
	}
	*ret_run = (struct markdown_run){MARKDOWN_TEXT, span_slice(*rest, 0, len)};
	*rest = span_from(*rest, len);
	return true;
}

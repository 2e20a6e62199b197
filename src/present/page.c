/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* HTML escaping and our small Markdown as HTML. */
#include "present/page.h"

#include "present/markdown.h"

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static size_t write_character(struct buffer *out, struct span text)
{
	uint32_t code_point;
	size_t len = text_utf8_next(text, &code_point);
	const char *entity = len == 1 ? entity_of(text.ptr[0]) : NULL;
	if (len == 0) {
		buffer_puts(out, "\xef\xbf\xbd");
		return 1;
	}
	if (entity != NULL) {
		buffer_puts(out, entity);
	} else if (text_is_deceptive(code_point) && code_point != '\n' && code_point != '\t') {
		buffer_printf(out, "\\u{%x}", (unsigned)code_point);
	} else {
		buffer_append(out, span_slice(text, 0, len));
	}
	return len;
}

void page_text(struct page *page, struct span text)
{
	while (text.len > 0) {
		text = span_from(text, write_character(page->out, text));
	}
}

void page_string(struct page *page, const char *text)
{
	page_text(page, span_of_string(text));
}

void page_element(struct page *page, const char *tag, const char *class_name, struct span text)
{
	buffer_printf(page->out, "<%s", tag);
	if (class_name != NULL) {
		buffer_printf(page->out, " class=\"%s\"", class_name);
	}
	buffer_putc(page->out, '>');
	page_text(page, text);
	buffer_printf(page->out, "</%s>", tag);
}

void page_number(struct page *page, uint64_t number)
{
	if (number >= 1000) {
		page_number(page, number / 1000);
		buffer_printf(page->out, ",%03u", (unsigned)(number % 1000));
	} else {
		buffer_printf(page->out, "%u", (unsigned)number);
	}
}

void page_tag(struct page *page, const char *class_name, const char *text)
{
	buffer_printf(page->out, "<span class=\"tag %s\">", class_name);
	page_string(page, text);
	page_html(page, "</span>");
}

static void write_runs(struct page *page, struct span text)
{
	struct markdown_run run;
	while (markdown_next_run(&text, &run)) {
		switch (run.kind) {
		case MARKDOWN_TEXT:
			page_text(page, run.text);
			break;
		case MARKDOWN_CODE_RUN:
			page_element(page, "code", NULL, run.text);
			break;
		case MARKDOWN_STRONG:
			page_element(page, "strong", NULL, run.text);
			break;
		}
	}
}

static void write_code(struct page *page, const struct markdown_block *block)
{
	struct span rest = block->text;
	struct span line;
	page_html(page, "<pre>");
	while (markdown_next_code_line(block, &rest, &line)) {
		page_text(page, line);
		page_html(page, "\n");
	}
	page_html(page, "</pre>\n");
}

static void write_block(struct page *page, const struct markdown_block *block)
{
	switch (block->kind) {
	case MARKDOWN_PARAGRAPH:
		page_html(page, "<p>");
		write_runs(page, block->text);
		page_html(page, "</p>\n");
		break;
	case MARKDOWN_ITEM:
		page_html(page, "<li>");
		write_runs(page, block->text);
		break;
	case MARKDOWN_CODE:
		write_code(page, block);
		break;
	case MARKDOWN_HEADING:
		page_element(page, "h4", NULL, block->text);
		page_html(page, "\n");
		break;
	}
}

enum list {
	LIST_NONE,
	LIST_BULLETS,
	LIST_NUMBERS,
};

static enum list list_of(const struct markdown_block *block)
{
	if (block->kind != MARKDOWN_ITEM) {
		return LIST_NONE;
	}
	return block->marker.len > 0 ? LIST_NUMBERS : LIST_BULLETS;
}

/* A new item in the list we are in, or in a new one that counts on from the item's own number. */
static void begin_item(struct page *page, enum list from, const struct markdown_block *block)
{
	enum list to = list_of(block);
	if (from == to) {
		page_html(page, "</li>\n");
	} else if (to == LIST_BULLETS) {
		page_html(page, "<ul>\n");
	} else {
		page_html(page, "<ol start=\"");
		page_text(page, span_slice(block->marker, 0, block->marker.len - 1));
		page_html(page, "\">\n");
	}
}

static void end_list(struct page *page, enum list list)
{
	static const char *const ends[] = {[LIST_NONE] = "",
					   [LIST_BULLETS] = "</li>\n</ul>\n",
					   [LIST_NUMBERS] = "</li>\n</ol>\n"};
	buffer_puts(page->out, ends[list]);
}

void page_markdown(struct page *page, struct span markdown)
{
	struct markdown_block block;
	enum list list = LIST_NONE;
	while (markdown_next_block(&markdown, &block)) {
		enum list next = list_of(&block);
		/* Code below an item belongs to it, so that the numbers go on after it. */
		bool is_inside = block.kind == MARKDOWN_CODE && list != LIST_NONE;
		if (next != list && !is_inside) {
			end_list(page, list);
			list = LIST_NONE;
		}
		if (next != LIST_NONE) {
			begin_item(page, list, &block);
			list = next;
		}
		write_block(page, &block);
	}
	end_list(page, list);
}

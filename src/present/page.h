/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Writing HTML. page_text() is the only way outside text gets into a page: markup characters become
 * entities, controls and characters that deceive the eye become visible, broken UTF-8 becomes
 * U+FFFD. It is safe inside elements and in quoted attributes. Markup itself goes through
 * page_html(), which takes literals only.
 */
#ifndef MAILSEAL_PRESENT_PAGE_H
#define MAILSEAL_PRESENT_PAGE_H

#include "base/base.h"

struct page {
	struct buffer *out;
	unsigned next_id; /* for ids that headings and tables refer to */
};

#define page_html(page, literal) buffer_append((page)->out, SPAN(literal))

void page_text(struct page *page, struct span text);
void page_string(struct page *page, const char *text);
/* <TAG CLASS>text</TAG>; tag and class are literals of ours, class may be NULL. */
void page_element(struct page *page, const char *tag, const char *class_name, struct span text);
/* A word in a box of one colour: good, warn, bad, info or soft. */
void page_tag(struct page *page, const char *class_name, const char *text);
/* "48,140" */
void page_number(struct page *page, uint64_t number);
/* Our small Markdown as blocks. Headings become h4. */
void page_markdown(struct page *page, struct span markdown);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What all pages share: how they begin and end, and their tables. A page stands alone: its style is
 * in it, and it may load nothing and run nothing.
 *
 *	page_begin(), the page's own header if it has one, page_begin_main(),
 *	what it says, page_begin_foot(), who made it and when, page_end()
 */
#ifndef MAILSEAL_PRESENT_PAGE_FRAME_H
#define MAILSEAL_PRESENT_PAGE_FRAME_H

#include "present/page.h"

/* Its title is the subject and, right behind it, what it says of the subject: a literal. */
void page_begin(struct page *page, struct span subject, const char *what);
void page_begin_main(struct page *page);
void page_begin_foot(struct page *page);
void page_end(struct page *page);

#define PAGE_TABLE_MAX_COLUMNS 9

/* A table that scrolls inside the page when it is too wide for it. All its strings are literals. */
struct page_table {
	const char *label;	/* names it to those who do not see it */
	const char *class_name; /* NULL: none */
	/* Their titles, NULL behind the last; "#Messages" holds numbers and is called Messages. */
	const char *columns[PAGE_TABLE_MAX_COLUMNS];
};

/* Up to the first row. */
void page_begin_table(struct page *page, const struct page_table *table);
void page_end_table(struct page *page);
/* A row, up to the cell behind its heading. */
void page_begin_row(struct page *page, struct span heading);
void page_number_cell(struct page *page, uint64_t number);

#endif

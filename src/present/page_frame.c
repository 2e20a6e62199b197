/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The frame of pages, and of their tables. */
#include "present/page_frame.h"

#include "present/report_css.h"

void page_begin(struct page *page, struct span subject, const char *what)
{
	page_html(page,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		  "style-src 'unsafe-inline'\">\n<title>");
	page_text(page, subject);
	page_string(page, what);
	page_html(page, "</title>\n<style>\n");
	buffer_puts(page->out, report_css);
	page_html(page, "</style>\n</head>\n<body>\n"
			"<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

void page_begin_main(struct page *page)
{
	page_html(page, "<main id=\"main\">\n");
}

void page_begin_foot(struct page *page)
{
	page_html(page, "</main>\n<footer class=\"page\"><p>");
}

void page_end(struct page *page)
{
	page_html(page, "</p></footer>\n</body>\n</html>\n");
}

static void write_column(struct page *page, const char *title)
{
	bool is_number = title[0] == '#';
	page_html(page, "<th scope=\"col\"");
	buffer_puts(page->out, is_number ? " class=\"number\">" : ">");
	page_string(page, is_number ? title + 1 : title);
	page_html(page, "</th>");
}

void page_begin_table(struct page *page, const struct page_table *table)
{
	page_html(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	page_string(page, table->label);
	page_html(page, "\"><table");
	if (table->class_name != NULL) {
		buffer_printf(page->out, " class=\"%s\"", table->class_name);
	}
	page_html(page, "><thead><tr>");
	for (size_t i = 0; i < PAGE_TABLE_MAX_COLUMNS && table->columns[i] != NULL; i++) {
		write_column(page, table->columns[i]);
	}
	page_html(page, "</tr></thead><tbody>\n");
}

void page_end_table(struct page *page)
{
	page_html(page, "</tbody></table></div>\n");
}

void page_begin_row(struct page *page, struct span heading)
{
	page_html(page, "<tr><th scope=\"row\">");
	page_text(page, heading);
	page_html(page, "</th>");
}

void page_number_cell(struct page *page, uint64_t number)
{
	page_html(page, "<td class=\"number\">");
	page_number(page, number);
	page_html(page, "</td>");
}

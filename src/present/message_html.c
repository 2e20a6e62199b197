/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A message's judgement as a page. */
#include "present/message.h"
#include "present/message_rows.h"
#include "present/page.h"
#include "present/report_css.h"

static const char *mark_class(enum message_mark mark)
{
	static const char *const classes[] = {
		[MARK_PLAIN] = "soft",
		[MARK_GOOD] = "good",
		[MARK_WARN] = "warn",
		[MARK_BAD] = "bad",
	};
	return classes[mark];
}

static void write_head(struct page *page, const struct message_result *result)
{
	page_html(page,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		  "style-src 'unsafe-inline'\">\n<title>");
	page_text(page, result->source);
	page_html(page, ": message report</title>\n<style>\n");
	buffer_puts(page->out, report_css);
	page_html(page, "</style>\n</head>\n<body>\n"
			"<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
			"<main id=\"main\">\n<h1>Is this message what it says?</h1>\n");
}

static void write_row(struct page *page, const struct message_row *row)
{
	page_html(page, "<tr><th scope=\"row\">");
	page_string(page, row->depth == 0 ? row->topic : "");
	page_html(page, "</th><td>");
	if (row->result != NULL) {
		page_tag(page, mark_class(row->mark), row->result);
	}
	page_html(page, "</td><td>");
	if (row->subject.len > 0) {
		page_text(page, row->subject);
		page_html(page, ": ");
	}
	page_text(page, row->text);
	if (row->evidence.len > 0) {
		page_html(page, "<br>");
		page_element(page, "code", NULL, row->evidence);
		page_html(page, " <span class=\"meta\">");
		page_text(page, row->place);
		page_html(page, "</span>");
	}
	page_html(page, "</td><td class=\"meta\">");
	page_string(page, row->reference != NULL ? row->reference : "");
	page_html(page, "</td></tr>\n");
}

void present_html_message(const struct message_result *result, struct buffer *out)
{
	struct page page = {out, 1};
	struct message_rows rows = message_rows_make(result->arena, result->check);
	write_head(&page, result);
	buffer_printf(out, "<section class=\"verdict %s\">",
		      mark_class(message_mark_of(result->check)));
	page_element(&page, "p", "answer",
		     span_of_string(dmarc_result_name(result->check->result)));
	page_element(&page, "p", NULL, message_sentence(result->arena, result->check));
	page_html(&page, "</section>\n<h2>How it was judged</h2>\n<div class=\"scroll\" "
			 "tabindex=\"0\" role=\"region\" aria-label=\"Steps of the judgement\">"
			 "<table><thead><tr><th scope=\"col\">Method</th>"
			 "<th scope=\"col\">Result</th><th scope=\"col\">Why</th>"
			 "<th scope=\"col\">Rule</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < rows.items.len; i++) {
		write_row(&page, message_row_at(&rows, i));
	}
	page_html(&page, "</tbody></table></div>\n</main>\n<footer class=\"page\"><p>Judged ");
	page_string(&page, time_format(result->checked_at).text);
	page_html(&page, " by mailseal " MAILSEAL_VERSION ".</p></footer>\n</body>\n</html>\n");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A message's judgement as a page. */
#include "present/message.h"
#include "present/message_rows.h"
#include "present/page_frame.h"

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

static void write_row(struct page *page, const struct message_row *row)
{
	page_begin_row(page, span_of_string(row->depth == 0 ? row->topic : ""));
	page_html(page, "<td>");
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
	page_html(page, "</td><td class=\"meta rule\">");
	page_string(page, row->reference != NULL ? row->reference : "");
	page_html(page, "</td></tr>\n");
}

static const struct page_table steps = {
	.label = "Steps of the judgement",
	.columns = {"Method", "Result", "Why", "Rule"},
};

void present_html_message(const struct message_result *result, struct buffer *out)
{
	struct page page = {out, 1};
	struct message_rows rows = message_rows_make(result->arena, result->check);
	page_begin(&page, result->source, ": message report");
	page_begin_main(&page);
	page_html(&page, "<h1>Is this message what it says?</h1>\n");
	buffer_printf(out, "<section class=\"verdict %s\">",
		      mark_class(message_mark_of(result->check)));
	page_element(&page, "p", "answer",
		     span_of_string(dmarc_result_name(result->check->result)));
	page_element(&page, "p", NULL, message_sentence(result->arena, result->check));
	page_html(&page, "</section>\n<h2>How it was judged</h2>\n");
	page_begin_table(&page, &steps);
	for (size_t i = 0; i < rows.items.len; i++) {
		write_row(&page, message_row_at(&rows, i));
	}
	page_end_table(&page);
	page_begin_foot(&page);
	page_html(&page, "Judged ");
	page_string(&page, time_format(result->checked_at).text);
	page_html(&page, " by mailseal " MAILSEAL_VERSION ".");
	page_end(&page);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A check as a page: the answers and the plan first, for those who decide; then all findings, for
 * those who do. */
#include "present/html.h"

#include <stdio.h>

#include "assess/sender_eye.h"
#include "assess/transit.h"
#include "present/control_text.h"
#include "present/html_parts.h"
#include "present/page_frame.h"

static const char *status_class(enum control_status status)
{
	static const char *const classes[] = {
		[CONTROL_GOOD] = "good",   [CONTROL_IMPROVE] = "warn", [CONTROL_BAD] = "bad",
		[CONTROL_ABSENT] = "soft", [CONTROL_UNKNOWN] = "warn",
	};
	return classes[status];
}

static const char *answer_class(enum answer answer)
{
	static const char *const classes[] = {
		[ANSWER_YES] = "bad",
		[ANSWER_PARTLY] = "warn",
		[ANSWER_NO] = "good",
		[ANSWER_UNKNOWN] = "warn",
	};
	return classes[answer];
}

static const char *answer_words(enum answer answer)
{
	static const char *const words[] = {
		[ANSWER_YES] = "Yes",
		[ANSWER_PARTLY] = "Partly",
		[ANSWER_NO] = "No",
		[ANSWER_UNKNOWN] = "Unknown",
	};
	return words[answer];
}

static void write_verdict(struct page *page, const char *question, const struct verdict *verdict)
{
	buffer_printf(page->out, "<section class=\"verdict %s\">", answer_class(verdict->answer));
	page_element(page, "h2", NULL, span_of_string(question));
	page_element(page, "p", "answer", span_of_string(answer_words(verdict->answer)));
	page_element(page, "p", NULL, verdict->sentence);
	page_html(page, "</section>\n");
}

static void write_controls(struct page *page, const struct assessment *a)
{
	page_html(page, "<h2>Controls</h2>\n<ul class=\"rows\">\n");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		enum control control = (enum control)i;
		enum control_status status = assessment_status(a, control);
		page_html(page, "<li>");
		page_element(page, "strong", NULL, span_of_string(control_title(control)));
		page_html(page, " ");
		page_tag(page, status_class(status), control_status_name(status));
		page_html(page, " ");
		page_element(page, "div", "value", control_text(a->arena, a, control));
		page_html(page, "</li>\n");
	}
	page_html(page, "</ul>\n");
}

static void write_what_if_list(struct page *page, const char *title, struct arena *arena,
			       const struct finding *const *findings, size_t count)
{
	if (count == 0) {
		return;
	}
	page_element(page, "h3", NULL, span_of_string(title));
	page_html(page, "<ul>\n");
	for (size_t i = 0; i < count; i++) {
		page_html(page, "<li>");
		page_text(page, finding_title(arena, findings[i]));
		page_html(page, "</li>\n");
	}
	page_html(page, "</ul>\n");
}

static void write_what_if(struct page *page, const struct what_if *what_if)
{
	page_html(page, "<section class=\"assumed\">\n<h2>With the changes you "
			"assume</h2>\n<p>This page shows the domain as it would "
			"be, not as it is. Strangers can send as it, before: ");
	page_string(page, answer_name(what_if->before->spoofable.answer));
	page_html(page, "; after: ");
	page_string(page, answer_name(what_if->after->spoofable.answer));
	page_html(page, ".</p>\n<p>Records cannot show which wanted mail this would stop; DMARC "
			"reports can: <code>mailseal plan --with</code>, before you publish "
			"it.</p>\n");
	write_what_if_list(page, "Findings that go", what_if->before->arena, what_if->gone,
			   what_if->gone_count);
	write_what_if_list(page, "Findings that come", what_if->after->arena, what_if->new_findings,
			   what_if->new_count);
	page_html(page, "</section>\n");
}

static void write_title(struct page *page, const struct assessment *a)
{
	page_element(page, "h1", NULL, a->unicode);
	page_html(page, "\n<p class=\"kind\">");
	if (!span_equal(a->unicode, a->domain)) {
		page_element(page, "code", NULL, a->domain);
		page_html(page, " ");
	}
	page_string(page, control_kind_words(a));
	page_string(page, a->is_subdomain ? " (a subdomain)" : "");
	page_html(page, "</p>\n");
}

static const struct page_table senders_table = {
	.label = "What senders do",
	.columns = {"Sent by", "Today", "If STARTTLS is taken out"},
};

static void write_senders(struct page *page, const struct assessment *a)
{
	if (a->sender_eye == NULL || a->transit->is_cut_off) {
		return;
	}
	page_html(page, "<h2>What becomes of a message</h2>\n");
	page_begin_table(page, &senders_table);
	for (int k = 0; k < SENDER_KIND_COUNT; k++) {
		const struct sender_outcome *outcome = &a->sender_eye->senders[k];
		page_begin_row(page, span_of_string(sender_kind_text(k)));
		page_html(page, "<td>");
		page_string(page, delivery_text((int)outcome->today));
		page_html(page, "</td><td>");
		page_string(page, delivery_text((int)outcome->stripped));
		page_html(page, "</td></tr>\n");
	}
	page_end_table(page);
}

static void write_result(struct page *page, const struct check_result *result, size_t number)
{
	const struct assessment *a = result->assessment;
	buffer_printf(page->out, "<article id=\"domain-%zu\">\n", number);
	write_title(page, a);
	page_html(page, "<div class=\"verdicts\">\n");
	write_verdict(page, "Can strangers send mail as this domain?", &a->spoofable);
	write_verdict(page, "Can mail to it be read or changed on its way?", &a->interceptable);
	page_html(page, "</div>\n");
	if (result->what_if != NULL) {
		write_what_if(page, result->what_if);
	}
	if (a->kind != DOMAIN_NONEXISTENT) {
		html_plan(page, result, number);
		write_controls(page, a);
		write_senders(page, a);
		html_steps(page, result, number);
		html_findings(page, a);
		html_unknowns(page, a);
		html_profiles(page, result);
	}
	page_html(page, "</article>\n");
}

static void write_contents_row(struct page *page, const struct assessment *a, size_t number)
{
	buffer_printf(page->out, "<tr><th scope=\"row\"><a href=\"#domain-%zu\">", number);
	page_text(page, a->unicode);
	page_html(page, "</a></th><td>");
	page_tag(page, answer_class(a->spoofable.answer), answer_words(a->spoofable.answer));
	page_html(page, "</td><td>");
	page_tag(page, answer_class(a->interceptable.answer),
		 answer_words(a->interceptable.answer));
	page_html(page, "</td></tr>\n");
}

static const struct page_table contents_table = {
	.label = "Domains",
	.class_name = "domains",
	.columns = {"Domain", "Can strangers send as it?", "Can mail to it be read or changed?"},
};

static void write_contents(struct page *page, const struct check_report *report)
{
	if (report->result_count < 2) {
		return;
	}
	buffer_printf(page->out, "<h1>%zu domains</h1>\n", report->result_count);
	page_begin_table(page, &contents_table);
	for (size_t i = 0; i < report->result_count; i++) {
		write_contents_row(page, report->results[i].assessment, i + 1);
	}
	page_end_table(page);
}

static void write_head(struct page *page, const struct check_report *report)
{
	char domains[sizeof("18446744073709551615 domains")];
	(void)snprintf(domains, sizeof(domains), "%zu domains", report->result_count);
	page_begin(page,
		   report->result_count == 1 ? report->results[0].assessment->unicode
					     : span_of_string(domains),
		   ": mail security report");
	page_html(page, "<header class=\"page\"><p>Mail security report, ");
	page_text(page, span_slice(span_of_string(time_format(report->checked_at).text), 0,
				   sizeof("2026-11-23") - 1));
	page_html(page, "</p></header>\n");
}

static void write_foot(struct page *page, const struct check_report *report)
{
	page_begin_foot(page);
	page_html(page, "Judged ");
	page_string(page, time_format(report->checked_at).text);
	if (report->observed_from != 0) {
		page_html(page, " from facts observed ");
		page_string(page, time_format(report->observed_from).text);
		page_html(page, " to ");
		page_string(page, time_format(report->observed_to).text);
	}
	page_html(page, " by mailseal " MAILSEAL_VERSION ". What could not be looked up is called "
			"unknown; it never counts as good or bad.");
	page_end(page);
}

void present_html_check(const struct check_report *report, struct buffer *out)
{
	struct page page = {out, 1};
	write_head(&page, report);
	page_begin_main(&page);
	write_contents(&page, report);
	for (size_t i = 0; i < report->result_count; i++) {
		write_result(&page, &report->results[i], i + 1);
	}
	write_foot(&page, report);
}

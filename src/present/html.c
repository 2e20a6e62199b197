/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A check as a page: the answers and the plan first, for those who decide; then all findings, for
 * those who do. */
#include "present/html.h"

#include "present/control_text.h"
#include "present/order.h"
#include "present/page.h"
#include "present/report_css.h"

static const char *severity_class(enum severity severity)
{
	static const char *const classes[] = {
		[SEVERITY_GOOD] = "good",   [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "info",
		[SEVERITY_MEDIUM] = "warn", [SEVERITY_HIGH] = "bad",  [SEVERITY_CRITICAL] = "bad",
	};
	return classes[severity];
}

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

static const char *requirement_class(enum requirement_status status)
{
	static const char *const classes[] = {
		[REQUIREMENT_SATISFIED] = "good",    [REQUIREMENT_NOT_SATISFIED] = "bad",
		[REQUIREMENT_NOT_MEASURED] = "warn", [REQUIREMENT_NOT_APPLICABLE] = "soft",
		[REQUIREMENT_ATTEST] = "info",
	};
	return classes[status];
}

static void write_tag(struct page *page, const char *class_name, const char *text)
{
	buffer_printf(page->out, "<span class=\"tag %s\">", class_name);
	page_string(page, text);
	page_html(page, "</span>");
}

static void write_verdict(struct page *page, const char *question, const struct verdict *verdict)
{
	static const char *const words[] = {
		[ANSWER_YES] = "Yes",
		[ANSWER_PARTLY] = "Partly",
		[ANSWER_NO] = "No",
		[ANSWER_UNKNOWN] = "Unknown",
	};
	buffer_printf(page->out, "<section class=\"verdict %s\">", answer_class(verdict->answer));
	page_element(page, "h2", NULL, span_of_string(question));
	page_element(page, "p", "answer", span_of_string(words[verdict->answer]));
	page_element(page, "p", NULL, verdict->sentence);
	page_html(page, "</section>\n");
}

static void write_controls(struct page *page, const struct assessment *a)
{
	page_html(page, "<h2>Controls</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"State of each control\"><table><thead><tr>"
			"<th scope=\"col\">Control</th><th scope=\"col\">State</th>"
			"<th scope=\"col\">What is published</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		enum control control = (enum control)i;
		enum control_status status = assessment_status(a, control);
		page_html(page, "<tr><th scope=\"row\">");
		page_string(page, control_title(control));
		page_html(page, "</th><td>");
		write_tag(page, status_class(status), control_status_name(status));
		page_html(page, "</td><td class=\"value\">");
		page_text(page, control_text(a->arena, a, control));
		page_html(page, "</td></tr>\n");
	}
	page_html(page, "</tbody></table></div>\n");
}

static void write_row(struct page *page, const char *label, struct span value)
{
	page_html(page, "<tr><th scope=\"row\">");
	page_string(page, label);
	page_html(page, "</th><td><code>");
	page_text(page, value);
	page_html(page, "</code></td></tr>\n");
}

static void write_change(struct page *page, const struct record_change *change, struct arena *arena)
{
	static const char *const captions[] = {
		[RECORD_PUBLISH] = "Publish this record",
		[RECORD_REPLACE] = "Change this record",
		[RECORD_REMOVE] = "Remove this record",
	};
	page_html(page, "<table>");
	page_element(page, "caption", NULL, span_of_string(captions[change->action]));
	page_html(page, "<tbody>");
	write_row(page, "Name", change->name);
	write_row(page, "Type", rr_type_name(arena, change->type));
	if (change->old_value.len > 0) {
		write_row(page, change->value.len > 0 ? "From" : "Value", change->old_value);
	}
	if (change->value.len > 0) {
		write_row(page, change->old_value.len > 0 ? "To" : "Value", change->value);
	}
	page_html(page, "</tbody></table>\n");
}

static void write_fix(struct page *page, const struct fix *fix, struct arena *arena)
{
	page_html(page, "<li>");
	page_element(page, "h3", NULL, fix->title);
	page_markdown(page, fix->action);
	for (size_t i = 0; i < fix->change_count; i++) {
		write_change(page, &fix->changes[i], arena);
	}
	if (fix->warning.len > 0) {
		page_html(page, "<div class=\"warning\"><strong>Warning</strong>");
		page_markdown(page, fix->warning);
		page_html(page, "</div>");
	}
	page_html(page, "<h4>How to see that it worked</h4>");
	page_markdown(page, fix->verify);
	page_html(page, "</li>\n");
}

static void write_advice(struct page *page, const struct check_result *result)
{
	page_html(page, "<h2>What to do, in this order</h2>\n");
	if (result->advice->fix_count == 0) {
		page_html(page, "<p>Nothing needs to be published or changed.</p>\n");
		return;
	}
	page_html(page, "<ol class=\"fixes\">\n");
	for (size_t i = 0; i < result->advice->fix_count; i++) {
		write_fix(page, &result->advice->fixes[i], result->assessment->arena);
	}
	page_html(page, "</ol>\n");
}

static void write_evidence(struct page *page, const struct finding *finding)
{
	for (size_t i = 0; i < finding->evidence.len; i++) {
		page_element(page, "pre", NULL, *VECTOR_AT(&finding->evidence, struct span, i));
	}
}

static void write_sources(struct page *page, const struct guidance *guidance)
{
	page_html(page, "<p class=\"meta\">");
	page_text(page, guidance->id);
	page_html(page, ". Sources: ");
	for (size_t i = 0; i < guidance->source_count; i++) {
		page_string(page, i > 0 ? "; " : "");
		page_text(page, guidance->sources[i]);
	}
	page_html(page, "</p>\n");
}

static void write_finding(struct page *page, const struct assessment *a,
			  const struct finding *finding)
{
	page_html(page, "<div class=\"finding\"><h3>");
	write_tag(page, severity_class(finding->severity), severity_name(finding->severity));
	page_html(page, " ");
	page_text(page, finding_title(a->arena, finding));
	page_html(page, "</h3>");
	if (!span_equal(finding->subject, a->domain)) {
		page_element(page, "p", "meta", finding->subject);
	}
	page_html(page, "<h4>Recommendation</h4>");
	page_markdown(page, finding_recommendation(a->arena, finding));
	page_html(page, "<h4>Implementation</h4>");
	write_evidence(page, finding);
	page_markdown(page, finding_implementation(a->arena, finding));
	write_sources(page, finding->guidance);
	page_html(page, "</div>\n");
}

static void write_findings(struct page *page, const struct assessment *a)
{
	size_t count;
	const struct finding *const *findings = order_findings(a, &count);
	page_html(page, "<h2>Findings</h2>\n");
	if (count == 0) {
		page_html(page, "<p>There are none.</p>\n");
	}
	for (size_t i = 0; i < count; i++) {
		write_finding(page, a, findings[i]);
	}
}

static void write_unknowns(struct page *page, const struct assessment *a)
{
	if (a->unknowns.len == 0) {
		return;
	}
	page_html(page, "<h2>Could not be determined</h2>\n<ul>\n");
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = VECTOR_AT(&a->unknowns, struct unknown, i);
		page_html(page, "<li>");
		page_element(page, "strong", NULL, span_of_string(control_title(unknown->control)));
		page_html(page, " ");
		page_text(page, unknown->subject);
		page_html(page, ": ");
		page_text(page, unknown->reason);
		page_html(page, "</li>\n");
	}
	page_html(page, "</ul>\n");
}

static void write_requirement(struct page *page, const struct requirement_result *row)
{
	page_html(page, "<tr><th scope=\"row\">");
	page_text(page, row->requirement->id);
	page_html(page, "</th><td>");
	page_text(page, row->requirement->level);
	page_html(page, "</td><td>");
	write_tag(page, requirement_class(row->status), requirement_status_name(row->status));
	page_html(page, "</td><td>");
	page_text(page, row->requirement->title);
	if (row->reason.len > 0) {
		page_element(page, "div", "meta", row->reason);
	}
	if (row->requirement->conflict.len > 0) {
		page_html(page, "<div class=\"meta\">Others say: ");
		page_text(page, row->requirement->conflict);
		page_html(page, "</div>");
	}
	page_html(page, "</td></tr>\n");
}

static void write_profile(struct page *page, const struct profile_result *result)
{
	const struct profile *profile = result->profile;
	page_html(page, "<h3>");
	page_text(page, profile->title);
	page_string(page, profile->is_draft ? " (draft)" : "");
	page_html(page, "</h3><p class=\"meta\">");
	page_text(page, profile->name);
	page_html(page, ", edition ");
	page_text(page, profile->edition);
	buffer_printf(page->out, ": %zu satisfied, %zu not satisfied, %zu not measured.</p>",
		      result->satisfied_count, result->not_satisfied_count,
		      result->not_measured_count);
	page_html(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	page_text(page, profile->title);
	page_html(page, "\"><table><thead><tr><th scope=\"col\">Requirement</th>"
			"<th scope=\"col\">Level</th><th scope=\"col\">State</th>"
			"<th scope=\"col\">What it asks</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < result->row_count; i++) {
		write_requirement(page, &result->rows[i]);
	}
	page_html(page, "</tbody></table></div>\n");
}

static void write_profiles(struct page *page, const struct check_result *result)
{
	if (result->profile_count == 0) {
		return;
	}
	page_html(page, "<h2>Baselines</h2>\n<p>Evidence for each requirement, as far as it can be "
			"seen from outside. This is no statement of compliance.</p>\n");
	for (size_t i = 0; i < result->profile_count; i++) {
		write_profile(page, &result->profiles[i]);
	}
}

static void write_what_if_list(struct page *page, const char *title,
			       const struct finding *const *findings, size_t count)
{
	if (count == 0) {
		return;
	}
	page_element(page, "h3", NULL, span_of_string(title));
	page_html(page, "<ul>\n");
	for (size_t i = 0; i < count; i++) {
		page_html(page, "<li>");
		page_text(page, findings[i]->guidance->id);
		page_html(page, " ");
		page_text(page, findings[i]->subject);
		page_html(page, "</li>\n");
	}
	page_html(page, "</ul>\n");
}

static void write_what_if(struct page *page, const struct what_if *what_if)
{
	page_html(page,
		  "<h2>With the changes you assume</h2>\n<p>This page shows the domain as it would "
		  "be, not as it is. Spoofable before: ");
	page_string(page, answer_name(what_if->before->spoofable.answer));
	page_html(page, "; after: ");
	page_string(page, answer_name(what_if->after->spoofable.answer));
	page_html(page, ".</p>\n");
	write_what_if_list(page, "Findings that go", what_if->gone, what_if->gone_count);
	write_what_if_list(page, "Findings that come", what_if->new_findings, what_if->new_count);
}

static void write_result(struct page *page, const struct check_result *result, size_t number)
{
	const struct assessment *a = result->assessment;
	buffer_printf(page->out, "<article id=\"domain-%zu\">\n<h1>", number);
	page_text(page, a->unicode);
	page_html(page, "</h1>\n<p class=\"kind\">");
	if (!span_equal(a->unicode, a->domain)) {
		page_text(page, a->domain);
		page_html(page, ", ");
	}
	page_string(page, domain_kind_name(a->kind));
	page_string(page, a->is_subdomain ? ", subdomain" : "");
	page_html(page, "</p>\n<div class=\"verdicts\">\n");
	write_verdict(page, "Can strangers send mail as this domain?", &a->spoofable);
	write_verdict(page, "Can mail to it be read or changed on its way?", &a->interceptable);
	page_html(page, "</div>\n");
	if (result->what_if != NULL) {
		write_what_if(page, result->what_if);
	}
	if (a->kind != DOMAIN_NONEXISTENT) {
		write_controls(page, a);
		write_advice(page, result);
		write_findings(page, a);
		write_unknowns(page, a);
		write_profiles(page, result);
	}
	page_html(page, "</article>\n");
}

static void write_contents(struct page *page, const struct check_report *report)
{
	if (report->result_count < 2) {
		return;
	}
	page_html(page, "<nav class=\"domains\" aria-label=\"Domains\"><ul>\n");
	for (size_t i = 0; i < report->result_count; i++) {
		const struct assessment *a = report->results[i].assessment;
		buffer_printf(page->out, "<li><a href=\"#domain-%zu\">", i + 1);
		page_text(page, a->unicode);
		buffer_printf(page->out, "</a>: spoofable %s, interceptable %s</li>\n",
			      answer_name(a->spoofable.answer),
			      answer_name(a->interceptable.answer));
	}
	page_html(page, "</ul></nav>\n");
}

static void write_head(struct page *page, const struct check_report *report)
{
	page_html(page,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		  "style-src 'unsafe-inline'\">\n<title>");
	if (report->result_count == 1) {
		page_text(page, report->results[0].assessment->unicode);
	} else {
		buffer_printf(page->out, "%zu domains", report->result_count);
	}
	page_html(page, ": mail security report</title>\n<style>\n");
	buffer_puts(page->out, report_css);
	page_html(page, "</style>\n</head>\n<body>\n"
			"<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

static void write_foot(struct page *page, const struct check_report *report)
{
	page_html(page, "<footer class=\"page\"><p>Judged ");
	page_string(page, time_format(report->checked_at).text);
	if (report->observed_from != 0) {
		page_html(page, " from facts observed ");
		page_string(page, time_format(report->observed_from).text);
		page_html(page, " to ");
		page_string(page, time_format(report->observed_to).text);
	}
	page_html(page,
		  " by mailseal " MAILSEAL_VERSION ". What could not be looked up is called "
		  "unknown; it never counts as good or bad.</p></footer>\n</body>\n</html>\n");
}

void present_html_check(const struct check_report *report, struct buffer *out)
{
	struct page page = {out, 1};
	write_head(&page, report);
	page_html(&page, "<main id=\"main\">\n");
	write_contents(&page, report);
	for (size_t i = 0; i < report->result_count; i++) {
		write_result(&page, &report->results[i], i + 1);
	}
	page_html(&page, "</main>\n");
	write_foot(&page, report);
}

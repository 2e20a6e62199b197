/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The findings of a domain, and what could not be determined. */
#include "present/html_parts.h"
#include "present/order.h"

const char *html_severity_class(enum severity severity)
{
	static const char *const classes[] = {
		[SEVERITY_GOOD] = "good",   [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "info",
		[SEVERITY_MEDIUM] = "warn", [SEVERITY_HIGH] = "bad",  [SEVERITY_CRITICAL] = "bad",
	};
	return classes[severity];
}

static void write_evidence(struct page *page, const struct finding *finding)
{
	for (size_t i = 0; i < finding->evidence.len; i++) {
		page_element(page, "pre", NULL, *VECTOR_AT(&finding->evidence, struct span, i));
		page_html(page, "\n");
	}
}

static void write_sources(struct page *page, const struct finding *finding)
{
	const struct guidance *guidance = finding->guidance;
	page_html(page, "<p class=\"meta\">");
	page_element(page, "code", NULL, guidance->id);
	page_html(page, " at ");
	page_text(page, finding->subject);
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
	page_html(page, "<div class=\"finding\">\n<h3>");
	page_tag(page, html_severity_class(finding->severity), severity_name(finding->severity));
	page_html(page, " <span>");
	page_text(page, finding_title(a->arena, finding));
	page_html(page, "</span></h3>\n");
	page_html(page, "<h4>Recommendation</h4>\n");
	page_markdown(page, finding_recommendation(a->arena, finding));
	page_html(page, "<h4>Implementation</h4>\n");
	page_markdown(page, finding_implementation(a->arena, finding));
	if (finding->evidence.len > 0) {
		page_html(page, "<h4>Evidence</h4>\n");
		write_evidence(page, finding);
	}
	write_sources(page, finding);
	page_html(page, "</div>\n");
}

/* Findings come worst first, so those to act on stand before those to know. */
static size_t count_to_act_on(const struct finding *const *findings, size_t count)
{
	size_t acting = 0;
	while (acting < count && findings[acting]->severity >= SEVERITY_LOW) {
		acting++;
	}
	return acting;
}

void html_findings(struct page *page, const struct assessment *a)
{
	size_t count;
	const struct finding *const *findings = order_findings(a, &count);
	size_t acting = count_to_act_on(findings, count);
	page_html(page, "<h2>Findings, and why they matter</h2>\n");
	if (acting == 0) {
		page_html(page, "<p>There is none that calls for action.</p>\n");
	}
	for (size_t i = 0; i < acting; i++) {
		write_finding(page, a, findings[i]);
	}
	if (acting == count) {
		return;
	}
	buffer_printf(page->out, "<details>\n<summary>%zu more for information</summary>\n",
		      count - acting);
	for (size_t i = acting; i < count; i++) {
		write_finding(page, a, findings[i]);
	}
	page_html(page, "</details>\n");
}

void html_unknowns(struct page *page, const struct assessment *a)
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

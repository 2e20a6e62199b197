/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Syntax of SPF records: each problem with its place, and terms that ran together. */
#include "assess/spf_report.h"

/* Octets of a record shown around a fault, so that the caret stands below it on any screen. */
#define PLACE_WINDOW 70
#define PLACE_BEFORE 35

void spf_report_place(struct assessment *a, struct finding *finding, struct span record,
		      size_t offset)
{
	size_t start = 0;
	if (record.len > PLACE_WINDOW && offset > PLACE_BEFORE) {
		start = offset - PLACE_BEFORE;
	}
	struct span shown = span_slice(record, start, PLACE_WINDOW);
	const char *before = start > 0 ? "..." : "";
	const char *behind = start + shown.len < record.len ? "..." : "";
	finding_evidence(a, finding, "%s%.*s%s", before, SPAN_ARG(shown), behind);
	finding_evidence(a, finding, "%*s^", (int)(strlen(before) + offset - start), "");
}

/* The term at or directly before an offset; NULL when the problem is in front of all terms. */
static const struct spf_term *term_at(const struct spf_record *record, size_t offset)
{
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_term *term = &record->terms[i];
		if (offset >= term->offset && offset <= term->offset + term->text.len) {
			return term;
		}
	}
	return NULL;
}

static bool is_qualifier(char c)
{
	return c == '+' || c == '-' || c == '~' || c == '?';
}

/* Offset in a term where the next term begins without a space, or text.len. */
static size_t find_seam(struct span text)
{
	static const struct span starts[] = {
		SPAN_INIT("include:"), SPAN_INIT("redirect="), SPAN_INIT("exists:"),
		SPAN_INIT("ip4:"),     SPAN_INIT("ip6:"),      SPAN_INIT("v=spf1"),
	};
	for (size_t at = 1; at < text.len; at++) {
		struct span rest = span_from(text, at);
		bool has_qualifier = is_qualifier(text.ptr[at - 1]);
		for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
			size_t start = at - has_qualifier;
			if (start > 0 && span_starts_with_nocase(rest, starts[i])) {
				return start;
			}
		}
		if (at > 1 && has_qualifier && span_equal_nocase(rest, SPAN("all"))) {
			return at - 1;
		}
	}
	return text.len;
}

static bool report_seam(struct assessment *a, const struct spf_node *node,
			const struct spf_term *term)
{
	size_t seam = find_seam(term->text);
	if (seam == term->text.len) {
		return false;
	}
	struct finding *finding = finding_add(a, FINDING_SPF_MISSING_SPACE, node->domain);
	finding_arg(a, finding, "column", "%zu", term->offset + seam + 1);
	finding_arg(a, finding, "left", "%.*s", SPAN_ARG(span_slice(term->text, 0, seam)));
	finding_arg(a, finding, "right", "%.*s", SPAN_ARG(span_from(term->text, seam)));
	spf_report_place(a, finding, node->record->text, term->offset + seam);
	return true;
}

static void add_column(struct assessment *a, struct finding *finding, size_t offset)
{
	finding_evidence(a, finding, "again at column %zu", offset + 1);
}

struct finding *spf_finding(struct assessment *a, enum finding_id id, const struct spf_node *node,
			    const struct spf_tree_term *entry)
{
	const struct template_arg term = {SPAN("term"), entry->term->text};
	struct finding *finding = finding_again(a, id, node->domain, &term);
	if (finding != NULL) {
		add_column(a, finding, entry->term->offset);
		return finding;
	}
	finding = finding_add(a, id, node->domain);
	finding_arg(a, finding, "term", "%.*s", SPAN_ARG(entry->term->text));
	return finding;
}

/* Warnings that have a finding of their own: terms after "all", and a redirect beside it. */
static bool is_reported_elsewhere(const struct spf_record *record, const struct spf_term *term,
				  const struct problem *problem)
{
	const struct spf_term *all = spf_record_all(record);
	if (problem->weight != PROBLEM_WARN || all == NULL || term == NULL ||
	    problem->offset != term->offset) {
		return false;
	}
	return term->kind == SPF_TERM_REDIRECT || (term->kind == SPF_TERM_MECHANISM && term > all);
}

static void report_problem(struct assessment *a, const struct spf_node *node,
			   const struct problem *problem)
{
	enum finding_id id =
		problem->weight == PROBLEM_ERROR ? FINDING_SPF_SYNTAX : FINDING_SPF_DOUBTFUL;
	const struct template_arg what = {SPAN("what"), problem->what};
	struct finding *finding = finding_again(a, id, node->domain, &what);
	if (finding != NULL) {
		add_column(a, finding, problem->offset);
		return;
	}
	finding = finding_add(a, id, node->domain);
	finding_arg(a, finding, "column", "%zu", problem->offset + 1);
	finding_arg(a, finding, "what", "%.*s", SPAN_ARG(problem->what));
	finding_arg(a, finding, "expected", "%.*s", SPAN_ARG(problem->expected));
	spf_report_place(a, finding, node->record->text, problem->offset);
}

static void report_node(struct assessment *a, const struct spf_node *node)
{
	const struct spf_record *record = node->record;
	const struct spf_term *seam_in = NULL;
	for (size_t i = 0; i < problem_count(&record->problems); i++) {
		const struct problem *problem = problem_at(&record->problems, i);
		const struct spf_term *term = term_at(record, problem->offset);
		if (is_reported_elsewhere(record, term, problem) ||
		    (term != NULL && term == seam_in)) {
			continue;
		}
		if (term != NULL && report_seam(a, node, term)) {
			seam_in = term;
		} else {
			report_problem(a, node, problem);
		}
	}
}

void spf_report_syntax(struct assessment *a, const struct spf_view *view)
{
	for (size_t i = 0; i < view->node_count; i++) {
		if (view->nodes[i]->is_own && view->nodes[i]->record != NULL) {
			report_node(a, view->nodes[i]);
		}
	}
}

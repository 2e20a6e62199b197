/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: what happens to mail from everyone whom the record does not name. */
#include "assess/spf_report.h"

/* A record on a passing chain that lets everyone pass: "+all", or an exists that always holds. */
static bool report_open_nodes(struct assessment *a, const struct spf_view *view)
{
	bool is_found = false;
	for (size_t i = 0; i < view->node_count; i++) {
		const struct spf_node *node = view->nodes[i];
		const struct spf_tree_term *entry = node->decided_by;
		if (node->is_authorising && entry != NULL &&
		    (spf_entry_is(entry, SPF_ALL) || spf_entry_is(entry, SPF_EXISTS)) &&
		    entry->term->qualifier == SPF_PASS) {
			(void)spf_finding(a, FINDING_SPF_PASS_ALL, node, entry);
			is_found = true;
		}
	}
	return is_found;
}

/* Ranges that cover every IPv4 address, in one term or together. */
static bool report_open_ranges(struct assessment *a, const struct spf_view *view)
{
	if (view->ipv4_addresses <= UINT32_MAX) {
		return false;
	}
	struct finding *finding = finding_add(a, FINDING_SPF_PASS_ALL, a->domain);
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (entry->ipv4_addresses > UINT32_MAX) {
				finding->subject = node->domain;
				finding_arg(a, finding, "term", "%.*s",
					    SPAN_ARG(entry->term->text));
				return true;
			}
		}
	}
	finding_arg(a, finding, "term", "the address ranges together");
	return true;
}

static void report_strict(struct assessment *a, const struct spf_view *view)
{
	/* only a record that works deserves praise */
	if (view->outcome == SPF_OUTCOME_FAIL) {
		(void)finding_add(
			a, view->only_all ? FINDING_SPF_SENDS_NOTHING : FINDING_SPF_HARD_FAIL,
			view->last->domain);
	}
}

enum spf_qualifier spf_qualifier_of_strangers(const struct spf_view *view,
					      const struct spf_term *all)
{
	/* RFC 7208 4.6.2: the first match decides, which may be an include in front of "all" */
	if (view->outcome == SPF_OUTCOME_NEUTRAL) {
		return SPF_NEUTRAL;
	}
	return view->outcome == SPF_OUTCOME_SOFTFAIL ? SPF_SOFTFAIL : all->qualifier;
}

static void report_last(struct assessment *a, const struct spf_view *view)
{
	const struct spf_term *all = spf_record_all(view->last->record);
	if (all == NULL) {
		/* an unreadable term may have been meant as one */
		if (view->last->record->problems.error_count == 0) {
			(void)finding_add(a, FINDING_SPF_NO_ALL, view->last->domain);
		}
		return;
	}
	switch (spf_qualifier_of_strangers(view, all)) {
	case SPF_PASS: /* reported above */
		break;
	case SPF_NEUTRAL:
		(void)finding_add(a, FINDING_SPF_NEUTRAL, view->last->domain);
		break;
	case SPF_SOFTFAIL:
		(void)finding_add(a, FINDING_SPF_SOFTFAIL, view->last->domain);
		break;
	case SPF_FAIL:
		report_strict(a, view);
		break;
	}
}

void spf_report_all(struct assessment *a, const struct spf_view *view)
{
	if (report_open_nodes(a, view) || report_open_ranges(a, view)) {
		return;
	}
	if (view->last != NULL) {
		report_last(a, view);
	}
}

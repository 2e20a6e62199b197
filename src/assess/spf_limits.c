/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF's limits (RFC 7208 4.6.4): look-ups, empty answers, mail hosts of one mx. */
#include "assess/spf_report.h"

static const struct spf_node *root_of(const struct spf_view *view)
{
	return view->nodes[0];
}

/* What each term of the own record costs, so that one sees where to save. */
static void add_costs(struct assessment *a, struct finding *finding, const struct spf_view *view)
{
	const struct spf_node *root = root_of(view);
	for (size_t i = 0; i < root->term_count; i++) {
		const struct spf_tree_term *entry = &root->terms[i];
		if (entry->lookups > 0) {
			finding_evidence(a, finding, "%.*s: %u", SPAN_ARG(entry->term->text),
					 entry->lookups);
		}
	}
}

static void report_lookups(struct assessment *a, const struct spf_view *view)
{
	if (view->lookups < SPF_WARN_LOOKUPS) {
		return;
	}
	bool is_too_many = view->lookups > SPF_MAX_LOOKUPS;
	struct finding *finding = finding_add(
		a, is_too_many ? FINDING_SPF_TOO_MANY_LOOKUPS : FINDING_SPF_LOOKUPS_NEAR_LIMIT,
		a->domain);
	bool is_cut = view->lookups > SPF_FOLLOWED_LOOKUPS;
	finding_arg(a, finding, "lookups", "%s%u", view->is_lookups_at_least ? "at least " : "",
		    is_cut ? SPF_FOLLOWED_LOOKUPS : view->lookups);
	if (!is_too_many) {
		unsigned left = SPF_MAX_LOOKUPS - view->lookups;
		bool is_at_most = view->is_lookups_at_least && left > 0;
		finding_arg(a, finding, "left", "%s%u", is_at_most ? "at most " : "", left);
		finding->severity =
			view->lookups == SPF_MAX_LOOKUPS ? SEVERITY_MEDIUM : finding->severity;
	}
	add_costs(a, finding, view);
}

static void add_voids(struct assessment *a, struct finding *finding, const struct spf_view *view,
		      bool is_ipv6)
{
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (is_ipv6 ? entry->is_void_ipv6 : entry->is_void) {
				finding_evidence(a, finding, "%.*s in the record of %.*s",
						 SPAN_ARG(entry->term->text),
						 SPAN_ARG(node->domain));
			}
		}
	}
}

static void report_voids(struct assessment *a, const struct spf_view *view)
{
	bool is_ipv6 = view->void_lookups <= SPF_MAX_VOID_LOOKUPS;
	unsigned voids = is_ipv6 ? view->void_lookups_ipv6 : view->void_lookups;
	if (voids <= SPF_MAX_VOID_LOOKUPS) {
		return;
	}
	struct finding *finding = finding_add(
		a, is_ipv6 ? FINDING_SPF_TOO_MANY_VOIDS_IPV6 : FINDING_SPF_TOO_MANY_VOIDS,
		a->domain);
	finding_arg(a, finding, "voids", "%u", voids);
	add_voids(a, finding, view, is_ipv6);
}

/* A term that names somebody and lets nobody in: the name is gone, or never had an address. */
static bool is_empty(const struct spf_tree_term *entry)
{
	if (entry->reach != SPF_REACH_EVALUATED || entry->target.len == 0 || entry->is_unknown) {
		return false;
	}
	if (spf_entry_is(entry, SPF_EXISTS)) {
		return entry->is_void;
	}
	return (spf_entry_is(entry, SPF_A) || spf_entry_is(entry, SPF_MX)) &&
	       entry->network_count == 0;
}

static void report_term(struct assessment *a, const struct spf_node *node,
			const struct spf_tree_term *entry)
{
	if (entry->mx_hosts > SPF_MAX_MX_HOSTS) {
		struct finding *finding =
			spf_finding(a, FINDING_SPF_MX_TOO_MANY_HOSTS, node, entry);
		finding_arg(a, finding, "hosts", "%zu", entry->mx_hosts);
	} else if (node->is_own && is_empty(entry)) {
		struct finding *finding = spf_finding(a, FINDING_SPF_TERM_EMPTY, node, entry);
		finding_arg(a, finding, "name", "%.*s", SPAN_ARG(entry->target));
	}
}

void spf_report_limits(struct assessment *a, const struct spf_view *view)
{
	report_lookups(a, view);
	report_voids(a, view);
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			report_term(a, node, &node->terms[i]);
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: what is needless, repeated or out of date. */
#include "assess/spf_report.h"

/* Terms compared with each other in one record; more do not fit the ten look-ups or a sane record.
 */
#define HYGIENE_MAX_TERMS 150

/* RFC 7208 5.5: ptr SHOULD NOT be published */
static void report_ptr(struct assessment *a, const struct spf_node *node,
		       const struct spf_tree_term *entry)
{
	if (spf_entry_is(entry, SPF_PTR)) {
		struct finding *finding = spf_finding(a, FINDING_SPF_PTR, node, entry);
		finding->severity = node->is_own ? finding->severity : SEVERITY_LOW;
	}
}

static void report_macros(struct assessment *a, const struct spf_view *view)
{
	struct finding *finding = NULL;
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (!entry->depends_on_message) {
				continue;
			}
			if (finding == NULL) {
				finding = spf_finding(a, FINDING_SPF_MACROS, node, entry);
			}
			finding_evidence(a, finding, "%.*s in the record of %.*s",
					 SPAN_ARG(entry->term->text), SPAN_ARG(node->domain));
		}
	}
}

/* --- repetitions --- */

static bool is_same_network(struct network x, struct network y)
{
	return network_contains(x, y) && network_contains(y, x);
}

/* The same thing again, however it is written. Includes are compared over the whole tree. */
static bool is_repetition(const struct spf_tree_term *x, const struct spf_tree_term *y)
{
	if (x->term->kind != SPF_TERM_MECHANISM || y->term->kind != SPF_TERM_MECHANISM ||
	    x->term->mechanism != y->term->mechanism || spf_entry_is(x, SPF_INCLUDE)) {
		return false;
	}
	if (spf_entry_is(x, SPF_IP4) || spf_entry_is(x, SPF_IP6)) {
		return is_same_network(x->term->network, y->term->network);
	}
	return span_equal(x->target, y->target) && x->term->prefix_len4 == y->term->prefix_len4 &&
	       x->term->prefix_len6 == y->term->prefix_len6 &&
	       span_equal_nocase(x->term->domain_spec, y->term->domain_spec);
}

/* inner's network lies in outer's, and both say the same about it. */
static bool is_covered(const struct spf_tree_term *outer, const struct spf_tree_term *inner)
{
	bool are_networks = (spf_entry_is(outer, SPF_IP4) && spf_entry_is(inner, SPF_IP4)) ||
			    (spf_entry_is(outer, SPF_IP6) && spf_entry_is(inner, SPF_IP6));
	return are_networks && outer->term->qualifier == inner->term->qualifier &&
	       network_contains(outer->term->network, inner->term->network);
}

static void report_pair(struct assessment *a, const struct spf_node *node,
			const struct spf_tree_term *inner, const struct spf_tree_term *outer,
			enum finding_id id)
{
	struct finding *finding = spf_finding(a, id, node, inner);
	finding_arg(a, finding, "other", "%.*s", SPAN_ARG(outer->term->text));
}

static void report_needless(struct assessment *a, const struct spf_node *node, size_t at)
{
	const struct spf_tree_term *entry = &node->terms[at];
	for (size_t i = 0; i < node->term_count && i < HYGIENE_MAX_TERMS; i++) {
		const struct spf_tree_term *other = &node->terms[i];
		if (i < at && is_repetition(other, entry)) {
			report_pair(a, node, entry, other, FINDING_SPF_DUPLICATE);
			return;
		}
		if (i != at && is_covered(other, entry) && !is_repetition(other, entry)) {
			report_pair(a, node, entry, other, FINDING_SPF_REDUNDANT);
			return;
		}
	}
}

/* An include of what has been included before, here or further down: it only costs look-ups. */
static void report_repeated_include(struct assessment *a, const struct spf_view *view, size_t at)
{
	const struct spf_node *node = view->nodes[at];
	if (node->parent == NULL || !node->parent->is_own || node->state != SPF_NODE_RECORD) {
		return;
	}
	for (size_t i = 1; i < view->node_count; i++) {
		const struct spf_node *other = view->nodes[i];
		/* of two own includes the later one, of an own and a supplier's the own one */
		bool is_earlier = i < at || !other->parent->is_own;
		if (i != at && is_earlier && other->state == SPF_NODE_RECORD &&
		    span_equal(other->domain, node->domain)) {
			report_pair(a, node->parent, node->via, other->via, FINDING_SPF_DUPLICATE);
			return;
		}
	}
}

/* --- around "all" --- */

/* RFC 7208 5.1: mechanisms after "all" are ignored; 6.1: so is redirect beside it */
static void report_around_all(struct assessment *a, const struct spf_node *node)
{
	const struct spf_term *all = spf_record_all(node->record);
	const struct spf_term *redirect = spf_record_redirect(node->record);
	if (all == NULL) {
		return;
	}
	struct span after = SPAN("");
	const struct spf_term *end = node->record->terms + node->record->term_count;
	for (const struct spf_term *term = all + 1; term < end; term++) {
		if (term->kind == SPF_TERM_MECHANISM) {
			after = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(after),
					     after.len > 0 ? " " : "", SPAN_ARG(term->text));
		}
	}
	if (after.len > 0) {
		struct finding *finding = finding_add(a, FINDING_SPF_AFTER_ALL, node->domain);
		finding_arg(a, finding, "terms", "%.*s", SPAN_ARG(after));
		finding_arg(a, finding, "all", "%.*s", SPAN_ARG(all->text));
	}
	if (redirect != NULL) {
		struct finding *finding =
			finding_add(a, FINDING_SPF_REDIRECT_IGNORED, node->domain);
		finding_arg(a, finding, "redirect", "%.*s", SPAN_ARG(redirect->text));
		finding_arg(a, finding, "all", "%.*s", SPAN_ARG(all->text));
	}
}

void spf_report_hygiene(struct assessment *a, const struct spf_view *view)
{
	report_macros(a, view);
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			report_ptr(a, node, &node->terms[i]);
			if (node->is_own && i < HYGIENE_MAX_TERMS) {
				report_needless(a, node, i);
			}
		}
		if (node->is_own && node->record != NULL) {
			report_around_all(a, node);
		}
		report_repeated_include(a, view, n);
	}
}

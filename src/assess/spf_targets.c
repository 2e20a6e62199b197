/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: includes and redirects to names without a usable record, and names anybody could register.
 */
#include "assess/registration.h"
#include "assess/spf_report.h"

/* "a -> b -> a", following the chain up from the node that closes it. */
static struct span loop_path(struct arena *arena, const struct spf_node *node)
{
	struct span path = node->domain;
	for (const struct spf_node *up = node->parent; up != NULL; up = up->parent) {
		path = arena_printf(arena, "%.*s -> %.*s", SPAN_ARG(up->domain), SPAN_ARG(path));
		if (span_equal(up->domain, node->domain)) {
			break;
		}
	}
	return path;
}

static void report_supplier_syntax(struct assessment *a, const struct spf_node *node)
{
	for (size_t i = 0; i < problem_count(&node->record->problems); i++) {
		const struct problem *problem = problem_at(&node->record->problems, i);
		if (problem->weight != PROBLEM_ERROR) {
			continue;
		}
		struct finding *finding =
			spf_finding(a, FINDING_SPF_TARGET_SYNTAX, node->parent, node->via);
		finding_arg(a, finding, "name", "%.*s", SPAN_ARG(node->domain));
		finding_arg(a, finding, "column", "%zu", problem->offset + 1);
		finding_arg(a, finding, "what", "%.*s", SPAN_ARG(problem->what));
		spf_report_place(a, finding, node->record->text, problem->offset);
		return; /* the first one tells the supplier enough */
	}
}

static void report_state(struct assessment *a, const struct spf_node *node, enum finding_id id)
{
	/* a name no host can have is a slip of syntax, and reported as one */
	if (name_is_ldh(node->domain, true /* is_underscore_ok */)) {
		struct finding *finding = spf_finding(a, id, node->parent, node->via);
		finding_arg(a, finding, "name", "%.*s", SPAN_ARG(node->domain));
	}
}

static void report_node(struct assessment *a, const struct spf_node *node)
{
	struct finding *finding;
	switch (node->state) {
	case SPF_NODE_RECORD:
		if (!node->is_own && node->record->problems.error_count > 0) {
			report_supplier_syntax(a, node);
		}
		break;
	case SPF_NODE_NXDOMAIN:
		report_state(a, node, FINDING_SPF_TARGET_NXDOMAIN);
		break;
	case SPF_NODE_NO_RECORD:
		report_state(a, node, FINDING_SPF_TARGET_NO_RECORD);
		break;
	case SPF_NODE_SEVERAL:
		report_state(a, node, FINDING_SPF_TARGET_SEVERAL_RECORDS);
		break;
	case SPF_NODE_LOOP:
		finding = spf_finding(a, FINDING_SPF_LOOP, node->parent, node->via);
		finding_arg(a, finding, "path", "%.*s", SPAN_ARG(loop_path(a->arena, node)));
		break;
	case SPF_NODE_UNKNOWN:
		break;
	}
}

/* --- names that anybody could register --- */

static uint16_t asked_type(const struct spf_tree_term *entry)
{
	if (spf_entry_is(entry, SPF_MX)) {
		return RR_MX;
	}
	bool is_address = spf_entry_is(entry, SPF_A) || spf_entry_is(entry, SPF_EXISTS);
	return is_address ? RR_A : RR_TXT;
}

/* The name that does not exist: the end of the CNAME chain. */
static struct span missing_name(struct assessment *a, const struct spf_tree_term *entry)
{
	const struct fact *fact = assessment_dns(a, entry->target, asked_type(entry));
	if (fact->dns != NULL && fact->dns->cname_count > 0) {
		return fact->dns->cnames[fact->dns->cname_count - 1];
	}
	return entry->target;
}

/* Whoever registers the missing name writes what this term lets in. */
static void check_takeover(struct assessment *a, const struct spf_node *node,
			   const struct spf_tree_term *entry)
{
	struct span name = missing_name(a, entry);
	struct span organisation = registration_find_open(a, CONTROL_SPF, name);
	if (organisation.len == 0 || !name_is_ldh(organisation, false /* is_underscore_ok */)) {
		return;
	}
	struct finding *finding = spf_finding(a, FINDING_SPF_TAKEOVER, node, entry);
	finding_arg(a, finding, "organisation", "%.*s", SPAN_ARG(organisation));
	finding_evidence(a, finding, "%.*s does not exist", SPAN_ARG(organisation));
}

void spf_report_targets(struct assessment *a, const struct spf_view *view)
{
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		if (node->parent != NULL) {
			report_node(a, node);
		}
		for (size_t i = 0; i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (entry->is_nxdomain && node->is_authorising &&
			    entry->term->qualifier == SPF_PASS) {
				check_takeover(a, node, entry);
			}
		}
	}
}

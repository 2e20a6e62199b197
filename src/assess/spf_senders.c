/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: who is let in, by name and by number of addresses. */
#include "assess/spf_report.h"

#include "guide/providers.h"

/*
 * A single range wider than this is rented out by some network to strangers; honest senders' own
 * ranges are narrower. Ranges in providers' records are listed apart.
 */
#define WIDE_IPV4_PREFIX_LEN 16
#define WIDE_IPV6_PREFIX_LEN 32
/* From /8 on it is a whole network operator, or a slip of the keyboard. */
#define VAST_IPV4_PREFIX_LEN 8
/* More than any registry hands out at once. */
#define VAST_IPV6_PREFIX_LEN 16

static struct span names_of(struct assessment *a, const struct spf_view *view, bool only_shared)
{
	struct span names = SPAN("");
	for (size_t i = 0; i < view->provider_count; i++) {
		const struct provider *provider = view->providers[i];
		if (!only_shared || provider->is_shared) {
			names = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(names),
					     names.len > 0 ? ", " : "", SPAN_ARG(provider->name));
		}
	}
	return names;
}

static void add_sender(struct assessment *a, struct finding *finding,
		       const struct spf_tree_term *entry)
{
	if (entry->provider != NULL) {
		finding_evidence(a, finding, "%.*s: %.*s, %llu IPv4 addresses",
				 SPAN_ARG(entry->term->text), SPAN_ARG(entry->provider->name),
				 (unsigned long long)entry->ipv4_addresses);
	} else if (entry->child != NULL || entry->network_count > 0) {
		finding_evidence(a, finding, "%.*s: %llu IPv4 addresses",
				 SPAN_ARG(entry->term->text),
				 (unsigned long long)entry->ipv4_addresses);
	}
}

static void report_senders(struct assessment *a, const struct spf_view *view)
{
	if (view->ipv4_addresses == 0 && view->ipv6_networks == 0 && view->provider_count == 0) {
		return;
	}
	struct finding *finding = finding_add(a, FINDING_SPF_SENDERS, a->domain);
	struct span names = names_of(a, view, false /* only_shared */);
	finding_arg(a, finding, "addresses", "%s%llu",
		    view->is_addresses_at_least ? "at least " : "",
		    (unsigned long long)view->ipv4_addresses);
	finding_arg(a, finding, "providers", "%.*s",
		    SPAN_ARG(names.len > 0 ? names : SPAN("nobody we know by name")));
	const struct spf_node *root = view->nodes[0];
	for (size_t i = 0; i < root->term_count; i++) {
		add_sender(a, finding, &root->terms[i]);
	}
}

static void report_shared(struct assessment *a, const struct spf_view *view)
{
	struct span names = names_of(a, view, true /* only_shared */);
	if (names.len > 0) {
		struct finding *finding = finding_add(a, FINDING_SPF_SHARED_PROVIDERS, a->domain);
		finding_arg(a, finding, "providers", "%.*s", SPAN_ARG(names));
	}
}

/* --- ranges --- */

static bool is_wide(struct network network)
{
	return network.prefix_len <
	       (network.family == NETWORK_IPV4 ? WIDE_IPV4_PREFIX_LEN : WIDE_IPV6_PREFIX_LEN);
}

/* ip4:0.0.0.0/0 is told as what it is: an "all" that passes. */
static bool is_all_of_ipv4(struct network network)
{
	return network.family == NETWORK_IPV4 && network.prefix_len == 0;
}

static const struct network *find_wide(const struct spf_tree_term *entry)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		if (is_wide(entry->networks[i])) {
			return &entry->networks[i];
		}
	}
	return NULL;
}

static struct span size_text(struct arena *arena, struct network network)
{
	if (network.family == NETWORK_IPV6) {
		return arena_printf(arena, "a whole IPv6 /%u", network.prefix_len);
	}
	return arena_printf(arena, "%llu IPv4 addresses",
			    (unsigned long long)network_address_count(network));
}

static void report_wide(struct assessment *a, const struct spf_node *node,
			const struct spf_tree_term *entry, struct network network)
{
	struct finding *finding = spf_finding(a, FINDING_SPF_WIDE_RANGE, node, entry);
	finding_arg(a, finding, "size", "%.*s", SPAN_ARG(size_text(a->arena, network)));
	if (network.prefix_len <=
	    (network.family == NETWORK_IPV4 ? VAST_IPV4_PREFIX_LEN : VAST_IPV6_PREFIX_LEN)) {
		finding->severity = SEVERITY_HIGH;
	}
}

static void report_wide_included(struct assessment *a, struct finding **finding,
				 const struct spf_node *node, const struct spf_tree_term *entry)
{
	if (*finding == NULL) {
		*finding = finding_add(a, FINDING_SPF_WIDE_RANGE_INCLUDED, a->domain);
	}
	finding_evidence(a, *finding, "%.*s in the record of %.*s", SPAN_ARG(entry->term->text),
			 SPAN_ARG(node->domain));
}

/* RFC 6890: addresses that no mail from the internet can come from. */
static void report_scope(struct assessment *a, const struct spf_node *node,
			 const struct spf_tree_term *entry)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		struct network network = entry->networks[i];
		enum network_scope scope = network_scope_of(network);
		if (scope == NETWORK_GLOBAL || is_wide(network)) {
			continue;
		}
		struct finding *finding =
			spf_finding(a, FINDING_SPF_UNROUTABLE_ADDRESS, node, entry);
		finding_arg(a, finding, "address", "%s", network_format(network).text);
		finding_arg(a, finding, "scope", "%s", network_scope_name(scope));
		if (scope == NETWORK_DOCUMENTATION) {
			finding->severity = SEVERITY_INFO; /* an example or a lab */
		}
		return; /* once a term */
	}
}

static void report_ranges(struct assessment *a, const struct spf_view *view)
{
	struct finding *included = NULL;
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; node->is_authorising && i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (entry->term->qualifier != SPF_PASS) {
				continue;
			}
			const struct network *wide = find_wide(entry);
			if (wide != NULL && !node->is_own) {
				report_wide_included(a, &included, node, entry);
			} else if (wide != NULL && !is_all_of_ipv4(*wide)) {
				report_wide(a, node, entry, *wide);
			}
			if (node->is_own) {
				report_scope(a, node, entry);
			}
		}
	}
}

void spf_report_senders(struct assessment *a, const struct spf_view *view)
{
	report_senders(a, view);
	report_shared(a, view);
	report_ranges(a, view);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Attempts that come from what SPF authorises: wide ranges, shared services, names that are free.
 */
#include "assess/registration.h"
#include "assess/spf.h"
#include "guide/providers.h"
#include "records/rr.h"
#include "service/spoof_planning.h"

/* Some address inside, not the first: that one may be a network's own. */
static struct network address_inside(struct network range)
{
	struct network address = network_masked(range);
	if (address.family == NETWORK_IPV4) {
		if (range.prefix_len <= SPOOF_WIDE_PREFIX) {
			address.address[2] = 66;
		}
		address.address[3] |= range.prefix_len <= 30;
		address.prefix_len = 32;
	} else {
		address.address[15] |= range.prefix_len <= 126;
		address.prefix_len = 128;
	}
	return address;
}

static bool is_usable(const struct spf_tree_term *entry)
{
	return entry->reach == SPF_REACH_EVALUATED && entry->term->qualifier == SPF_PASS;
}

/* Matching it is worth a try, though it may not come to a pass: "?include:..." */
static bool is_tried(const struct spf_tree_term *entry)
{
	return entry->reach == SPF_REACH_EVALUATED &&
	       (entry->term->kind == SPF_TERM_REDIRECT || entry->term->qualifier != SPF_FAIL);
}

static void add_wide(struct planning *p, const struct spf_tree_term *entry)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		struct network range = entry->networks[i];
		if (range.family != NETWORK_IPV4 || range.prefix_len > SPOOF_WIDE_PREFIX ||
		    network_scope_of(range) != NETWORK_GLOBAL) {
			continue;
		}
		struct spoof_attempt *attempt =
			planning_add(p, SPOOF_WIDE_RANGE, p->a->domain, p->a->domain);
		if (attempt != NULL) {
			attempt->envelope.client = address_inside(range);
			attempt->is_particular = range.prefix_len > SPOOF_ANYBODYS_PREFIX;
			attempt->condition =
				arena_printf(p->a->arena, "any one address of %s",
					     network_format(network_masked(range)).text);
		}
	}
}

/* Is the node the record at `top`, or below it? */
static bool is_below(const struct spf_node *node, const struct spf_node *top)
{
	while (node != NULL && node != top) {
		node = node->parent;
	}
	return node != NULL;
}

/* The first range of addresses that a service's record, or one below it, authorises. */
static const struct network *find_range(const struct spf_view *view, const struct spf_node *top)
{
	for (size_t n = 0; n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; is_below(node, top) && i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (is_usable(entry) && entry->network_count > 0) {
				return &entry->networks[0];
			}
		}
	}
	return NULL;
}

static void add_shared(struct planning *p, const struct spf_tree_term *entry)
{
	if (entry->provider == NULL || !entry->provider->is_shared || entry->child == NULL) {
		return;
	}
	const struct network *range = find_range(p->a->spf, entry->child);
	struct spoof_attempt *attempt =
		range != NULL ? planning_add(p, SPOOF_SHARED_PROVIDER, p->a->domain, p->a->domain)
			      : NULL;
	if (attempt != NULL) {
		attempt->envelope.client = address_inside(*range);
		attempt->is_particular = true;
		attempt->condition =
			arena_printf(p->a->arena, "an account at %.*s that may use any MAIL FROM",
				     SPAN_ARG(entry->provider->name));
	}
}

static bool is_mechanism(const struct spf_tree_term *entry, enum spf_mechanism mechanism)
{
	return entry->term->kind != SPF_TERM_REDIRECT && entry->term->mechanism == mechanism;
}

static uint16_t asked_type(const struct spf_tree_term *entry)
{
	if (is_mechanism(entry, SPF_MX)) {
		return RR_MX;
	}
	bool is_address = is_mechanism(entry, SPF_A) || is_mechanism(entry, SPF_EXISTS);
	return is_address ? RR_A : RR_TXT;
}

/* The name that does not exist: the end of the CNAME chain. */
static struct span missing_name(struct planning *p, const struct spf_tree_term *entry)
{
	const struct fact *fact = assessment_dns(p->a, entry->target, asked_type(entry));
	bool has_chain = fact->dns != NULL && fact->dns->cname_count > 0;
	return has_chain ? fact->dns->cnames[fact->dns->cname_count - 1] : entry->target;
}

/* What the stranger would publish at the name after registering its domain. */
static struct span takeover_records(struct planning *p, const struct spf_tree_term *entry,
				    struct span name)
{
	struct network_text address = network_format(planning_stranger(p->a));
	switch (asked_type(entry)) {
	case RR_MX:
		return arena_printf(p->a->arena, "%.*s MX 10 %.*s\n%.*s A %s", SPAN_ARG(name),
				    SPAN_ARG(name), SPAN_ARG(name), address.text);
	case RR_A:
		return arena_printf(p->a->arena, "%.*s A %s", SPAN_ARG(name), address.text);
	default:
		return arena_printf(p->a->arena, "%.*s TXT v=spf1 +all", SPAN_ARG(name));
	}
}

static void add_takeover(struct planning *p, const struct spf_tree_term *entry)
{
	if (!entry->is_nxdomain || entry->target.len == 0) {
		return;
	}
	struct span missing = missing_name(p, entry);
	struct span organisation = registration_find_open(p->a, CONTROL_SPF, missing);
	if (!name_is_ldh(organisation, false /* is_underscore_ok */) || organisation.len == 0) {
		return;
	}
	struct spoof_attempt *attempt = planning_add(p, SPOOF_TAKEOVER, p->a->domain, p->a->domain);
	if (attempt != NULL) {
		attempt->published = takeover_records(p, entry, missing);
		attempt->assumption = takeover_records(p, entry, entry->target);
		attempt->condition =
			arena_printf(p->a->arena, "registering %.*s", SPAN_ARG(organisation));
	}
}

/* A service's ranges are its own matter: add_shared() is about them. */
static bool is_of_service(const struct spf_node *node)
{
	while (node->parent != NULL && (node->via == NULL || node->via->provider == NULL)) {
		node = node->parent;
	}
	return node->parent != NULL;
}

static void add_entry(struct planning *p, const struct spf_node *node,
		      const struct spf_tree_term *entry)
{
	if (!is_tried(entry)) {
		return;
	}
	if (!is_of_service(node)) {
		add_wide(p, entry);
	}
	add_shared(p, entry);
	add_takeover(p, entry);
}

void planning_add_from_spf(struct planning *p)
{
	const struct spf_view *view = p->a->spf;
	for (size_t n = 0; view != NULL && n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; node->is_authorising && i < node->term_count; i++) {
			add_entry(p, node, &node->terms[i]);
		}
	}
}

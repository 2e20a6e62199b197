/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From records to attempts. */
#include "service/spoof_plan.h"

#include "assess/mx.h"
#include "assess/registration.h"
#include "assess/spf.h"
#include "guide/providers.h"
#include "records/rr.h"

struct planning {
	struct assessment *a;
	struct vector *attempts;
	struct span subdomains[SPOOF_MAX_SUBDOMAINS];
	size_t subdomain_count;
};

/* Does some term of the domain's records name a range that holds the address? */
static bool is_authorised(const struct assessment *a, struct network address)
{
	const struct spf_view *view = a->spf;
	for (size_t n = 0; view != NULL && n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			for (size_t k = 0; k < entry->network_count; k++) {
				if (network_contains(entry->networks[k], address)) {
					return true;
				}
			}
		}
	}
	return false;
}

/*
 * A stranger's address: one that no range of the domain holds, if there is such a one. From ranges
 * set aside for measurements and examples (RFC 2544, 5737), so that nobody is pointed at.
 */
static struct network stranger_address(const struct assessment *a)
{
	static const struct network addresses[] = {
		{NETWORK_IPV4, {198, 18, 66, 66}, 32},
		{NETWORK_IPV4, {203, 0, 113, 66}, 32},
		{NETWORK_IPV4, {192, 0, 2, 66}, 32},
	};
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		if (!is_authorised(a, addresses[i])) {
			return addresses[i];
		}
	}
	return addresses[0];
}

/* The same with an IPv6 address (RFC 5180, RFC 9637). */
static struct network stranger_address_ipv6(const struct assessment *a)
{
	static const struct network addresses[] = {
		{NETWORK_IPV6, {0x20, 0x01, 0, 2, [14] = 0x66, 0x66}, 128},
		{NETWORK_IPV6, {0x3f, 0xff, [14] = 0x66, 0x66}, 128},
	};
	return addresses[is_authorised(a, addresses[0])];
}

static struct spoof_attempt *add(struct planning *p, enum spoof_vector vector, struct span author,
				 struct span mail_from_domain)
{
	struct spoof_attempt *attempt =
		VECTOR_PUSH(p->attempts, p->a->arena, struct spoof_attempt, SPOOF_MAX_ATTEMPTS);
	if (attempt == NULL) {
		return NULL;
	}
	attempt->vector = vector;
	attempt->author = author;
	attempt->envelope = (struct envelope){
		.has_client = true,
		.client = stranger_address(p->a),
		.helo = SPAN(SPOOF_STRANGER_DOMAIN),
		.has_mail_from = true,
		.mail_from =
			arena_printf(p->a->arena, "postmaster@%.*s", SPAN_ARG(mail_from_domain)),
	};
	return attempt;
}

static void add_from_anywhere(struct planning *p)
{
	struct span domain = p->a->domain;
	add(p, SPOOF_EXACT, domain, domain);
	add(p, SPOOF_STRANGER_ENVELOPE, domain, SPAN(SPOOF_STRANGER_DOMAIN));
	struct spoof_attempt *attempt = add(p, SPOOF_EXACT, domain, domain);
	if (attempt != NULL) {
		attempt->envelope.client = stranger_address_ipv6(p->a);
	}
	attempt = add(p, SPOOF_NULL_SENDER, domain, domain);
	if (attempt != NULL) {
		attempt->envelope.mail_from = span_of(NULL, 0);
		attempt->envelope.helo = domain;
	}
}

/* --- addresses that SPF lets pass --- */

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

static void add_wide(struct planning *p, const struct spf_tree_term *entry)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		struct network range = entry->networks[i];
		if (range.family != NETWORK_IPV4 || range.prefix_len > SPOOF_WIDE_PREFIX ||
		    network_scope_of(range) != NETWORK_GLOBAL) {
			continue;
		}
		struct spoof_attempt *attempt =
			add(p, SPOOF_WIDE_RANGE, p->a->domain, p->a->domain);
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
		range != NULL ? add(p, SPOOF_SHARED_PROVIDER, p->a->domain, p->a->domain) : NULL;
	if (attempt != NULL) {
		attempt->envelope.client = address_inside(*range);
		attempt->is_particular = true;
		attempt->condition =
			arena_printf(p->a->arena, "an account at %.*s that may use any MAIL FROM",
				     SPAN_ARG(entry->provider->name));
	}
}

/* What the stranger would publish at the name after registering its domain. */
static struct span takeover_record(struct planning *p, const struct spf_tree_term *entry)
{
	if (entry->child != NULL || entry->term->kind == SPF_TERM_REDIRECT ||
	    entry->term->mechanism == SPF_INCLUDE) {
		return arena_printf(p->a->arena, "%.*s TXT v=spf1 +all", SPAN_ARG(entry->target));
	}
	bool has_addresses =
		entry->term->mechanism == SPF_A || entry->term->mechanism == SPF_EXISTS;
	return has_addresses ? arena_printf(p->a->arena, "%.*s A %s", SPAN_ARG(entry->target),
					    network_format(stranger_address(p->a)).text)
			     : span_of(NULL, 0);
}

static void add_takeover(struct planning *p, const struct spf_tree_term *entry)
{
	if (!entry->is_nxdomain || entry->target.len == 0) {
		return;
	}
	struct span organisation = registration_find_open(p->a, CONTROL_SPF, entry->target);
	struct span record = takeover_record(p, entry);
	if (organisation.len == 0 || record.len == 0) {
		return;
	}
	struct spoof_attempt *attempt = add(p, SPOOF_TAKEOVER, p->a->domain, p->a->domain);
	if (attempt != NULL) {
		attempt->assumption = record;
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

static void add_from_tree(struct planning *p)
{
	const struct spf_view *view = p->a->spf;
	for (size_t n = 0; view != NULL && n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; node->is_authorising && i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (is_usable(entry) || entry->term->kind == SPF_TERM_REDIRECT) {
				if (!is_of_service(node)) {
					add_wide(p, entry);
				}
				add_shared(p, entry);
				add_takeover(p, entry);
			}
		}
	}
}

/* --- subdomains --- */

static void add_subdomain(struct planning *p, struct span name)
{
	bool is_new = name.len > p->a->domain.len && name_is_at_or_under(name, p->a->domain) &&
		      name_is_ldh(name, true /* is_underscore_ok */);
	for (size_t i = 0; i < p->subdomain_count; i++) {
		is_new = is_new && !span_equal(p->subdomains[i], name);
	}
	if (is_new && p->subdomain_count < SPOOF_MAX_SUBDOMAINS) {
		p->subdomains[p->subdomain_count++] = name;
	}
}

static void collect_subdomains(struct planning *p)
{
	static const struct span common[] = {
		SPAN_INIT("www"), SPAN_INIT("mail"), SPAN_INIT("smtp"),	  SPAN_INIT("send"),
		SPAN_INIT("em"),  SPAN_INIT("news"), SPAN_INIT("bounce"),
	};
	const struct mx_view *mx = p->a->mx;
	const struct spf_view *spf = p->a->spf;
	for (size_t i = 0; mx != NULL && i < mx->host_count && i < 4; i++) {
		add_subdomain(p, mx->hosts[i].name);
	}
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		add_subdomain(p, name_join(p->a->arena, common[i], p->a->domain));
	}
	for (size_t i = 0; spf != NULL && i < spf->node_count; i++) {
		add_subdomain(p, spf->nodes[i]->domain);
	}
}

static bool exists(struct planning *p, struct span name)
{
	return !fact_is_nxdomain(assessment_dns(p->a, name, RR_A));
}

static void add_from_subdomains(struct planning *p)
{
	struct span invented = name_join(p->a->arena, SPAN(SPOOF_INVENTED_LABEL), p->a->domain);
	collect_subdomains(p);
	for (size_t i = 0; i < p->subdomain_count; i++) {
		struct span name = p->subdomains[i];
		if (exists(p, name)) {
			add(p, SPOOF_SUBDOMAIN_ENVELOPE, p->a->domain, name);
			add(p, SPOOF_SUBDOMAIN, name, SPAN(SPOOF_STRANGER_DOMAIN));
		}
	}
	if (invented.len > 0) {
		/* a wildcard may give it a record of its own */
		add(p, SPOOF_SUBDOMAIN_ENVELOPE, p->a->domain, invented);
		add(p, SPOOF_NONEXISTENT, invented, SPAN(SPOOF_STRANGER_DOMAIN));
	}
}

void spoof_plan(struct assessment *a, struct vector *attempts)
{
	struct planning p = {.a = a, .attempts = attempts};
	add_from_anywhere(&p);
	add_from_tree(&p);
	add_from_subdomains(&p);
}

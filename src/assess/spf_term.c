/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Evaluates single terms of the tree: what they ask, what they cost and whom they let in. */
#include "assess/spf_walk.h"

#include "guide/providers.h"

/* Hosts of one mx beyond the limit are not asked; their addresses are. */
#define TERM_MAX_NETWORKS 1000

/* RFC 7208 4.6.4: the third void look-up is a permerror */
static void add_void(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry)
{
	walk->view->void_lookups += entry->is_void;
	walk->view->void_lookups_ipv6 += entry->is_void_ipv6;
	if (entry->is_void && walk->view->void_lookups > SPF_MAX_VOID_LOOKUPS) {
		spf_walk_decide(frame, SPF_OUTCOME_PERMERROR);
	}
}

static void set_unknown(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry,
			const struct fact *fact)
{
	entry->is_unknown = true;
	unknown_add(walk->a, CONTROL_SPF, fact);
	spf_walk_decide(frame, SPF_OUTCOME_UNKNOWN);
}

/* --- what a term authorises --- */

static uint32_t host_order(const uint8_t octets[4])
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
	       octets[3];
}

static void add_range(struct spf_walk *walk, struct network network)
{
	struct spf_range *range =
		VECTOR_PUSH(&walk->ranges, walk->a->arena, struct spf_range, SPF_WALK_RANGES);
	if (range != NULL) {
		struct network masked = network_masked(network);
		uint64_t last = host_order(masked.address) + network_address_count(network) - 1;
		*range = (struct spf_range){host_order(masked.address), (uint32_t)last};
	}
}

/* Terms in front of one that are looked at; honest records have fewer. */
#define EARLIER_MAX_TERMS 150

/* RFC 7208 4.6.2: the first match decides. Does an earlier "-", "~" or "?" take it all? */
static bool is_taken(const struct spf_frame *frame, const struct spf_tree_term *entry,
		     struct network network)
{
	const struct spf_node *node = frame->node;
	for (size_t i = 0; i < EARLIER_MAX_TERMS && &node->terms[i] < entry; i++) {
		const struct spf_term *term = node->terms[i].term;
		bool is_network = term->kind == SPF_TERM_MECHANISM &&
				  (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6);
		if (is_network && term->qualifier != SPF_PASS &&
		    network_contains(term->network, network)) {
			return true;
		}
	}
	return false;
}

/* Counts networks of a term whose sender passes; a "-" or "?" on the way authorises nobody. */
static void authorise(struct spf_walk *walk, const struct spf_frame *frame,
		      struct spf_tree_term *entry)
{
	if (!frame->node->is_authorising || entry->term->qualifier != SPF_PASS) {
		return;
	}
	for (size_t i = 0; i < entry->network_count; i++) {
		struct network network = entry->networks[i];
		if (is_taken(frame, entry, network)) {
			continue;
		}
		if (network.family == NETWORK_IPV4) {
			add_range(walk, network);
			entry->ipv4_addresses += network_address_count(network);
		} else {
			walk->view->ipv6_networks++;
		}
	}
}

/* Addresses of an answer, with the term's prefix lengths (RFC 7208 5.6). */
static void add_addresses(struct spf_walk *walk, const struct spf_tree_term *entry,
			  const struct fact *fact, struct vector *networks)
{
	for (size_t i = 0; i < fact->dns->record_count; i++) {
		struct network network;
		if (!network_from_octets(fact->dns->records[i].rdata, &network)) {
			continue;
		}
		network.prefix_len = network.family == NETWORK_IPV4 ? entry->term->prefix_len4
								    : entry->term->prefix_len6;
		struct network *slot =
			VECTOR_PUSH(networks, walk->a->arena, struct network, TERM_MAX_NETWORKS);
		if (slot != NULL) {
			*slot = network;
		}
	}
}

/* A and AAAA of one host. RFC 7208 5.3: a receiver asks for the one the client's address needs. */
struct host_addresses {
	bool has_ipv4;
	bool has_ipv6;
	bool is_nxdomain;
};

static struct host_addresses read_host(struct spf_walk *walk, struct spf_frame *frame,
				       struct spf_tree_term *entry, struct span host,
				       struct vector *networks)
{
	const struct fact *facts[] = {assessment_dns(walk->a, host, RR_A),
				      assessment_dns(walk->a, host, RR_AAAA)};
	for (size_t i = 0; i < 2; i++) {
		if (fact_is_unknown(facts[i])) {
			set_unknown(walk, frame, entry, facts[i]);
		} else if (fact_is_present(facts[i])) {
			add_addresses(walk, entry, facts[i], networks);
		}
	}
	/* what is unknown is not counted as empty */
	return (struct host_addresses){!fact_is_absent(facts[0]), !fact_is_absent(facts[1]),
				       fact_is_nxdomain(facts[0])};
}

static void set_networks(struct spf_tree_term *entry, const struct vector *networks)
{
	entry->networks = networks->items;
	entry->network_count = networks->len;
}

/* --- mechanisms --- */

static void evaluate_a(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry)
{
	struct vector networks = {0};
	struct host_addresses host = read_host(walk, frame, entry, entry->target, &networks);
	set_networks(entry, &networks);
	entry->is_void = !host.has_ipv4;
	entry->is_void_ipv6 = !host.has_ipv6;
	entry->is_nxdomain = host.is_nxdomain;
	authorise(walk, frame, entry);
	add_void(walk, frame, entry);
}

/* The host of an MX record; false for a null MX (RFC 7505) and for data that cannot be read. */
static bool read_mx(struct spf_walk *walk, struct span rdata, struct span *ret_host)
{
	struct cursor cursor = cursor_of(rdata);
	struct span host;
	(void)cursor_u16(&cursor); /* preference */
	if (!name_from_wire(&cursor, walk->a->arena, &host) || span_equal(host, SPAN("."))) {
		return false;
	}
	*ret_host = host;
	return true;
}

static void evaluate_mx(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry)
{
	const struct fact *fact = assessment_dns(walk->a, entry->target, RR_MX);
	if (fact_is_unknown(fact)) {
		set_unknown(walk, frame, entry, fact);
		return;
	}
	entry->is_void = entry->is_void_ipv6 = fact_is_absent(fact);
	entry->is_nxdomain = fact_is_nxdomain(fact);
	struct vector networks = {0};
	for (size_t i = 0; i < fact->dns->record_count; i++) {
		struct span host;
		if (!read_mx(walk, fact->dns->records[i].rdata, &host)) {
			continue;
		}
		entry->mx_hosts++;
		if (entry->mx_hosts <= SPF_MAX_MX_HOSTS) {
			(void)read_host(walk, frame, entry, host, &networks);
		}
	}
	/* RFC 7208 4.6.4: the addresses of more than ten hosts would be needed: permerror */
	if (entry->mx_hosts > SPF_MAX_MX_HOSTS) {
		spf_walk_decide(frame, SPF_OUTCOME_PERMERROR);
	}
	set_networks(entry, &networks);
	authorise(walk, frame, entry);
	add_void(walk, frame, entry);
}

/* RFC 7208 5.7: any A record makes it match, whatever the client's address. */
static void evaluate_exists(struct spf_walk *walk, struct spf_frame *frame,
			    struct spf_tree_term *entry)
{
	const struct fact *fact = assessment_dns(walk->a, entry->target, RR_A);
	if (fact_is_unknown(fact)) {
		set_unknown(walk, frame, entry, fact);
		return;
	}
	entry->is_void = entry->is_void_ipv6 = fact_is_absent(fact);
	entry->is_nxdomain = fact_is_nxdomain(fact);
	add_void(walk, frame, entry);
	if (fact_is_present(fact)) {
		spf_walk_match(frame, entry);
	}
}

static void evaluate_child(struct spf_walk *walk, struct spf_frame *frame,
			   struct spf_tree_term *entry)
{
	const struct fact *fact = assessment_dns(walk->a, entry->target, RR_TXT);
	entry->is_void = entry->is_void_ipv6 = fact_is_absent(fact);
	add_void(walk, frame, entry);
	spf_walk_descend(walk, frame, entry);
}

static void evaluate_network(struct spf_walk *walk, struct spf_frame *frame,
			     struct spf_tree_term *entry)
{
	entry->networks = &entry->term->network;
	entry->network_count = 1;
	authorise(walk, frame, entry);
}

/* --- targets --- */

static void note_provider(struct spf_walk *walk, const struct spf_frame *frame,
			  struct spf_tree_term *entry)
{
	if (walk->a->options->providers == NULL) {
		return;
	}
	entry->provider = provider_by_spf(walk->a->options->providers, entry->target);
	if (entry->provider == NULL || !frame->node->is_authorising ||
	    entry->term->qualifier != SPF_PASS) {
		return;
	}
	for (size_t i = 0; i < walk->providers.len; i++) {
		if (*VECTOR_AT(&walk->providers, const struct provider *, i) == entry->provider) {
			return;
		}
	}
	const struct provider **slot = VECTOR_PUSH(&walk->providers, walk->a->arena,
						   const struct provider *, SPF_WALK_PROVIDERS);
	if (slot != NULL) {
		*slot = entry->provider;
	}
}

/*
 * Sets entry->target. RFC 7208 4.8: without a domain-spec it is the current domain, which inside an
 * include is the included one. False when the message decides or the name cannot exist.
 */
static bool find_target(struct spf_walk *walk, const struct spf_frame *frame,
			struct spf_tree_term *entry)
{
	const struct spf_term *term = entry->term;
	struct span text = term->domain_spec;
	if (text.len == 0) {
		entry->target = frame->node->domain;
		return true;
	}
	if (term->has_macros && !spf_expand_known(walk->a->arena, term->domain_spec,
						  frame->node->domain, walk->a->domain, &text)) {
		entry->depends_on_message = true;
		walk->view->depends_on_message = true;
		return false;
	}
	if (!name_canonical(walk->a->arena, text, &entry->target)) {
		return false;
	}
	note_provider(walk, frame, entry);
	return true;
}

/* RFC 7208 4.6.4: include, a, mx, ptr, exists and redirect share ten look-ups. */
static bool count_lookup(struct spf_walk *walk, struct spf_frame *frame,
			 struct spf_tree_term *entry)
{
	entry->lookups = 1;
	walk->view->lookups++;
	if (walk->view->lookups > SPF_MAX_LOOKUPS) {
		spf_walk_decide(frame, SPF_OUTCOME_PERMERROR);
	}
	if (walk->view->lookups > SPF_FOLLOWED_LOOKUPS) {
		entry->reach = SPF_REACH_NOT_FOLLOWED;
		return false;
	}
	return true;
}

/* A term whose name cannot be asked. RFC 7208 5.2 and 6.1: there is no record to be found. */
static void evaluate_nameless(struct spf_frame *frame, const struct spf_tree_term *entry)
{
	bool needs_record =
		entry->term->kind == SPF_TERM_REDIRECT || entry->term->mechanism == SPF_INCLUDE;
	if (needs_record && !entry->depends_on_message) {
		spf_walk_decide(frame, SPF_OUTCOME_PERMERROR);
	}
}

static void evaluate_query(struct spf_walk *walk, struct spf_frame *frame,
			   struct spf_tree_term *entry)
{
	if (!count_lookup(walk, frame, entry)) {
		return;
	}
	bool is_mechanism = entry->term->kind == SPF_TERM_MECHANISM;
	/* RFC 7208 5.5: ptr asks about the client's address, so a stranger's servers answer */
	if (is_mechanism && entry->term->mechanism == SPF_PTR) {
		return;
	}
	if (!find_target(walk, frame, entry)) {
		evaluate_nameless(frame, entry);
	} else if (!is_mechanism || entry->term->mechanism == SPF_INCLUDE) {
		evaluate_child(walk, frame, entry);
	} else if (entry->term->mechanism == SPF_A) {
		evaluate_a(walk, frame, entry);
	} else if (entry->term->mechanism == SPF_MX) {
		evaluate_mx(walk, frame, entry);
	} else {
		evaluate_exists(walk, frame, entry);
	}
}

void spf_term_evaluate(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry)
{
	entry->reach = SPF_REACH_EVALUATED;
	if (spf_term_queries_dns(entry->term)) {
		evaluate_query(walk, frame, entry);
	} else if (entry->term->mechanism == SPF_ALL) {
		spf_walk_match(frame, entry);
	} else {
		evaluate_network(walk, frame, entry);
	}
}

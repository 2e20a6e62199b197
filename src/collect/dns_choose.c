/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tries the ways to the DNS before the first answer, and tells what was found. */
#include "collect/dns_collector.h"

/* A working resolver answers two questions about the root at once. */
#define TRY_MS 3000

int dns_collector_use_way(struct dns_collector *dns, struct dns_way way, struct failure *reterr)
{
	struct span forwards[DNS_MAX_RESOLVERS];
	for (size_t i = 0; i < dns->resolver_count; i++) {
		forwards[i] = dns->resolvers[i].text;
	}
	const struct dns_engine_config config = {
		.forwards = forwards,
		.forward_count = way.is_forwarding ? dns->resolver_count : 0,
		.stubs = dns->options.stubs,
		.stub_count = dns->options.stub_count,
		.root_hints = dns->options.root_hints,
		.trust_anchor = way.is_validating ? dns->options.trust_anchor : NULL,
		.is_validating = way.is_validating,
		.minimises_names = dns->options.minimises_names,
		.max_sockets = dns->options.max_sockets,
	};
	struct dns_engine *engine = NULL;
	int r = dns_engine_new(&config, &engine, reterr);
	if (r < 0) {
		return r;
	}
	dns_engine_free(dns->engine);
	dns->engine = engine;
	dns->way = way;
	dns->source_name = dns_way_name(dns->arena, way, dns->resolvers, dns->resolver_count);
	return 0;
}

static void tell(const struct dns_collector *dns, struct span text)
{
	if (dns->options.notice != NULL) {
		dns->options.notice(dns->options.context, text);
	}
}

static const char *trouble_name(enum dns_way_state state)
{
	static const char *const names[] = {
		[DNS_WAY_WORKS] = "works",
		[DNS_WAY_BREAKS_DNSSEC] = "does not pass DNSSEC on",
		[DNS_WAY_FAILS] = "answers with errors",
		[DNS_WAY_IS_SILENT] = "does not answer",
	};
	return names[state];
}

/* Says what was chosen instead of the first way, in a notice and in the source of the facts. */
static void tell_fallback(struct dns_collector *dns, enum dns_way_state first_state)
{
	const char *trouble = trouble_name(first_state);
	struct span resolvers =
		dns_way_name(dns->arena, dns->ways.ways[0], dns->resolvers, dns->resolver_count);
	const char *instead = dns->way.is_forwarding
				      ? "answers are not checked with DNSSEC"
				      : "the name servers are asked directly instead";
	tell(dns,
	     arena_printf(dns->arena, "the %.*s %s: %s", SPAN_ARG(resolvers), trouble, instead));
	if (dns->way.is_forwarding) {
		dns->source_name =
			arena_printf(dns->arena, "%.*s (%s)", SPAN_ARG(dns->source_name), trouble);
	} else {
		dns->source_name =
			arena_printf(dns->arena, "%.*s (the %.*s %s)", SPAN_ARG(dns->source_name),
				     SPAN_ARG(resolvers), trouble);
	}
}

static int try_way(struct dns_collector *dns, enum dns_way_state *ret_state, struct failure *reterr)
{
	const struct dns_wait wait = {
		.deadline_ms = TRY_MS,
		.end_ms = dns_engine_now_ms(dns->engine) + TRY_MS,
		.max_in_flight = 2,
		.context = dns->options.context,
		.is_stopped = dns->options.is_stopped,
	};
	*ret_state = DNS_WAY_WORKS;
	/* Without validation nothing can break; and the root is not among the stubs of a lab. */
	if (!dns->way.is_validating || dns->options.stub_count > 0) {
		return 0;
	}
	return dns_way_try(dns->engine, &wait, ret_state, reterr);
}

/*
 * The first way that works. If none does: the last one when the resolvers break DNSSEC, and the
 * first one when they do not answer, as then the fault is not theirs alone.
 */
static int find_way(struct dns_collector *dns, enum dns_way_state *ret_first_state, size_t *ret_i,
		    struct failure *reterr)
{
	enum dns_way_state state = DNS_WAY_WORKS;
	int r = try_way(dns, ret_first_state, reterr);
	*ret_i = 0;
	if (r < 0 || *ret_first_state == DNS_WAY_WORKS) {
		return r;
	}
	for (size_t i = 1; r == 0 && i < dns->ways.count && dns->ways.ways[i].is_validating; i++) {
		r = dns_collector_use_way(dns, dns->ways.ways[i], reterr);
		if (r == 0) {
			r = try_way(dns, &state, reterr);
		}
		if (r < 0 || state == DNS_WAY_WORKS) {
			*ret_i = i;
			return r;
		}
	}
	*ret_i = *ret_first_state == DNS_WAY_BREAKS_DNSSEC ? dns->ways.count - 1 : 0;
	/* Anew even when there is only one: what failed is in the cache of the old engine. */
	return dns_collector_use_way(dns, dns->ways.ways[*ret_i], reterr);
}

static void tell_no_way(const struct dns_collector *dns, enum dns_way_state state)
{
	if (dns->way.is_forwarding) {
		tell(dns, arena_printf(dns->arena, "the %.*s %s", SPAN_ARG(dns->source_name),
				       trouble_name(state)));
	} else if (state == DNS_WAY_BREAKS_DNSSEC) {
		tell(dns, SPAN("the root of the DNS does not match the trust anchor"));
	} else {
		tell(dns, SPAN("the name servers of the DNS root do not answer"));
	}
}

static bool is_without_resolver(const struct dns_collector *dns)
{
	return dns->resolver_count == 0 && dns->options.root_hints == NULL &&
	       !dns->options.prefers_recursion && dns->options.stub_count == 0;
}

static bool is_stopped(const struct dns_collector *dns)
{
	return dns->options.is_stopped != NULL && dns->options.is_stopped(dns->options.context);
}

int dns_collector_choose_way(struct dns_collector *dns, struct failure *reterr)
{
	if (dns->has_chosen) {
		return 0;
	}
	if (is_without_resolver(dns)) {
		tell(dns,
		     SPAN("this machine has no resolver: the name servers are asked directly"));
	}
	enum dns_way_state first_state;
	size_t chosen;
	int r = find_way(dns, &first_state, &chosen, reterr);
	/* A look that was cut off, as when a list has no domain, says nothing about a resolver. */
	if (r < 0 || is_stopped(dns)) {
		return r;
	}
	dns->has_chosen = true;
	if (chosen > 0) {
		tell_fallback(dns, first_state);
	} else if (first_state != DNS_WAY_WORKS) {
		tell_no_way(dns, first_state);
	}
	return arena_has_failed(dns->arena) ? failure_set_memory(reterr, "choose a resolver") : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Chooses between resolvers and recursion. */
#include "collect/dns_way.h"

/* Two answers of the root, once. */
#define TRY_ARENA_BYTES ((size_t)1 << 20)

static void add_way(struct dns_ways *ways, bool is_forwarding, bool is_validating)
{
	ways->ways[ways->count++] = (struct dns_way){is_forwarding, is_validating};
}

struct dns_ways dns_ways_of(const struct dns_collector_options *options, bool has_resolvers)
{
	struct dns_ways ways = {0};
	bool is_recursing =
		options->prefers_recursion || options->root_hints != NULL || !has_resolvers;
	if (options->trust_anchor != NULL &&
	    span_equal(span_of_string(options->trust_anchor), SPAN("none"))) {
		add_way(&ways, !is_recursing, /* is_validating */ false);
	} else if (is_recursing) {
		add_way(&ways, /* is_forwarding */ false, /* is_validating */ true);
	} else {
		add_way(&ways, /* is_forwarding */ true, /* is_validating */ true);
		if (options->resolver_count == 0) {
			add_way(&ways, /* is_forwarding */ false, /* is_validating */ true);
		}
		add_way(&ways, /* is_forwarding */ true, /* is_validating */ false);
	}
	return ways;
}

static enum dns_way_state state_of_ask(const struct dns_ask *ask)
{
	if (ask->is_bogus) {
		return DNS_WAY_BREAKS_DNSSEC;
	}
	if (ask->state == DNS_ASK_ANSWERED) {
		return ask->is_secure ? DNS_WAY_WORKS : DNS_WAY_BREAKS_DNSSEC;
	}
	return ask->state == DNS_ASK_FAILED ? DNS_WAY_FAILS : DNS_WAY_IS_SILENT;
}

int dns_way_try(struct dns_engine *engine, const struct dns_wait *wait,
		enum dns_way_state *ret_state, struct failure *reterr)
{
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(TRY_ARENA_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "try the resolver");
	}
	struct dns_ask asks[] = {
		{.key = {FACT_DNS, RR_SOA, SPAN_INIT(".")}},
		{.key = {FACT_DNS, RR_TXT, SPAN_INIT(".")}},
	};
	const size_t count = sizeof(asks) / sizeof(asks[0]);
	int r = dns_engine_ask(engine, arena, asks, count, wait, reterr);
	if (r < 0) {
		return r;
	}
	enum dns_way_state state = DNS_WAY_WORKS;
	for (size_t i = 0; i < count && state == DNS_WAY_WORKS; i++) {
		state = state_of_ask(&asks[i]);
	}
	*ret_state = state;
	return 0;
}

struct span dns_way_name(struct arena *arena, struct dns_way way,
			 const struct dns_server *resolvers, size_t resolver_count)
{
	if (!way.is_forwarding) {
		return SPAN("recursion");
	}
	struct span name = SPAN("resolver");
	if (resolver_count > 1) {
		name = SPAN("resolvers");
	}
	for (size_t i = 0; i < resolver_count; i++) {
		name = arena_printf(arena, "%.*s %.*s", SPAN_ARG(name),
				    SPAN_ARG(resolvers[i].text));
	}
	return name;
}

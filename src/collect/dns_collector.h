/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Inside of the DNS collector, for dns.c, dns_choose.c and dns_round.c. */
#ifndef MAILSEAL_COLLECT_DNS_COLLECTOR_H
#define MAILSEAL_COLLECT_DNS_COLLECTOR_H

#include "collect/dns_fact.h"
#include "collect/dns_way.h"

struct dns_collector {
	struct fact_source source; /* first: answer() casts back */
	struct dns_collector_options options;
	struct arena *arena;
	struct dns_server resolvers[DNS_MAX_RESOLVERS];
	size_t resolver_count;
	struct dns_ways ways;
	bool has_chosen;
	struct dns_way way; /* the engine's */
	struct dns_engine *engine;
	struct span source_name; /* of the facts */
	int64_t spent_ms;	 /* in rounds since dns_collector_begin() */
	int64_t retry_budget_ms;
	uint64_t random; /* where the ids of direct questions come from */
};

/* Makes the engine for a way and names the source after it. */
int dns_collector_use_way(struct dns_collector *dns, struct dns_way way,
			  struct failure *reterr) MUST_CHECK;
/* Before the first answer: tries the ways and stays with one; later calls do nothing. */
int dns_collector_choose_way(struct dns_collector *dns, struct failure *reterr) MUST_CHECK;

/* fact_source's answer(). */
int dns_collector_answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
			 struct failure *reterr) MUST_CHECK;

#endif

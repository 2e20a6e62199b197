/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Who is asked, and whether the answers can be validated. There is a list of ways in order of
 * preference; each but the last must show that it works before it is used.
 */
#ifndef MAILSEAL_COLLECT_DNS_WAY_H
#define MAILSEAL_COLLECT_DNS_WAY_H

#include "collect/dns.h"
#include "collect/dns_engine.h"
#include "collect/dns_server.h"

struct dns_way {
	bool is_forwarding; /* to the resolvers; else the name servers are asked */
	bool is_validating;
};

/* What the two questions about the root showed. */
enum dns_way_state {
	DNS_WAY_WORKS,
	DNS_WAY_BREAKS_DNSSEC, /* answers come, and do not validate */
	DNS_WAY_FAILS,	       /* errors come */
	DNS_WAY_IS_SILENT,     /* nothing comes */
};

#define DNS_WAY_MAX 3

struct dns_ways {
	struct dns_way ways[DNS_WAY_MAX];
	size_t count;
};

/* In order of preference; at least one. */
struct dns_ways dns_ways_of(const struct dns_collector_options *options, bool has_resolvers);
/*
 * Asks for the root's SOA, and for its TXT, which no root has: the proof of that must come through
 * too. wait bounds it.
 */
int dns_way_try(struct dns_engine *engine, const struct dns_wait *wait,
		enum dns_way_state *ret_state, struct failure *reterr) MUST_CHECK;
/* "resolver 192.0.2.53", "resolvers 192.0.2.53 192.0.2.54", "recursion". */
struct span dns_way_name(struct arena *arena, struct dns_way way,
			 const struct dns_server *resolvers, size_t resolver_count);

#endif

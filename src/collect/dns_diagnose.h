/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Why a look-up failed. To libunbound SERVFAIL, REFUSED and silence are one thing; to somebody who
 * has to repair it they are three. The servers in question are asked directly: the resolver, or the
 * name servers of the zone, which are found by walking down from the closest zone above that works.
 */
#ifndef MAILSEAL_COLLECT_DNS_DIAGNOSE_H
#define MAILSEAL_COLLECT_DNS_DIAGNOSE_H

#include "collect/dns_engine.h"
#include "collect/dns_server.h"

/* Looked into at once: 16 names, 4 servers each, is DNS_PROBE_MAX_SOCKETS. */
#define DNS_DIAGNOSE_BATCH 16
#define DNS_DIAGNOSE_MAX_SERVERS 4
/* In one round; beyond it a name is only known to have failed. */
#define DNS_DIAGNOSE_MAX_BATCHES 4
/* Referrals from the closest working zone down; honest ones need 1 or 2. */
#define DNS_DIAGNOSE_MAX_STEPS 4

struct dns_doctor {
	struct dns_engine *engine;
	const struct dns_wait *wait;	    /* all of it ends at wait->end_ms */
	const struct dns_server *resolvers; /* forwarding: only these are asked */
	size_t resolver_count;
	const struct span *stubs; /* "ZONE=ADDR[@PORT]" */
	size_t stub_count;
	uint64_t *random;
};

/* A failed look-up, and what was found. */
struct dns_case {
	struct fact_key key;
	bool is_done;
	enum fact_failure failure; /* servfail, refused, timeout, network or malformed */
	struct span detail;	   /* which server said what; in the arena */
	/* Who was asked last: a resolver, or the servers of a zone. */
	bool is_recursive;
	struct span zone;
	struct dns_server servers[DNS_DIAGNOSE_MAX_SERVERS];
	size_t server_count;
};

/* Fills failure and detail of each case. The negative return is for memory and the engine. */
int dns_diagnose(const struct dns_doctor *doctor, struct arena *arena, struct dns_case *cases,
		 size_t count, struct failure *reterr) MUST_CHECK;

#endif

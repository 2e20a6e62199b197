/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DNS questions -> facts, validated by ourselves.
 *
 * Who is asked, by default: the machine's resolvers. Before the first answer two questions about
 * the root show whether they pass DNSSEC on; if they do not, or are silent, the name servers are
 * asked directly (full recursion), and if that does not work either, the resolvers are used
 * unchecked. With resolvers given, only those are used: if they break DNSSEC the answers are
 * unchecked. Each such step is told through the notice callback, and stands in every fact's source.
 *
 *   PRESENT  records of the asked type at the end of the CNAME chain, names uncompressed
 *   ABSENT   NODATA, or NXDOMAIN (of the name or of the end of its CNAME chain, which is kept)
 *   FAILED   bogus (with what was received and why), servfail, refused, timeout, network, malformed
 *   NOT_OBSERVED  interrupted, or limit: the time for the whole job is used up
 *
 * The packet of a fact is the message libunbound made of what it received (RRSIGs included);
 * answer_bytes is its size.
 */
#ifndef MAILSEAL_COLLECT_DNS_H
#define MAILSEAL_COLLECT_DNS_H

#include "facts/settle.h"

/* More resolvers than anybody has; resolv.conf(5) reads 3. */
#define DNS_MAX_RESOLVERS 8
/* Zones of a lab that are served on odd ports. */
#define DNS_MAX_STUBS 256

struct dns_collector_options {
	/* "192.0.2.53" or "2001:db8::53@5353"; none: the machine's. */
	const struct span *resolvers;
	size_t resolver_count;
	const char *resolv_conf;  /* where the machine's resolvers stand; NULL: /etc/resolv.conf */
	bool prefers_recursion;	  /* ask the name servers directly from the start */
	const char *root_hints;	  /* a file; also means recursion. NULL: built in */
	const char *trust_anchor; /* a file with DS or DNSKEY records, or "none". NULL: built in */
	/* "ZONE=ADDR[@PORT]": ask this server for that zone. */
	const struct span *stubs;
	size_t stub_count;
	bool minimises_names; /* RFC 9156; costs one more question for names such as _dmarc */

	unsigned deadline_ms;	  /* of one look-up */
	unsigned round_ms;	  /* of one round of wants with its retries and diagnosis */
	unsigned total_ms;	  /* of all rounds since dns_collector_begin() */
	unsigned retries;	  /* after SERVFAIL, while the times above allow */
	unsigned retry_budget_ms; /* spent waiting for retries since dns_collector_begin() */
	unsigned max_in_flight;	  /* above 2000 it only gets slower (measured) */
	unsigned max_sockets;	  /* below the process's limit of open files */
	uint64_t seed;		  /* from the system's randomness */

	void *context; /* handed to the callbacks; each callback may be NULL except now */
	int64_t (*now)(void *context); /* seconds since 1970 */
	/* Asked 20 times a second; true ends the round, and what is open is "interrupted". */
	bool (*is_stopped)(void *context);
	void (*progress)(void *context, size_t done, size_t total);
	/* One sentence for the person at the terminal. */
	void (*notice)(void *context, struct span text);
};

struct dns_collector;

/* 10 s a look-up, 12 s a round, 30 s in all; one retry, and 6 s in all for waiting to do so. */
struct dns_collector_options dns_collector_defaults(void);
/*
 * Nothing is sent before the first answer. What options points to must outlive the collector.
 * Failures: FAILURE_INPUT for an address or a file that cannot be used, FAILURE_LIBRARY,
 * FAILURE_MEMORY.
 */
int dns_collector_new(const struct dns_collector_options *options, struct dns_collector **ret_dns,
		      struct failure *reterr) MUST_CHECK;
/* Look-ups still in flight are dropped. NULL is allowed. */
void dns_collector_free(struct dns_collector *dns);
/* A new job (a domain): its time starts now. dns_collector_new() does the same. */
void dns_collector_begin(struct dns_collector *dns);
/* Answers wants of kind FACT_DNS and leaves others alone. Lives as long as the collector. */
struct fact_source *dns_collector_source(struct dns_collector *dns);

#endif

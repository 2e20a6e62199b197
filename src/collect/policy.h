/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * MTA-STS policies -> facts: https://mta-sts.DOMAIN/.well-known/mta-sts.txt, fetched as a strict
 * sender does (RFC 8461 3.3): TLS 1.2 or later, a certificate that is trusted, in date and for the
 * name, no redirects, at most 64 kB, a deadline from the dial. Many at once, but few at a time from
 * one address: thousands of domains may share a host.
 *
 * The addresses are read from the facts that are known (the host's A and AAAA): a judge wants those
 * first. Without them the policy is not asked for.
 */
#ifndef MAILSEAL_COLLECT_POLICY_H
#define MAILSEAL_COLLECT_POLICY_H

#include "facts/settle.h"

struct policy_collector_options {
	struct network source4; /* to dial from; prefix_len 0: the system's choice */
	struct network source6;
	uint16_t connect_port;	  /* instead of 443; 0: 443. For a lab. */
	bool allows_private;	  /* also loopback, private, ... For a lab. */
	const char *trust_file;	  /* PEM of the trusted authorities */
	unsigned connect_ms;	  /* of these, until TLS stands */
	unsigned deadline_ms;	  /* of one fetch, from the dial */
	unsigned max_in_flight;	  /* fetches at once */
	unsigned max_per_address; /* of them to one address */

	void *context; /* handed to the callbacks; each callback may be NULL except now */
	int64_t (*now)(void *context);	   /* seconds since 1970 */
	bool (*is_stopped)(void *context); /* asked ten times a second */
	void (*progress)(void *context, size_t done, size_t total);
};

struct policy_collector;

/* 10 s until TLS stands, 30 s a fetch, 256 at once, 8 of them to one address. */
struct policy_collector_options policy_collector_defaults(void);
/* What options points to must outlive the collector. FAILURE_LIBRARY, FAILURE_MEMORY. */
int policy_collector_new(const struct policy_collector_options *options,
			 struct policy_collector **ret_policy, struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void policy_collector_free(struct policy_collector *policy);
/* Answers wants of kind FACT_POLICY and leaves others alone. Lives as long as the collector. */
struct fact_source *policy_collector_source(struct policy_collector *policy);

#endif

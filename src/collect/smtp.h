/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Endpoints -> facts, over SMTP and TLS: many at once on one loop, each with its budget of
 * connections, at most two at a time and eight a second. A server that turns us away (421, 450,
 * refused after it had spoken) gets 1, 2, 4 and 8 seconds of peace; what is still open then is
 * unknown, never "no TLS". A server that hangs costs its deadline once, and one that begins to hang
 * later about as much.
 *
 * Only addresses of the internet are dialled, and the address in the key itself: there is no second
 * look-up that could lead elsewhere.
 */
#ifndef MAILSEAL_COLLECT_SMTP_H
#define MAILSEAL_COLLECT_SMTP_H

#include "facts/settle.h"

struct smtp_collector_options {
	enum endpoint_plan plan;
	struct span ehlo_name;	/* a name of this machine's, or "[192.0.2.1]" */
	struct network source4; /* to dial from; prefix_len 0: the system's choice */
	struct network source6;
	uint16_t connect_port;	  /* instead of the key's; 0: the key's. For a lab. */
	bool allows_private;	  /* also loopback, private, ... For a lab. */
	const char *trust_file;	  /* PEM of the trusted authorities */
	unsigned deadline_ms;	  /* of one connection, from the dial */
	unsigned tls_deadline_ms; /* of these, for an answer to a hello */
	unsigned endpoint_ms;	  /* of one endpoint in all */
	unsigned max_in_flight;	  /* connections of all endpoints together */
	unsigned max_per_endpoint;
	unsigned gap_ms; /* between two dials of one endpoint */
	unsigned max_backoffs;
	uint64_t seed; /* from the system's randomness */

	void *context;		       /* handed to the callbacks; each may be NULL except now */
	int64_t (*now)(void *context); /* seconds since 1970 */
	bool (*is_stopped)(void *context);
	void (*progress)(void *context, size_t done, size_t total);
	/* One sentence for the person at the terminal. */
	void (*notice)(void *context, struct span text);
};

struct smtp_collector;

/* Normal plan, 15 s a connection, 5 s a hello, 90 s an endpoint, 512 connections at once. */
struct smtp_collector_options smtp_collector_defaults(void);
/* What options points to must outlive the collector. A trust file that cannot be read is told
 * through notice; trust then stays unknown. */
int smtp_collector_new(const struct smtp_collector_options *options,
		       struct smtp_collector **ret_smtp, struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void smtp_collector_free(struct smtp_collector *smtp);
/* Answers wants of kind FACT_ENDPOINT and leaves others alone. Lives as long as the collector. */
struct fact_source *smtp_collector_source(struct smtp_collector *smtp);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * FACT_REPORTED: what receivers' reports, read earlier, say about a domain. It is laid into the set
 * before a judgement, by whoever has a store of reports; it is never wanted, so that a judgement
 * without reports is one without this fact.
 *
 *   key      subject: the domain, canonical; type 0
 *   state    PRESENT       there are reports: see the payload
 *            ABSENT        none of the time looked at
 *
 * Counts are of the recent days (from `recent_from`), unless said; mail in the names of subdomains
 * is in them. Lists are the largest first and cut at their limits.
 */
#ifndef MAILSEAL_FACTS_REPORTED_H
#define MAILSEAL_FACTS_REPORTED_H

#include "base/base.h"

#define REPORTED_MAX_KEYS 100
#define REPORTED_MAX_NAMES 100
#define REPORTED_MAX_SENDERS 50
#define REPORTED_MAX_ADDRESSES 16
#define REPORTED_MAX_TLS 100
/* A large service sends from some thousand addresses. */
#define REPORTED_MAX_SPF_SOURCES 4000

/* A DKIM key of the domain or below whose signature was seen to pass. */
struct reported_key {
	struct span selector;
	struct span domain;
	uint64_t messages;
	int64_t last_at; /* the day it passed last */
};

/* A From domain. */
struct reported_name {
	struct span name;
	uint64_t messages; /* all but spoofed ones */
	uint64_t failing;  /* of them */
	uint64_t spoofed;
};

/* Who sends in the domain's name, spoofers left out. */
struct reported_sender {
	struct span name;
	struct span class; /* "legitimate", "forwarded", "unknown" */
	uint64_t messages;
	uint64_t failing;	/* DMARC */
	uint64_t spf_failing;	/* SPF was asked for the domain itself, and did not pass */
	struct span *addresses; /* of those, the first seen; RFC 5952 */
	size_t address_count;
};

/* Failed TLS sessions, by what senders saw. */
struct reported_tls {
	struct span result; /* RFC 8460 4.3, or another word */
	struct span policy;
	struct span mx; /* canonical; empty when not said */
	struct span reporter;
	uint64_t sessions;
	int64_t last_at;
};

struct reported {
	int64_t from; /* the time looked at */
	int64_t recent_from;
	int64_t last_at;     /* end of the newest aggregate report */
	int64_t tls_last_at; /* end of the newest TLS report; 0: none */
	uint64_t reporters;  /* of aggregate reports, in the whole time */
	uint64_t days;	     /* with data, in the whole time */
	uint64_t messages;
	uint64_t legitimate;
	uint64_t legitimate_failing;
	uint64_t forwarded;
	uint64_t forwarded_failing;
	uint64_t unknown;
	uint64_t spoofed;
	uint64_t spoofed_delivered;
	uint64_t tls_sessions; /* good and bad */
	/* In the whole time: mail whose SPF passed for the domain or below, and the networks it
	 * came from: single addresses, or when those are too many the /24 and /48 around them. */
	uint64_t spf_messages;
	bool is_spf_cut; /* even those are too many: the list is not whole */
	struct span *spf_sources;
	size_t spf_source_count;
	struct reported_key *keys;
	size_t key_count;
	struct reported_name *names;
	size_t name_count;
	struct reported_sender *senders;
	size_t sender_count;
	struct reported_tls *tls;
	size_t tls_count;
};

/* A deep copy; NULL when memory is out. */
const struct reported *reported_copy(struct arena *arena, const struct reported *reported);

#endif

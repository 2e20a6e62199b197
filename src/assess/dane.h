/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DANE: do signed TLSA records vouch for what the mail hosts present? (RFC 6698, 7671, 7672.)
 * A sender asks only hosts with signed addresses for TLSA records; we ask all, for records that no
 * sender will use are worth a word. Runs after transit; says nothing while the hosts were not
 * connected to.
 */
#ifndef MAILSEAL_ASSESS_DANE_H
#define MAILSEAL_ASSESS_DANE_H

#include "assess/transit.h"
#include "crypto/dane.h"

/* What a sender that does DANE makes of one mail host. */
enum dane_state {
	DANE_STATE_NONE,       /* no signed TLSA records: delivers as to any host */
	DANE_STATE_MATCH,      /* delivers, and knows with whom it speaks */
	DANE_STATE_UNUSABLE,   /* RFC 7672 2.2: delivers only encrypted, to whomever */
	DANE_STATE_MISMATCH,   /* does not deliver here */
	DANE_STATE_UNRESOLVED, /* the look-up fails: does not deliver here */
	DANE_STATE_UNKNOWN,
};

struct dane_host {
	const struct mx_host *host;
	enum dane_state state;
	struct span name; /* of the TLSA records */
	const struct dane_record *records;
	size_t record_count;
	size_t usable_count;
	bool is_secure;		 /* the records and everything before them */
	const struct fact *fact; /* of the TLSA look-up; NULL: not asked */
	size_t match_count;	 /* presentations that the records vouch for */
	size_t mismatch_count;
	enum dane_outcome worst; /* of those that did not match */
	struct span mismatch;	 /* the addresses concerned, and why */
	bool has_no_tls;	 /* an address without STARTTLS */
};

struct dane_view {
	const struct dane_host *hosts; /* one a mail host, in the order of mx */
	size_t host_count;
	bool has_usable; /* some host has usable records that senders trust */
};

void dane_assess(struct assessment *a);

#endif

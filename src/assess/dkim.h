/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DKIM keys at the selectors we can think of (RFC 6376 3.6). DNS cannot list selectors, so that no
 * key was found never means that there is none.
 */
#ifndef MAILSEAL_ASSESS_DKIM_H
#define MAILSEAL_ASSESS_DKIM_H

#include "assess/assessment.h"
#include "records/dkim_key.h"

struct provider;

/* A selector nobody uses: what answers here answers everywhere. */
#define DKIM_PROBE_SELECTOR "mailseal-probe-0b5e"
/* TXT records looked at for one selector. */
#define DKIM_MAX_RECORDS 10

enum dkim_selector_state {
	DKIM_SELECTOR_NONE,	/* no TXT record there */
	DKIM_SELECTOR_KEY,	/* a key that verifiers can use */
	DKIM_SELECTOR_REVOKED,	/* an empty key */
	DKIM_SELECTOR_BROKEN,	/* a key record that verifiers cannot use */
	DKIM_SELECTOR_NO_KEY,	/* TXT records, none of them a key */
	DKIM_SELECTOR_DANGLING, /* a CNAME to a name that holds no TXT record */
	DKIM_SELECTOR_WILDCARD, /* nothing of its own: what the wildcard says */
	DKIM_SELECTOR_UNKNOWN,	/* no usable answer */
};

struct dkim_selector {
	struct span selector; /* "s1" */
	struct span name;     /* "s1._domainkey.example.org" */
	bool is_given;	      /* the user named it */
	bool is_reported;     /* mail signed with it was reported */
	enum dkim_selector_state state;
	const struct dkim_key *key;	 /* NULL when there is none; the least text of several */
	size_t key_record_count;	 /* RFC 6376 3.6.2.2: more than one is a fault */
	struct span target;		 /* end of the CNAME chain; empty without one */
	bool is_target_nonexistent;	 /* dangling because of NXDOMAIN */
	const struct provider *provider; /* whose the CNAME target is; NULL when not known */
};

struct dkim_view {
	/*
	 * All that were tried, the likeliest first. Few when there is no tree, and when a parked
	 * domain answers for every selector with an empty key.
	 */
	const struct dkim_selector *selectors;
	size_t selector_count;
	size_t key_count; /* of them with a usable key */
	/* The name _domainkey does not exist, so most guesses were spared (RFC 8020). */
	bool is_tree_absent;
	/*
	 * What an invented selector gets: *._domainkey, or a wildcard further up. NONE when there
	 * is no wildcard; REVOKED is what a parked domain should say. Its names are empty.
	 */
	struct dkim_selector wildcard;
};

void dkim_assess(struct assessment *a);

#endif

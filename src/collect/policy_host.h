/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Where a policy is to be fetched: the host's addresses as the facts have them, which our own
 * resolver looked up. Pure. What is dialled later is these addresses and never the name again, so
 * that an answer that changes in between (DNS rebinding) leads nowhere.
 */
#ifndef MAILSEAL_COLLECT_POLICY_HOST_H
#define MAILSEAL_COLLECT_POLICY_HOST_H

#include "facts/set.h"

/* A sender tries a few; more help nobody. */
#define POLICY_HOST_MAX_ADDRESSES 8

enum policy_host_state {
	POLICY_HOST_KNOWN,    /* there are addresses to dial */
	POLICY_HOST_ABSENT,   /* the name does not exist, or has no address */
	POLICY_HOST_UNKNOWN,  /* its addresses could not be looked up: see failure */
	POLICY_HOST_FILTERED, /* it has only addresses that are not dialled: see detail */
	POLICY_HOST_NOT_ASKED /* nobody looked them up, or they are assumed by what-if */
};

struct policy_host {
	struct span name; /* "mta-sts.example.org" */
	enum policy_host_state state;
	enum fact_failure failure;
	struct span detail; /* "private" */
	struct network addresses[POLICY_HOST_MAX_ADDRESSES];
	size_t address_count;
};

/* domain must be canonical. Names go into the arena. */
struct policy_host policy_host_find(struct arena *arena, const struct facts *facts,
				    struct span domain, bool allows_private);

#endif

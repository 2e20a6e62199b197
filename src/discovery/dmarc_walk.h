/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * RFC 9989 4.10: walking up the name tree, for the organisational domain and the record that
 * counts. Every identifier of a message needs its own walk; the facts below are shared, so that
 * asks nothing twice.
 */
#ifndef MAILSEAL_DISCOVERY_DMARC_WALK_H
#define MAILSEAL_DISCOVERY_DMARC_WALK_H

#include "discovery/dmarc_step.h"

/* RFC 9989 4.10: never more than eight queries */
#define DMARC_WALK_MAX 8

struct dmarc_walk {
	struct span start; /* "*.example.org" for a walk from below */
	struct dmarc_step steps[DMARC_WALK_MAX];
	size_t step_count; /* those the outcome rests on: up to the first psd=y or psd=n */
	/* The first answer that is missing for the organisational domain; NULL when it is known. */
	const struct fact *unknown;
	struct span organisation; /* empty when unknown */
	/* The record that counts: the start's own, the organisation's, or the public suffix'. */
	const struct dmarc_step *holder;
	bool is_holder_known; /* false: the missing answer may change the holder */
	/*
	 * A top-level domain's record without psd. By the letter it would make everyone below that
	 * top-level domain one organisation; we take it for a public suffix instead. NULL when
	 * there is none.
	 */
	const struct dmarc_step *refused;
};

/* start must be canonical. NULL only when the arena failed. */
const struct dmarc_walk *dmarc_walk(struct arena *arena, struct inquiry *inquiry,
				    struct span start);
/*
 * The walk of any subdomain of domain that has no record of its own. Asks what dmarc_walk(domain)
 * asks (from 8 labels on without domain itself, which such a walk jumps over).
 */
const struct dmarc_walk *dmarc_walk_below(struct arena *arena, struct inquiry *inquiry,
					  struct span domain);
/* The step at a domain, or NULL when the walk did not come by. */
const struct dmarc_step *dmarc_walk_find(const struct dmarc_walk *walk, struct span domain);

#endif

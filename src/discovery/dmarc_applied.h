/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The policy that comes of a walk, as a receiver that follows RFC 9989 applies it. */
#ifndef MAILSEAL_DISCOVERY_DMARC_APPLIED_H
#define MAILSEAL_DISCOVERY_DMARC_APPLIED_H

#include "discovery/dmarc_walk.h"

enum dmarc_status {
	DMARC_APPLIES,
	DMARC_NO_RECORD, /* nothing counts for the name */
	DMARC_UNUSABLE,	 /* the record that counts has no valid policy and nobody to report to */
	DMARC_UNKNOWN,	 /* an answer is missing */
};

/* Which policy tag a name is under. */
enum dmarc_relation {
	DMARC_OWN,	   /* p: the record stands at the name */
	DMARC_EXISTING,	   /* sp: the name exists and the record stands above it */
	DMARC_NONEXISTENT, /* np: likewise, but the name does not exist */
};

struct dmarc_applied {
	enum dmarc_status status;
	const struct dmarc_step *holder; /* where the record stands; NULL when there is none */
	enum dmarc_relation relation;
	enum dmarc_policy published; /* what the tag says; ABSENT unless DMARC_APPLIES */
	enum dmarc_policy policy;    /* the same after t=y lowered it */
	const struct fact *unknown;  /* the missing answer when DMARC_UNKNOWN */
};

/*
 * What applies to the name the walk started from. When the record stands above it and sp and np
 * differ this asks whether the name exists.
 */
struct dmarc_applied dmarc_applied_to_start(const struct dmarc_walk *walk, struct inquiry *inquiry);
/* What applies to a name without a record of its own; walk is from dmarc_walk_below(). */
struct dmarc_applied dmarc_applied_below(const struct dmarc_walk *walk,
					 enum dmarc_relation relation);

#endif

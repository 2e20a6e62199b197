/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The policy as receivers that still follow RFC 7489 find it: the organisational domain comes from
 * the public suffix list, pct counts, np, psd and t are unknown words.
 */
#ifndef MAILSEAL_DISCOVERY_DMARC_RFC7489_H
#define MAILSEAL_DISCOVERY_DMARC_RFC7489_H

#include "discovery/dmarc_applied.h"
#include "records/public_suffix.h"

struct dmarc_rfc7489 {
	struct span organisation;   /* empty when the name is itself a public suffix */
	struct dmarc_applied name;  /* what applies to the name */
	struct dmarc_applied below; /* what applies to any subdomain without a record */
	unsigned pct; /* share of failing mail the policy is applied to, in per cent */
};

/* Reuses what the walk of the same name has read. */
struct dmarc_rfc7489 dmarc_rfc7489(struct arena *arena, struct inquiry *inquiry,
				   const struct dmarc_walk *walk,
				   const struct public_suffix_list *suffixes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DMARC: what do receivers do with mail that claims to come from the domain and is not, and who is
 * told? Judged as RFC 9989 has it, and beside that as receivers see it that still follow RFC 7489.
 */
#ifndef MAILSEAL_ASSESS_DMARC_H
#define MAILSEAL_ASSESS_DMARC_H

#include "assess/destination.h"

struct dmarc_view {
	/* RFC 9989: the names asked for the domain, and for its subdomains without a record. */
	const struct dmarc_walk *walk;
	const struct dmarc_walk *below;
	/* What stands at the domain itself: walk->steps[0]. */
	const struct dmarc_step *own;
	/* The record that counts for the domain, wherever it stands; NULL when none or unknown. */
	const struct dmarc_step *holder;
	const struct dmarc_record *record; /* of the holder */
	struct dmarc_applied domain;	   /* what applies to the domain */
	struct dmarc_applied subdomain;	   /* to a subdomain that exists */
	struct dmarc_applied invented;	   /* to a subdomain that does not */
	struct dmarc_rfc7489 rfc7489;	   /* the older reading */
	struct destinations rua;
	struct destinations ruf;
	enum answer has_working_reports; /* a rua destination that receives and may; never PARTLY */
};

void dmarc_assess(struct assessment *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Has a report address agreed to get the reports of somebody else's domain? (RFC 9990 4) */
#ifndef MAILSEAL_DISCOVERY_REPORT_DESTINATION_H
#define MAILSEAL_DISCOVERY_REPORT_DESTINATION_H

#include "discovery/dmarc_walk.h"

enum report_consent {
	REPORT_CONSENT_NOT_NEEDED, /* same organisation */
	REPORT_CONSENT_GIVEN,
	REPORT_CONSENT_MISSING,	  /* no such record: reports are not sent */
	REPORT_CONSENT_ELSEWHERE, /* it redirects to another host, which voids it */
	REPORT_CONSENT_UNKNOWN,
};

struct report_permission {
	enum report_consent consent;
	struct span name;	    /* where the consent stands or should stand; may be empty */
	const struct fact *unknown; /* the missing answer when REPORT_CONSENT_UNKNOWN */
};

/*
 * policy is the walk of the domain the record stands at; host the canonical domain of the address.
 * Receivers without an answer to any of these questions do not send.
 */
struct report_permission report_permission_find(struct arena *arena, struct inquiry *inquiry,
						const struct dmarc_walk *policy, struct span host);

#endif

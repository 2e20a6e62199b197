/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the parts of planning share. Only service/spoof_plan*.c use this. */
#ifndef MAILSEAL_SERVICE_SPOOF_PLANNING_H
#define MAILSEAL_SERVICE_SPOOF_PLANNING_H

#include "service/spoof_plan.h"

struct planning {
	struct assessment *a;
	struct vector *attempts;
	struct span subdomains[SPOOF_MAX_SUBDOMAINS];
	size_t subdomain_count;
};

/* A stranger's attempt, from an address that the domain never heard of; NULL at the limit. */
struct spoof_attempt *planning_add(struct planning *p, enum spoof_vector vector, struct span author,
				   struct span mail_from_domain);
/*
 * A stranger's address: one that no range of the domain holds, if there is such a one. From ranges
 * set aside for measurements and examples (RFC 2544, 5737), so that nobody is pointed at.
 */
struct network planning_stranger(const struct assessment *a);
/* Ranges and names that SPF authorises. */
void planning_add_from_spf(struct planning *p);
/* Keys that are weak, in test mode, shared, or at a name that is free. */
void planning_add_from_keys(struct planning *p);

#endif

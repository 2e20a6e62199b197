/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Whose network an address is in, and in which country, from files of the user's own in MaxMind's
 * format (GeoLite2, DB-IP and IPinfo are known layouts). Nothing is bundled and nothing is asked
 * over the network. Built without libmaxminddb, opening fails and says so.
 */
#ifndef MAILSEAL_SERVICE_OWNERS_H
#define MAILSEAL_SERVICE_OWNERS_H

#include "service/senders.h"

struct owners;

/* Either path may be NULL. */
int owners_open(const char *asn_path, const char *country_path, struct owners **ret_owners,
		struct failure *reterr) MUST_CHECK;
void owners_close(struct owners *owners);
/* Fills in owner and country of every source that the files know. */
void owners_name(const struct owners *owners, struct senders_report *report);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the name servers to ask about a name whose look-up failed. */
#ifndef MAILSEAL_COLLECT_DNS_ZONE_H
#define MAILSEAL_COLLECT_DNS_ZONE_H

#include "collect/dns_diagnose.h"
#include "collect/dns_packet.h"

/*
 * Sets zone and servers of each case to the closest zone at or above its name whose NS records can
 * be looked up. A case is done when there is no such zone (not even the root: network) or its
 * servers have no address.
 */
int dns_zone_find(const struct dns_doctor *doctor, struct arena *arena, struct dns_case **cases,
		  size_t count, struct failure *reterr) MUST_CHECK;
/* True when the packet refers to a zone below the case's, towards its name. */
bool dns_zone_is_referral(const struct dns_case *one, const struct dns_packet *packet);
/*
 * Follows such a referral: sets zone and servers, from glue or by looking the addresses up. A case
 * is done when the servers have no address.
 */
int dns_zone_follow(const struct dns_doctor *doctor, struct arena *arena, struct dns_case *one,
		    const struct dns_packet *packet, struct failure *reterr) MUST_CHECK;

#endif

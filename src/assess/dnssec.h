/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DNSSEC: are the domain and its mail hosts signed, and do the signatures hold? (RFC 4035; RFC 7672
 * 2.1 for why mail cares.) Runs after mx. */
#ifndef MAILSEAL_ASSESS_DNSSEC_H
#define MAILSEAL_ASSESS_DNSSEC_H

#include "assess/assessment.h"

struct dnssec_view {
	enum dnssec_status domain;
	struct span why_bogus; /* the validator's words; empty unless bogus */
};

void dnssec_assess(struct assessment *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Counts over the results of a scan: who has adopted what, and who enforces it. */
#ifndef MAILSEAL_SERVICE_SCAN_TALLY_H
#define MAILSEAL_SERVICE_SCAN_TALLY_H

#include "service/scan.h"

#define SCAN_TALLY_KINDS (DOMAIN_UNKNOWN + 1)
#define SCAN_TALLY_ANSWERS (ANSWER_UNKNOWN + 1)
#define SCAN_TALLY_STATUSES (CONTROL_UNKNOWN + 1)

/* What strangers' mail meets; see the measure dmarc.policy. */
enum scan_policy {
	SCAN_POLICY_ABSENT,
	SCAN_POLICY_NONE,
	SCAN_POLICY_QUARANTINE,
	SCAN_POLICY_REJECT,
	SCAN_POLICY_UNKNOWN,
	SCAN_POLICY_COUNT,
};

struct scan_tally {
	uint64_t domains;
	uint64_t incomplete; /* with a look-up that failed */
	uint64_t kinds[SCAN_TALLY_KINDS];
	/* Only domains that exist count below. */
	uint64_t existing;
	uint64_t spoofable[SCAN_TALLY_ANSWERS];
	uint64_t interceptable[SCAN_TALLY_ANSWERS];
	uint64_t controls[CONTROL_COUNT][SCAN_TALLY_STATUSES];
	uint64_t policies[SCAN_POLICY_COUNT];
	uint64_t worst[SEVERITY_CRITICAL + 1]; /* domains by their most severe finding */
};

void scan_tally_add(struct scan_tally *tally, const struct scan_result *result);
/* The most severe finding's; SEVERITY_GOOD when there is none. */
enum severity scan_worst(const struct assessment *a);

#endif

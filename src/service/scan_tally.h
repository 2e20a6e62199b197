/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Counts over the results of a scan: who has adopted what, and who enforces it. */
#ifndef MAILSEAL_SERVICE_SCAN_TALLY_H
#define MAILSEAL_SERVICE_SCAN_TALLY_H

#include "estate/standing.h"
#include "service/results_file.h"
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
	/* Absent where the domain takes no mail, so that nothing is missing; not in controls[]. */
	uint64_t not_needed[CONTROL_COUNT];
	uint64_t policies[SCAN_POLICY_COUNT];
	uint64_t worst[SEVERITY_CRITICAL + 1]; /* domains by their most severe finding */
};

/* What counts of one result. */
struct scan_tally_row {
	enum domain_kind kind;
	enum answer spoofable;
	enum answer interceptable;
	enum control_status controls[CONTROL_COUNT];
	enum scan_policy policy;
	enum severity worst;
	bool is_incomplete;
};

void scan_tally_count(struct scan_tally *tally, const struct scan_tally_row *row);
void scan_tally_add(struct scan_tally *tally, const struct scan_result *result);
/* A line that was written before, without its line end. False when it is no result of this form, or
 * of a version that wrote others: then nothing is counted. */
bool scan_tally_add_line(struct scan_tally *tally, enum results_form form,
			 struct span line) MUST_CHECK;
/* A result out of a database. */
void scan_tally_add_standing(struct scan_tally *tally, const struct standing *standing,
			     bool is_incomplete);
/* The most severe finding's; SEVERITY_GOOD when there is none. */
enum severity scan_worst(const struct assessment *a);

#endif

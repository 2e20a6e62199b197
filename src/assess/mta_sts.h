/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * MTA-STS: does the domain tell senders to insist on a protected connection, and can they do so?
 * (RFC 8461) The TXT record, the policy behind it, and whether the mail hosts live up to it. Runs
 * after transit.
 */
#ifndef MAILSEAL_ASSESS_MTA_STS_H
#define MAILSEAL_ASSESS_MTA_STS_H

#include "assess/transit.h"
#include "assess/txt_records.h"
#include "records/mta_sts.h"
#include "records/mta_sts_policy.h"

/* RFC 8461 3.2 wants weeks; below a day a sender forgets it between two messages. */
#define MTA_STS_SHORTEST_MAX_AGE_S 86400

struct mta_sts_view {
	struct txt_records found;
	const struct mta_sts_record *record; /* NULL unless there is exactly one */
	/* The rest is about a policy that a sender would look for. */
	const struct policy_fetch *fetch;    /* NULL: none was made, or nothing came of it */
	const struct mta_sts_policy *policy; /* NULL: there is none to read */
	/* No record, no policy, or known to be useless: senders go on without. */
	bool is_without;
	/* By the lenient reading, and only while not is_without; ABSENT: not known. */
	enum mta_sts_mode mode;
	bool is_strict; /* strict senders read it as well */
};

void mta_sts_assess(struct assessment *a);
/* Judges what came of fetching the policy; the record is valid. Inside of mta_sts. */
void mta_sts_policy_assess(struct assessment *a, struct mta_sts_view *view);
/* RFC 8461 4.1: would a sender that obeys the policy use this host at all? */
bool mta_sts_allows(const struct mta_sts_view *view, const struct mx_host *host);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS records: the TXT record at _mta-sts (RFC 8461 3.1), which says that there is a policy and
 * when it changed. */
#ifndef MAILSEAL_RECORDS_MTA_STS_H
#define MAILSEAL_RECORDS_MTA_STS_H

#include "base/buffer.h"
#include "records/problem.h"
#include "records/tag_list.h"

/* RFC 8461 3.1: letters and digits of an id, and of an extension's name */
#define MTA_STS_ID_MAX 32

struct mta_sts_record {
	struct span text;
	struct tag_list tags; /* the extensions are here */
	struct span id;	      /* as written; empty when absent */
	bool has_id;
	struct problems problems;
};

/* RFC 8461 3.1: starts with exactly "v=STSv1" and ";"; senders discard everything else. */
bool mta_sts_record_is_sts(struct span text);
/* Looks like an MTA-STS record gone wrong ("v=stsv1;", "STSv1; id=1", no ";"): for a useful
 * finding.
 */
bool mta_sts_record_is_near_miss(struct span text);
/* Never fails on bad text; NULL only when the arena failed. */
struct mta_sts_record *mta_sts_record_parse(struct arena *arena, struct span text);
/* True when a sender fetches the policy because of it: a well-formed id and no error beside. */
bool mta_sts_record_is_valid(const struct mta_sts_record *record);
/* The id, then the extensions as they were. */
void mta_sts_record_write(const struct mta_sts_record *record, struct buffer *text);

#endif

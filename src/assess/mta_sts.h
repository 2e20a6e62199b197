/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * MTA-STS: does the domain tell senders to insist on a protected connection? (RFC 8461) This judges
 * the TXT record; the policy behind it is fetched over HTTPS, which is not done yet and said so.
 */
#ifndef MAILSEAL_ASSESS_MTA_STS_H
#define MAILSEAL_ASSESS_MTA_STS_H

#include "assess/txt_records.h"
#include "records/mta_sts.h"

struct mta_sts_view {
	struct txt_records found;
	const struct mta_sts_record *record; /* NULL unless there is exactly one */
};

void mta_sts_assess(struct assessment *a);

#endif

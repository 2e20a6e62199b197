/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Whether what a store keeps twice agrees with itself: rows, the ledger, and the sums of both. */
#ifndef MAILSEAL_TESTS_STORE_AUDIT_H
#define MAILSEAL_TESTS_STORE_AUDIT_H

#include "store/store.h"

struct audit {
	int64_t orphans;     /* rows whose report is not in the ledger */
	int64_t bad_reports; /* the ledger's counts are not those of the rows */
	int64_t bad_days;    /* likewise the sums by day */
	int64_t bad_streams; /* likewise the parts by week, each stream and day for itself */
};

int audit_store(struct store *store, struct audit *ret_audit, struct failure *reterr);

static inline bool audit_is_clean(const struct audit *audit)
{
	return audit->orphans + audit->bad_reports + audit->bad_days + audit->bad_streams == 0;
}

#endif

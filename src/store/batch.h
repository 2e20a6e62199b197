/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Rows and reports that wait in memory, so that they are settled and written many together and in
 * the order of their keys. All is in one transaction: what waits is lost with it, and only with it.
 *
 * A report with more rows than may wait is spilled: its rows so far are written under the key that
 * its beginning gave, and moved or deleted when the end knows better.
 */
#ifndef MAILSEAL_STORE_BATCH_H
#define MAILSEAL_STORE_BATCH_H

#include "store/ledger.h"

int batch_prepare(struct batch *batch, struct failure *reterr) MUST_CHECK;
void batch_free(struct batch *batch);
void batch_forget(struct batch *batch);

/* A row of the open report. */
int batch_row_add(struct store *store, const struct store_row *row, int64_t messages,
		  struct failure *reterr) MUST_CHECK;
/* The open report has ended as the entry says. With ret_outcome, which may be NULL, it is settled
 * at once. */
int batch_report_end(struct store *store, struct ledger_entry *entry,
		     enum store_outcome *ret_outcome, struct failure *reterr) MUST_CHECK;
/* The open report never was. */
int batch_report_discard(struct store *store, struct failure *reterr) MUST_CHECK;
/* Reports that have ended are in the database, or held already. The last one's outcome to
 * ret_outcome, which may be NULL. */
int batch_settle(struct store *store, enum store_outcome *ret_outcome,
		 struct failure *reterr) MUST_CHECK;

#endif

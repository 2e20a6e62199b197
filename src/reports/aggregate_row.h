/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A row whose elements have all been read: what is missing, and its hash. */
#ifndef MAILSEAL_REPORTS_AGGREGATE_ROW_H
#define MAILSEAL_REPORTS_AGGREGATE_ROW_H

#include "reports/hash.h"
#include "reports/reading.h"

/* Empties what was used of it, but does not touch the rest of the long lists. */
void aggregate_row_clear(struct aggregate_row *row);
/* Fills in what can be and warns of what cannot. */
void aggregate_row_finish(struct reading *reading, const struct aggregate_report *report,
			  struct aggregate_row *row);

#endif

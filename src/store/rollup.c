/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a batch into the sums by week. */
#include "store/rollup.h"

#include "store/internal.h"

/* Each report leads to its own rows: what is held of other reports is not read. */
#define TABLES "report r CROSS JOIN fact f"
#define OF_REPORTS                                                                                 \
	"r.id BETWEEN $1 AND $2 AND r.kind = 1 AND f.day = r.day AND f.domain = r.domain"          \
	" AND f.report = r.id"

static const char *const add_reports_sql[DRIVER_COUNT] = {
	[DRIVER_SQLITE] = ROLLUP_SQLITE(TABLES, OF_REPORTS),
	[DRIVER_POSTGRESQL] = ROLLUP_POSTGRESQL(TABLES, OF_REPORTS),
};

int store_rollup(struct store *store, struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	if (store->first_unsummed == 0) {
		return 0;
	}
	struct driver_value values[] = {driver_integer(store->first_unsummed),
					driver_integer(store->next_report_id - 1)};
	struct driver_query query = {
		.sql = add_reports_sql[class->kind], .values = values, .count = 2};
	int r = class->facts_flush(store->driver, reterr);
	if (r == 0) {
		r = store_query(store, &query, reterr);
	}
	store->first_unsummed = 0;
	return r;
}

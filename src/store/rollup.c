/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a batch into the sums by week. */
#include "store/rollup.h"

#include "store/internal.h"

/* Each report leads to its own rows: what is held of other reports is not read. */
#define TABLES "report r CROSS JOIN fact f"
#define OF_REPORTS                                                                                 \
	"r.id BETWEEN $1 AND $2 AND r.kind = 1 AND f.day = r.day AND f.domain = r.domain"          \
	" AND f.report = r.id AND " COUNTS("r")

static const char *const add_reports_sql[DRIVER_COUNT] = {
	[DRIVER_SQLITE] = ROLLUP_SQLITE(TABLES, OF_REPORTS),
	[DRIVER_POSTGRESQL] = ROLLUP_POSTGRESQL(TABLES, OF_REPORTS),
};

/* $1 is the week, $2 the domain, $3 and $4 the week's first and last day. */
#define WEEK_TABLES "fact f CROSS JOIN report r"
#define OF_WEEK                                                                                    \
	"$1 >= 0 AND f.domain = $2 AND f.day BETWEEN $3 AND $4 AND r.id = f.report AND " COUNTS("r")

static const char *const add_week_sql[DRIVER_COUNT] = {
	[DRIVER_SQLITE] = ROLLUP_SQLITE(WEEK_TABLES, OF_WEEK),
	[DRIVER_POSTGRESQL] = ROLLUP_POSTGRESQL(WEEK_TABLES, OF_WEEK),
};

int store_rollup_again(struct store *store, int64_t day, int64_t domain, struct failure *reterr)
{
	int64_t week = day / ROLLUP_WEEK_DAYS;
	struct driver_value values[] = {
		driver_integer(week), driver_integer(domain),
		driver_integer(week * ROLLUP_WEEK_DAYS),
		driver_integer(week * ROLLUP_WEEK_DAYS + ROLLUP_WEEK_DAYS - 1)};
	struct driver_query clear = {.sql = "DELETE FROM stream_week WHERE week = $1 AND domain = "
					    "$2",
				     .values = values,
				     .count = 2};
	struct driver_query add = {
		.sql = add_week_sql[store->driver->class->kind], .values = values, .count = 4};
	int r = store_query(store, &clear, reterr);
	return r == 0 ? store_query(store, &add, reterr) : r;
}

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

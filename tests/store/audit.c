/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Both sides of each sum are added up with opposite signs: what is left over does not agree. */
#include "audit.h"

#include "store/internal.h"

/* What is left out of all counts is in the rows, and in no sum. */
#define COUNTED_FACTS "fact f JOIN report r ON r.id = f.report AND " COUNTS("r")

static const char orphans_sql[] =
	"SELECT count(*) FROM fact f WHERE NOT EXISTS (SELECT 1 FROM report r WHERE r.id = f.report"
	" AND r.day = f.day AND r.domain = f.domain AND r.kind = 1)";

static const char reports_sql[] =
	"SELECT count(*) FROM (SELECT id FROM (SELECT id, row_count AS n, message_count AS m"
	" FROM report WHERE kind = 1 UNION ALL SELECT report, -count(*), -sum(messages) FROM fact"
	" GROUP BY report) u GROUP BY id HAVING sum(n) <> 0 OR sum(m) <> 0) bad";

static const char days_sql[] =
	"SELECT count(*) FROM (SELECT domain, day FROM (SELECT domain, day, reports AS p,"
	" row_count AS n, messages AS m FROM day_total"
	" UNION ALL SELECT f.domain, f.day, 0, -count(*), -sum(f.messages) FROM " COUNTED_FACTS
	" GROUP BY f.domain, f.day"
	" UNION ALL SELECT domain, day, -count(*), 0, 0 FROM report r WHERE kind = 1 AND " COUNTS(
		"r") " GROUP BY domain, day) u GROUP BY domain, day"
		     " HAVING sum(p) <> 0 OR sum(n) <> 0 OR sum(m) <> 0) bad";

#define STREAM "domain, pattern, source"
#define DAY(number, bit)                                                                           \
	"SELECT week * 7 + " number " AS day, " STREAM ", 1 AS n, m" number                        \
	" AS m FROM stream_week WHERE (days & " bit ") <> 0 OR m" number " <> 0 UNION ALL "

static const char streams_sql[] = "SELECT count(*) FROM (SELECT day, " STREAM " FROM (" DAY(
	"0", "1") DAY("1", "2") DAY("2", "4") DAY("3", "8") DAY("4", "16") DAY("5", "32")
	DAY("6", "64") "SELECT f.day, f.domain, f.pattern, f.source, -1, -sum(f.messages) "
		       "FROM " COUNTED_FACTS
		       " GROUP BY f.day, f.domain, f.pattern, f.source) u GROUP BY day, " STREAM
		       " HAVING sum(n) <> 0 OR sum(m) <> 0) bad";

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

int audit_store(struct store *store, struct audit *ret_audit, struct failure *reterr)
{
	const struct driver_query queries[] = {
		{.sql = orphans_sql, .each = take_integer, .context = &ret_audit->orphans},
		{.sql = reports_sql, .each = take_integer, .context = &ret_audit->bad_reports},
		{.sql = days_sql, .each = take_integer, .context = &ret_audit->bad_days},
		{.sql = streams_sql, .each = take_integer, .context = &ret_audit->bad_streams},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(queries) / sizeof(queries[0]); i++) {
		r = store_query(store, &queries[i], reterr);
	}
	return r;
}

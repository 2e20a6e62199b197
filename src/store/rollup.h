/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rows added up by week, as the second step of the tables of reports had them. */
#ifndef MAILSEAL_STORE_ROLLUP_H
#define MAILSEAL_STORE_ROLLUP_H

#define ROLLUP_WEEK_DAYS 7

#define ROLLUP_KEY "week, domain, pattern, source"

#define ROLLUP_COLUMNS ROLLUP_KEY ", days, m0, m1, m2, m3, m4, m5, m6"

#define ROLLUP_STREAM "f.day / 7, f.domain, f.pattern, f.source, "

#define ROLLUP_ON_DAY(number) "CASE f.day % 7 WHEN " number " THEN f.messages ELSE 0 END"
#define ROLLUP_SUM_OF_DAY(number) "CAST(sum(" ROLLUP_ON_DAY(number) ") AS BIGINT)"

#define ROLLUP_ADD                                                                                 \
	" ON CONFLICT (" ROLLUP_KEY ") DO UPDATE SET days = stream_week.days | excluded.days,"     \
	" m0 = stream_week.m0 + excluded.m0, m1 = stream_week.m1 + excluded.m1,"                   \
	" m2 = stream_week.m2 + excluded.m2, m3 = stream_week.m3 + excluded.m3,"                   \
	" m4 = stream_week.m4 + excluded.m4, m5 = stream_week.m5 + excluded.m5,"                   \
	" m6 = stream_week.m6 + excluded.m6"

/* clang-format off: it would put each word on a line of its own */
#define ROLLUP_WEEK(value)                                                                         \
	value("0") ", " value("1") ", " value("2") ", " value("3") ", " value("4") ", " value(     \
		"5") ", " value("6")

#define ROLLUP_INSERT "INSERT INTO stream_week (" ROLLUP_COLUMNS ") SELECT " ROLLUP_STREAM

/* Adds the facts f of these tables. SQLite adds row by row, which sorts nothing. */
#define ROLLUP_SQLITE(tables, condition)                                                           \
	ROLLUP_INSERT                                                                              \
	"1 << (f.day % 7), " ROLLUP_WEEK(ROLLUP_ON_DAY) " FROM " tables                            \
							" WHERE " condition ROLLUP_ADD

/* PostgreSQL refuses to change a row twice in one statement, so equal facts come together first. */
#define ROLLUP_POSTGRESQL(tables, condition)                                                       \
	ROLLUP_INSERT "bit_or(CAST(1 << (f.day % 7) AS SMALLINT)), " ROLLUP_WEEK(                  \
		ROLLUP_SUM_OF_DAY) " FROM " tables " WHERE " condition                             \
				   " GROUP BY 1, 2, 3, 4" ROLLUP_ADD
/* clang-format on */

#endif

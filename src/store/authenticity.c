/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the ledger says of where reports come from, and of those that repeat each other. */
#include "store/internal.h"

struct reading {
	void *context;
	store_authenticity_fn *authenticity;
	store_repetition_fn *repetition;
};

static const char authenticities_sql[] =
	"SELECT coalesce(w.text, ''), coalesce(f.text, ''), r.kind, r.authenticity, r.reports,"
	" r.messages, r.first_at, r.last_at FROM (SELECT reporter, mail_from, kind, authenticity,"
	" count(*) AS reports, CAST(sum(message_count) AS BIGINT) AS messages,"
	" min(begin_at) AS first_at, max(end_at) AS last_at FROM report"
	" WHERE domain IN " SCOPE_DOMAINS " AND day BETWEEN $2 AND $3"
	" GROUP BY reporter, mail_from, kind, authenticity) r"
	" LEFT JOIN word w ON w.id = r.reporter LEFT JOIN word f ON f.id = r.mail_from"
	" ORDER BY r.reports DESC, w.text, f.text, r.kind, r.authenticity";

static int give_authenticity(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_authenticity_line line = {
		.reporter = v[0].text,
		.mail_from = v[1].text,
		.kind = (enum store_kind)v[2].integer,
		.authenticity = (enum store_authenticity)v[3].integer,
		.reports = (uint64_t)v[4].integer,
		.messages = (uint64_t)v[5].integer,
		.first_at = v[6].integer,
		.last_at = v[7].integer,
	};
	return reading->authenticity(reading->context, &line);
}

static int run(struct store *store, const char *sql, const struct store_scope *scope,
	       driver_row_fn *each, struct reading *reading, struct failure *reterr)
{
	struct driver_value values[] = {driver_text(scope->domain),
					driver_integer(scope->first_day),
					driver_integer(scope->last_day)};
	struct driver_query query = {sql, values, 3, each, reading};
	return store_query(store, &query, reterr);
}

int store_authenticities(struct store *store, const struct store_scope *scope,
			 store_authenticity_fn *each, void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .authenticity = each};
	return run(store, authenticities_sql, scope, give_authenticity, &reading, reterr);
}

/* Hazard 53: windows that overlap. Many reporters end a window where, or a second after, the next
 * one begins, and clocks differ: a minute is allowed. */
static const char repetitions_sql[] =
	"SELECT coalesce(w.text, ''), s.reports, s.overlapping, s.same_id FROM"
	" (SELECT reporter, count(*) AS reports,"
	" count(CASE WHEN version = 0 AND begin_at < before - 60 THEN 1 END) AS overlapping,"
	" count(CASE WHEN version > 0 THEN 1 END) AS same_id FROM"
	" (SELECT reporter, version, begin_at, max(end_at) OVER (PARTITION BY domain, reporter"
	" ORDER BY begin_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"
	" FROM report r WHERE domain IN " SCOPE_DOMAINS
	" AND day BETWEEN $2 AND $3 AND kind = 1 AND " COUNTS(
		"r") ") windows GROUP BY reporter) s"
		     " LEFT JOIN word w ON w.id = s.reporter WHERE s.overlapping + s.same_id > 0"
		     " ORDER BY s.overlapping + s.same_id DESC, w.text";

static int give_repetition(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_repetition repetition = {
		.reporter = v[0].text,
		.reports = (uint64_t)v[1].integer,
		.overlapping = (uint64_t)v[2].integer,
		.same_id = (uint64_t)v[3].integer,
	};
	return reading->repetition(reading->context, &repetition);
}

int store_repetitions(struct store *store, const struct store_scope *scope,
		      store_repetition_fn *each, void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .repetition = each};
	return run(store, repetitions_sql, scope, give_repetition, &reading, reterr);
}

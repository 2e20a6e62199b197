/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What senders, plan and check ask of the store. */
#include "store/internal.h"

struct reading {
	void *context;
	store_day_fn *day;
	store_policy_fn *policy;
	store_reporter_fn *reporter;
	store_tls_fn *tls;
};

static const char days_sql[] =
	"SELECT day, CAST(sum(reports) AS BIGINT), CAST(sum(messages) AS BIGINT),"
	" CAST(sum(both_pass) AS BIGINT), CAST(sum(dkim_pass) AS BIGINT),"
	" CAST(sum(spf_pass) AS BIGINT), CAST(sum(quarantined) AS BIGINT),"
	" CAST(sum(rejected) AS BIGINT) FROM day_total WHERE domain IN " SCOPE_DOMAINS
	" AND day BETWEEN $2 AND $3 GROUP BY day ORDER BY day";

static int give_day(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_day day = {
		.day = v[0].integer,
		.reports = (uint64_t)v[1].integer,
		.messages = (uint64_t)v[2].integer,
		.both_pass = (uint64_t)v[3].integer,
		.dkim_pass = (uint64_t)v[4].integer,
		.spf_pass = (uint64_t)v[5].integer,
		.quarantined = (uint64_t)v[6].integer,
		.rejected = (uint64_t)v[7].integer,
	};
	return reading->day(reading->context, &day);
}

int store_days(struct store *store, const struct store_scope *scope, store_day_fn *each,
	       void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .day = each};
	struct driver_query query = {.sql = days_sql, .each = give_day, .context = &reading};
	return store_query_scope(store, scope, &query, reterr);
}

static const char policies_sql[] =
	"SELECT d.name, coalesce(w.text, ''), min(r.begin_at), max(r.end_at), count(*),"
	" CAST(sum(r.message_count) AS BIGINT) FROM report r JOIN domain d ON d.id = r.domain"
	" LEFT JOIN word w ON w.id = r.policy WHERE r.domain IN " SCOPE_DOMAINS
	" AND r.day BETWEEN $2 AND $3 AND r.kind = 1 AND " COUNTS(
		"r") " GROUP BY d.name, w.text"
		     " ORDER BY d.name, min(r.begin_at)";

static int give_policy(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_policy policy = {
		.domain = v[0].text,
		.policy = v[1].text,
		.first_at = v[2].integer,
		.last_at = v[3].integer,
		.reports = (uint64_t)v[4].integer,
		.messages = (uint64_t)v[5].integer,
	};
	return reading->policy(reading->context, &policy);
}

int store_policies(struct store *store, const struct store_scope *scope, store_policy_fn *each,
		   void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .policy = each};
	struct driver_query query = {.sql = policies_sql, .each = give_policy, .context = &reading};
	return store_query_scope(store, scope, &query, reterr);
}

static const char reporters_sql[] =
	"SELECT coalesce(w.text, ''), coalesce(c.text, ''), r.kind, r.reports, r.messages,"
	" r.first_at, r.last_at, r.proved FROM (SELECT reporter, max(contact) AS contact, kind,"
	" count(*) AS reports, CAST(sum(message_count) AS BIGINT) AS messages,"
	" min(begin_at) AS first_at, max(end_at) AS last_at,"
	" count(CASE WHEN authenticity = 30 THEN 1 END) AS proved FROM report"
	" WHERE domain IN " SCOPE_DOMAINS " AND day BETWEEN $2 AND $3 AND " COUNTS(
		"report") " GROUP BY reporter, kind) r LEFT JOIN word w ON w.id = r.reporter"
			  " LEFT JOIN word c ON c.id = r.contact ORDER BY r.messages DESC, w.text, "
			  "r.kind";

static int give_reporter(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_reporter reporter = {
		.name = v[0].text,
		.contact = v[1].text,
		.kind = (enum store_kind)v[2].integer,
		.reports = (uint64_t)v[3].integer,
		.messages = (uint64_t)v[4].integer,
		.first_at = v[5].integer,
		.last_at = v[6].integer,
		.proved = (uint64_t)v[7].integer,
	};
	return reading->reporter(reading->context, &reporter);
}

int store_reporters(struct store *store, const struct store_scope *scope, store_reporter_fn *each,
		    void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .reporter = each};
	struct driver_query query = {
		.sql = reporters_sql, .each = give_reporter, .context = &reading};
	return store_query_scope(store, scope, &query, reterr);
}

/* Of TLS reports or of failure reports. */
static const char details_sql[] =
	"SELECT coalesce(w0.text, ''), coalesce(w1.text, ''), coalesce(w2.text, ''),"
	" coalesce(w3.text, ''), coalesce(w4.text, ''), coalesce(w5.text, ''),"
	" coalesce(o.text, ''), CAST(sum(t.amount) AS BIGINT), min(t.day), max(t.day)"
	" FROM report r JOIN detail t ON t.day = r.day AND t.domain = r.domain"
	" AND t.report = r.id LEFT JOIN word w0 ON w0.id = t.word0"
	" LEFT JOIN word w1 ON w1.id = t.word1 LEFT JOIN word w2 ON w2.id = t.word2"
	" LEFT JOIN word w3 ON w3.id = t.word3 LEFT JOIN word w4 ON w4.id = t.word4"
	" LEFT JOIN word w5 ON w5.id = t.word5 LEFT JOIN word o ON o.id = r.reporter"
	" WHERE r.domain IN " SCOPE_DOMAINS
	" AND r.day BETWEEN $2 AND $3 AND r.kind = $4 AND " COUNTS(
		"r") " GROUP BY w0.text, w1.text, w2.text, w3.text, w4.text, w5.text, o.text"
		     " ORDER BY 8 DESC, 1, 2, 3, 4, 5, 6, 7";

static int give_tls(void *context, const struct driver_row *row)
{
	const struct reading *reading = context;
	const struct driver_value *v = row->values;
	struct store_tls_stream stream = {
		.detail = {.count = (uint64_t)v[7].integer},
		.reporter = v[6].text,
		.first_day = v[8].integer,
		.last_day = v[9].integer,
	};
	for (size_t i = 0; i < STORE_DETAIL_WORDS; i++) {
		stream.detail.words[i] = v[i].text;
	}
	return reading->tls(reading->context, &stream);
}

static int read_details(struct store *store, enum store_kind kind, const struct store_scope *scope,
			struct reading *reading, struct failure *reterr)
{
	struct buffer place = buffer_new(STORE_TEXT_MAX);
	struct driver_value values[] = {
		driver_text(store_place(scope->domain, &place)), driver_integer(scope->first_day),
		driver_integer(scope->last_day), driver_integer((int64_t)kind)};
	struct driver_query query = {details_sql, values, 4, give_tls, reading};
	int r = store_query(store, &query, reterr);
	buffer_free(&place);
	return r;
}

int store_tls_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
		      void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .tls = each};
	return read_details(store, STORE_TLS, scope, &reading, reterr);
}

int store_failure_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
			  void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .tls = each};
	return read_details(store, STORE_FAILURE, scope, &reading, reterr);
}

static int take_total(void *context, const struct driver_row *row)
{
	struct store_total *total = context;
	total->reports = (uint64_t)row->values[0].integer;
	total->rows = (uint64_t)row->values[1].integer;
	total->messages = (uint64_t)row->values[2].integer;
	return 0;
}

/* The rows themselves are counted, not what the ledger says of them. */
static const char aggregate_total_sql[] =
	"SELECT (SELECT count(*) FROM report WHERE kind = $1), count(*),"
	" CAST(coalesce(sum(messages), 0) AS BIGINT) FROM fact";
static const char detail_total_sql[] =
	"SELECT (SELECT count(*) FROM report WHERE kind = $1), count(*),"
	" CAST(coalesce(sum(t.amount), 0) AS BIGINT) FROM detail t JOIN report r"
	" ON r.id = t.report WHERE r.kind = $1";

int store_total(struct store *store, enum store_kind kind, struct store_total *ret_total,
		struct failure *reterr)
{
	struct driver_value value = driver_integer((int64_t)kind);
	struct driver_query query = {kind == STORE_AGGREGATE ? aggregate_total_sql
							     : detail_total_sql,
				     &value, 1, take_total, ret_total};
	return store_query(store, &query, reterr);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the ledger says of where reports come from, and of those that repeat each other. */
#include "store/internal.h"

struct reading {
	void *context;
	store_authenticity_fn *authenticity;
};

static const char left_out_sql[] =
	"SELECT coalesce(w.text, ''), coalesce(f.text, ''), r.kind, r.authenticity, r.reports,"
	" r.messages, r.first_at, r.last_at FROM (SELECT reporter, mail_from, kind, authenticity,"
	" count(*) AS reports, CAST(sum(message_count) AS BIGINT) AS messages,"
	" min(begin_at) AS first_at, max(end_at) AS last_at FROM report"
	" WHERE domain IN " SCOPE_DOMAINS " AND day BETWEEN $2 AND $3"
	" AND authenticity BETWEEN 20 AND 29"
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

int store_left_out(struct store *store, const struct store_scope *scope,
		   store_authenticity_fn *each, void *context, struct failure *reterr)
{
	struct reading reading = {.context = context, .authenticity = each};
	struct driver_query query = {
		.sql = left_out_sql, .each = give_authenticity, .context = &reading};
	return store_query_scope(store, scope, &query, reterr);
}

/* ---- windows that overlap ---- */

/* Many reporters end a window where, or a second after, the next one begins, and clocks differ. */
#define OVERLAP_ALLOWED_S 60
#define REPEATING_BYTES ((size_t)64 << 20)
#define IDENTITY_BYTES ((size_t)STORE_TEXT_MAX * 2)

/* A reporter's reports on one domain. */
struct windows {
	int64_t reporter;
	int64_t latest_end;
	uint64_t reports;
	uint64_t overlapping;
	uint64_t same_id;
};

struct windows_reading {
	struct arena *arena;
	struct map by_key;	     /* domain and reporter -> struct windows */
	char before[IDENTITY_BYTES]; /* of the row before */
	size_t before_len;
};

/* In the order of the ledger's own index, which holds all of it: by domain and begin; reports of
 * one identity follow each other. What is left out is in it too. */
static const char windows_sql[] =
	"SELECT domain, reporter, begin_at, end_at, external_id FROM report WHERE domain"
	" IN " SCOPE_DOMAINS " AND begin_at BETWEEN $2 AND $3 AND kind = 1"
	" ORDER BY domain, begin_at, end_at, kind, reporter, external_id";

static struct windows *windows_of(struct windows_reading *reading, const int64_t key[2])
{
	struct span bytes = span_of(key, 2 * sizeof(key[0]));
	struct windows *windows = map_get(&reading->by_key, bytes);
	if (windows == NULL) {
		windows = arena_alloc(reading->arena, sizeof(*windows));
		bytes = arena_copy(reading->arena, bytes);
		if (windows == NULL || !map_put(&reading->by_key, bytes, windows)) {
			return NULL;
		}
		*windows = (struct windows){.reporter = key[1], .latest_end = INT64_MIN};
	}
	return windows;
}

/* True when the row has the identity of the one before. */
static bool is_repeated(struct windows_reading *reading, const struct driver_row *row)
{
	char identity[IDENTITY_BYTES];
	size_t len = 0;
	for (size_t i = 0; i < 4; i++) {
		memcpy(identity + len, &row->values[i].integer, sizeof(int64_t));
		len += sizeof(int64_t);
	}
	struct span id = span_slice(row->values[4].text, 0, sizeof(identity) - len);
	if (id.len > 0) {
		memcpy(identity + len, id.ptr, id.len);
	}
	len += id.len;
	bool is_same = len == reading->before_len && memcmp(identity, reading->before, len) == 0;
	memcpy(reading->before, identity, len);
	reading->before_len = len;
	return is_same;
}

static int take_window(void *context, const struct driver_row *row)
{
	struct windows_reading *reading = context;
	const int64_t key[2] = {row->values[0].integer, row->values[1].integer};
	struct windows *windows = windows_of(reading, key);
	if (windows == NULL) {
		return FAILURE_MEMORY;
	}
	int64_t begin = row->values[2].integer;
	int64_t end = row->values[3].integer;
	bool is_same = is_repeated(reading, row);
	bool is_overlapping =
		windows->latest_end > INT64_MIN && begin < windows->latest_end - OVERLAP_ALLOWED_S;
	windows->reports++;
	windows->same_id += is_same ? 1 : 0;
	windows->overlapping += !is_same && is_overlapping ? 1 : 0;
	windows->latest_end = end > windows->latest_end ? end : windows->latest_end;
	return 0;
}

struct naming {
	store_repetition_fn *each;
	void *context;
	struct store_repetition repetition;
};

static int give_repetition(void *context, const struct driver_row *row)
{
	struct naming *naming = context;
	naming->repetition.reporter = row->values[0].text;
	return naming->each(naming->context, &naming->repetition);
}

static int give_windows(struct store *store, const struct windows *windows,
			store_repetition_fn *each, void *context, struct failure *reterr)
{
	struct driver_value id = driver_integer(windows->reporter);
	struct naming naming = {each,
				context,
				{.reports = windows->reports,
				 .overlapping = windows->overlapping,
				 .same_id = windows->same_id}};
	struct driver_query query = {"SELECT text FROM word WHERE id = $1", &id, 1, give_repetition,
				     &naming};
	return store_query(store, &query, reterr);
}

static int read_windows(struct store *store, const struct store_scope *scope,
			struct windows_reading *reading, struct failure *reterr)
{
	struct buffer place = buffer_new(STORE_TEXT_MAX);
	struct driver_value values[] = {
		driver_text(store_place(scope->domain, &place)),
		driver_integer(scope->first_day * STORE_DAY_SECONDS),
		driver_integer((scope->last_day + 1) * STORE_DAY_SECONDS - 1)};
	struct driver_query query = {windows_sql, values, 3, take_window, reading};
	int r = store_query(store, &query, reterr);
	buffer_free(&place);
	return r == FAILURE_MEMORY ? failure_set_memory(reterr, "read the reports") : r;
}

int store_repetitions(struct store *store, const struct store_scope *scope,
		      store_repetition_fn *each, void *context, struct failure *reterr)
{
	struct windows_reading reading = {.arena = arena_new(REPEATING_BYTES)};
	if (reading.arena == NULL) {
		return failure_set_memory(reterr, "read the reports");
	}
	reading.by_key = map_new(reading.arena, STORE_STREAMS_MAX, 0);
	int r = read_windows(store, scope, &reading, reterr);
	for (size_t i = 0; r == 0 && i < map_count(&reading.by_key); i++) {
		const struct windows *windows = map_at(&reading.by_key, i)->value;
		if (windows->overlapping + windows->same_id > 0) {
			r = give_windows(store, windows, each, context, reterr);
		}
	}
	arena_free(reading.arena);
	return r;
}

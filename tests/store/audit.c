/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Both sides of each sum are added up with opposite signs: what is left over does not agree. */
#include "audit.h"

#include "store/parts.h"

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

static const char parts_sql[] = "SELECT week, domain, octets FROM stream_part";
static const char facts_sql[] =
	"SELECT f.day, f.domain, f.pattern, f.source, f.messages FROM " COUNTED_FACTS;

#define STREAMS_MAX 2000000
#define STREAMS_MAX_BYTES ((size_t)1 << 30)

/* One stream on one day. */
struct stream_key {
	int64_t day;
	int64_t domain;
	int64_t pattern;
	char source[STORE_SOURCE_MAX];
	size_t source_len;
};

/* What both have; messages: what parts have and rows do not. */
struct difference {
	int64_t in_parts;
	int64_t in_rows;
	int64_t messages;
};

struct stream_audit {
	struct arena *arena;
	struct map by_key;
	int64_t damaged_parts;
};

static struct difference *difference_of(struct stream_audit *audit, const struct stream_key *key)
{
	struct span octets = span_of(key, sizeof(*key));
	struct difference *difference = map_get(&audit->by_key, octets);
	if (difference == NULL) {
		difference = arena_alloc(audit->arena, sizeof(*difference));
		octets = arena_copy(audit->arena, octets);
		if (difference == NULL || !map_put(&audit->by_key, octets, difference)) {
			arena_fail(audit->arena);
			return NULL;
		}
	}
	return difference;
}

static void add(struct stream_audit *audit, struct stream_key *key, struct span source,
		struct difference more)
{
	key->source_len = source.len;
	if (source.len > 0) {
		memcpy(key->source, source.ptr, source.len);
	}
	struct difference *difference = difference_of(audit, key);
	if (difference != NULL) {
		difference->in_parts += more.in_parts;
		difference->in_rows += more.in_rows;
		difference->messages += more.messages;
	}
}

static int take_part(void *context, const struct driver_row *row)
{
	struct stream_audit *audit = context;
	struct span part = row->values[2].text;
	struct part_row one;
	while (part_next(&part, &one)) {
		struct stream_key key;
		memset(&key, 0, sizeof(key));
		key.day = row->values[0].integer * PART_WEEK_DAYS + one.day;
		key.domain = row->values[1].integer;
		key.pattern = one.pattern;
		add(audit, &key, one.source, (struct difference){1, 0, (int64_t)one.messages});
	}
	audit->damaged_parts += part.len > 0;
	return 0;
}

static int take_fact(void *context, const struct driver_row *row)
{
	const struct driver_value *v = row->values;
	struct stream_key key;
	memset(&key, 0, sizeof(key));
	key.day = v[0].integer;
	key.domain = v[1].integer;
	key.pattern = v[2].integer;
	add(context, &key, v[3].text, (struct difference){0, 1, -v[4].integer});
	return 0;
}

/* Parts that were made of the sums by week have one row for all of a day. */
static int audit_streams(struct store *store, int64_t *ret_bad, struct failure *reterr)
{
	struct stream_audit audit = {.arena = arena_new(STREAMS_MAX_BYTES)};
	audit.by_key = map_new(audit.arena, STREAMS_MAX, /* seed */ 0);
	struct driver_query parts = {.sql = parts_sql, .each = take_part, .context = &audit};
	struct driver_query facts = {.sql = facts_sql, .each = take_fact, .context = &audit};
	int r = store_query(store, &parts, reterr);
	if (r == 0) {
		r = store_query(store, &facts, reterr);
	}
	if (arena_has_failed(audit.arena)) {
		r = failure_set_memory(reterr, "audit");
	}
	*ret_bad = audit.damaged_parts;
	for (size_t i = 0; i < map_count(&audit.by_key); i++) {
		const struct difference *difference = map_at(&audit.by_key, i)->value;
		*ret_bad += difference->messages != 0 || difference->in_parts == 0 ||
			    difference->in_parts > difference->in_rows;
	}
	arena_free(audit.arena);
	return r;
}

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
	};
	int r = audit_streams(store, &ret_audit->bad_streams, reterr);
	for (size_t i = 0; r == 0 && i < sizeof(queries) / sizeof(queries[0]); i++) {
		r = store_query(store, &queries[i], reterr);
	}
	return r;
}

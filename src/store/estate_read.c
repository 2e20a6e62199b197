/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Results out of the database, a page at a time, so that memory does not grow with the estate. What
 * is handed out was read completely before: the receiver may use the store.
 */
#include "store/estate.h"
#include "store/internal.h"

#define PAGE_ROWS 200
/* A page of verdicts of hostile size. */
#define PAGE_BYTES ((size_t)PAGE_ROWS * (ESTATE_MAX_CONTENT + 4096))
#define MEMBER_LEN 8

struct page {
	struct arena *arena;
	struct vector entries; /* of struct estate_entry */
	int64_t last_key;      /* of the last row: the next page begins behind it */
};

/* Columns: key, run, checked_at, facts, verdict id, verdict, name, owner, group. */
static int take_entry(void *context, const struct driver_row *row)
{
	struct page *page = context;
	const struct driver_value *v = row->values;
	struct estate_entry *entry =
		VECTOR_PUSH(&page->entries, page->arena, struct estate_entry, PAGE_ROWS);
	if (entry == NULL) {
		return 0;
	}
	*entry = (struct estate_entry){
		.run = v[1].integer,
		.checked_at = v[2].integer,
		.facts = v[3].integer,
		.verdict_id = v[4].integer,
		.verdict = arena_copy(page->arena, v[5].text),
		.domain = {.name = arena_copy(page->arena, v[6].text),
			   .owner = arena_copy(page->arena, v[7].text),
			   .group = arena_copy(page->arena, v[8].text)},
	};
	page->last_key = v[0].integer;
	return 0;
}

/* values[key_at] is moved on from page to page. */
struct paging {
	const char *sql;
	struct driver_value *values;
	size_t count;
	size_t key_at;
	struct page page;
};

static int read_page(struct store *store, void *context, struct failure *reterr)
{
	struct paging *paging = context;
	arena_reset(paging->page.arena);
	paging->page.entries = (struct vector){0};
	struct driver_query query = {paging->sql, paging->values, paging->count, take_entry,
				     &paging->page};
	int r = store_query(store, &query, reterr);
	return r == 0 && arena_has_failed(paging->page.arena)
		       ? failure_set_memory(reterr, "database")
		       : r;
}

static int give_pages(struct store *store, struct paging *paging, estate_entry_fn *each,
		      void *context, struct failure *reterr)
{
	paging->page.arena = arena_new(PAGE_BYTES);
	if (paging->page.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = 0;
	bool is_more = true;
	while (r == 0 && is_more) {
		r = store_transact(store, read_page, paging, reterr);
		is_more = paging->page.entries.len == PAGE_ROWS;
		paging->values[paging->key_at] = driver_integer(paging->page.last_key);
		for (size_t i = 0; r == 0 && i < paging->page.entries.len; i++) {
			r = each(context, VECTOR_AT(&paging->page.entries, struct estate_entry, i));
		}
	}
	arena_free(paging->page.arena);
	return r;
}

#define ENTRY_COLUMNS                                                                              \
	"r.run, r.checked_at, r.facts, r.verdict, c.body, d.name, coalesce(e.owner, ''),"          \
	" coalesce(e.grouping, '')"
#define ENTRY_JOINS                                                                                \
	" JOIN domain d ON d.id = r.domain JOIN estate_content c ON c.id = r.verdict"              \
	" LEFT JOIN estate_domain e ON e.domain = r.domain"

static const char results_sql[] =
	"SELECT r.domain, " ENTRY_COLUMNS " FROM estate_result r" ENTRY_JOINS
	" WHERE r.run = $1 AND r.domain > $2 AND r.checked_at = (SELECT max(n.checked_at)"
	" FROM estate_result n WHERE n.run = $1 AND n.domain = r.domain)"
	" ORDER BY r.domain LIMIT 200";

int estate_results(struct store *store, int64_t run, estate_entry_fn *each, void *context,
		   struct failure *reterr)
{
	struct driver_value values[] = {driver_integer(run), driver_integer(0)};
	struct paging paging = {results_sql, values, 2, 1, {0}};
	return give_pages(store, &paging, each, context, reterr);
}

/* What was judged again later is not what was said then. */
#define SAID_THEN(run) run " NOT IN (SELECT id FROM estate_run WHERE kind = 3)"

static const char latest_sql[] =
	"SELECT r.domain, " ENTRY_COLUMNS
	" FROM (SELECT o.domain AS domain, (SELECT max(n.checked_at) FROM estate_result n"
	" WHERE n.domain = o.domain AND n.checked_at <= $1 AND " SAID_THEN(
		"n.run") ") AS checked_at FROM estate_domain o"
			 " WHERE o.domain > $2) l JOIN estate_result r ON r.domain = l.domain"
			 " AND r.checked_at = l.checked_at AND r.run = (SELECT max(n.run) FROM "
			 "estate_result n"
			 " WHERE n.domain = l.domain AND n.checked_at = l.checked_at "
			 "AND " SAID_THEN("n.run") ")" ENTRY_JOINS " ORDER BY r.domain LIMIT 200";

int estate_latest(struct store *store, int64_t until, estate_entry_fn *each, void *context,
		  struct failure *reterr)
{
	struct driver_value values[] = {driver_integer(until), driver_integer(0)};
	struct paging paging = {latest_sql, values, 2, 1, {0}};
	return give_pages(store, &paging, each, context, reterr);
}

/* Two runs may have judged a domain in the same second: the key is the time with the run behind it,
 * as one number. */
#define HISTORY_KEY "(r.checked_at * 16777216 + r.run % 16777216)"
#define HISTORY_WHERE                                                                              \
	" WHERE r.domain = (SELECT id FROM domain WHERE name = $1)"                                \
	" AND r.checked_at BETWEEN $2 AND $3 AND " SAID_THEN("r.run") " AND "

static const char oldest_first_sql[] =
	"SELECT " HISTORY_KEY ", " ENTRY_COLUMNS
	" FROM estate_result r" ENTRY_JOINS HISTORY_WHERE HISTORY_KEY " > $4 ORDER BY 1 LIMIT 200";
static const char newest_first_sql[] = "SELECT " HISTORY_KEY ", " ENTRY_COLUMNS
				       " FROM estate_result r" ENTRY_JOINS HISTORY_WHERE HISTORY_KEY
				       " < $4 ORDER BY 1 DESC LIMIT 200";

int estate_history(struct store *store, struct span domain, const struct estate_period *period,
		   estate_entry_fn *each, void *context, struct failure *reterr)
{
	struct driver_value values[] = {driver_text(domain), driver_integer(period->since),
					driver_integer(period->until),
					driver_integer(period->is_newest_first ? INT64_MAX : -1)};
	struct paging paging = {
		period->is_newest_first ? newest_first_sql : oldest_first_sql, values, 4, 3, {0}};
	return give_pages(store, &paging, each, context, reterr);
}

/* ---- facts ---- */

struct octets_in {
	struct arena *arena;
	struct span octets;
};

static int take_octets(void *context, const struct driver_row *row)
{
	struct octets_in *in = context;
	in->octets = arena_copy(in->arena, row->values[0].text);
	return 0;
}

static int read_octets(struct store *store, const char *sql, int64_t id, struct octets_in *in,
		       struct failure *reterr)
{
	in->octets = (struct span){0};
	struct driver_value value = driver_integer(id);
	struct driver_query query = {sql, &value, 1, take_octets, in};
	int r = store_query(store, &query, reterr);
	return r == 0 && arena_has_failed(in->arena) ? failure_set_memory(reterr, "database") : r;
}

static const char members_sql[] = "SELECT members FROM estate_set WHERE id = $1";
static const char body_sql[] = "SELECT body FROM estate_content WHERE id = $1";

static int give_facts(struct store *store, struct span members, estate_fact_fn *each, void *context,
		      struct failure *reterr)
{
	struct octets_in body = {.arena = arena_new(ESTATE_MAX_CONTENT + 4096)};
	if (body.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	struct cursor cursor = cursor_of(members);
	int r = 0;
	while (r == 0 && !cursor_is_at_end(&cursor)) {
		uint64_t id = (uint64_t)cursor_u32(&cursor) << 32;
		id |= cursor_u32(&cursor);
		arena_reset(body.arena);
		r = read_octets(store, body_sql, (int64_t)id, &body, reterr);
		if (r == 0 && body.octets.len > 0) {
			r = each(context, body.octets);
		}
	}
	arena_free(body.arena);
	return r;
}

int estate_facts(struct store *store, int64_t facts, estate_fact_fn *each, void *context,
		 struct failure *reterr)
{
	struct octets_in members = {
		.arena = arena_new((size_t)ESTATE_MAX_FACTS * MEMBER_LEN + 4096)};
	if (members.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = read_octets(store, members_sql, facts, &members, reterr);
	if (r == 0) {
		r = give_facts(store, members.octets, each, context, reterr);
	}
	arena_free(members.arena);
	return r;
}

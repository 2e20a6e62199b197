/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Results into the database, each once, whoever writes them and however often.
 *
 * What several workers may write at the same time are contents and sets only. Every transaction
 * writes first its contents in order of their digest, then its sets likewise, then rows that its
 * leases make its own: so two transactions never wait for each other in a circle.
 */
#include <stdlib.h>

#include "store/estate.h"
#include "store/internal.h"

#define MEMBER_LEN 8

/* One content of the batch and, once written, its id. */
struct item {
	const struct estate_content *content;
	int64_t id;
};

struct finish_batch {
	int64_t run;
	const struct estate_result *results;
	size_t count;
	enum estate_outcome *outcomes;
	struct arena *arena;
	struct item *items; /* sorted by digest, each digest once */
	size_t item_count;
	int64_t *set_ids;  /* by result; 0: not in the database yet */
	size_t *set_order; /* results in order of their set's digest */
};

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static int find_id(struct store *store, const char *sql, struct span digest, int64_t *ret_id,
		   struct failure *reterr)
{
	struct driver_value value = driver_octets(digest);
	struct driver_query query = {sql, &value, 1, take_integer, ret_id};
	*ret_id = 0;
	return store_query(store, &query, reterr);
}

/* ---- contents ---- */

static const char find_content_sql[] = "SELECT id FROM estate_content WHERE digest = $1";
/* The no-change update waits for a worker that is writing the same, and gives its id. */
static const char put_content_sql[] =
	"INSERT INTO estate_content (digest, body) VALUES ($1, $2) ON CONFLICT (digest)"
	" DO UPDATE SET digest = excluded.digest RETURNING id";

static int put_content(struct store *store, struct item *item, struct failure *reterr)
{
	int r = find_id(store, find_content_sql, item->content->digest, &item->id, reterr);
	if (r < 0 || item->id != 0) {
		return r;
	}
	struct buffer scratch = buffer_new(ESTATE_MAX_CONTENT + 8);
	struct driver_value values[] = {
		driver_octets(item->content->digest),
		driver_text(store_clean_text(item->content->body, ESTATE_MAX_CONTENT, &scratch))};
	struct driver_query query = {put_content_sql, values, 2, take_integer, &item->id};
	r = store_query(store, &query, reterr);
	buffer_free(&scratch);
	return r;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *left = a;
	const struct item *right = b;
	return span_compare(left->content->digest, right->content->digest);
}

static size_t fact_count_of(const struct estate_result *result)
{
	return result->fact_count < ESTATE_MAX_FACTS ? result->fact_count : ESTATE_MAX_FACTS;
}

/* Verdicts always; facts only of sets that the database does not hold. */
static bool gather_items(struct finish_batch *batch)
{
	size_t max = 0;
	for (size_t i = 0; i < batch->count; i++) {
		max += 1 + (batch->set_ids[i] == 0 ? fact_count_of(&batch->results[i]) : 0);
	}
	batch->items = arena_alloc(batch->arena, max * sizeof(*batch->items));
	if (batch->items == NULL) {
		return false;
	}
	size_t count = 0;
	for (size_t i = 0; i < batch->count; i++) {
		const struct estate_result *result = &batch->results[i];
		batch->items[count++].content = &result->verdict;
		for (size_t k = 0; batch->set_ids[i] == 0 && k < fact_count_of(result); k++) {
			batch->items[count++].content = &result->facts[k];
		}
	}
	qsort(batch->items, count, sizeof(*batch->items), compare_items);
	batch->item_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || compare_items(&batch->items[i - 1], &batch->items[i]) != 0) {
			batch->items[batch->item_count++] = batch->items[i];
		}
	}
	return true;
}

static int64_t id_of(const struct finish_batch *batch, const struct estate_content *content)
{
	struct item key = {.content = content};
	const struct item *item =
		bsearch(&key, batch->items, batch->item_count, sizeof(key), compare_items);
	return item != NULL ? item->id : 0;
}

static int put_contents(struct store *store, struct finish_batch *batch, struct failure *reterr)
{
	if (!gather_items(batch)) {
		return failure_set_memory(reterr, "database");
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < batch->item_count; i++) {
		r = put_content(store, &batch->items[i], reterr);
	}
	return r;
}

/* ---- sets ---- */

static const char find_set_sql[] = "SELECT id FROM estate_set WHERE digest = $1";
static const char put_set_sql[] =
	"INSERT INTO estate_set (digest, members) VALUES ($1, $2) ON CONFLICT (digest)"
	" DO UPDATE SET digest = excluded.digest RETURNING id";

static int find_sets(struct store *store, struct finish_batch *batch, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		r = find_id(store, find_set_sql, batch->results[i].facts_digest, &batch->set_ids[i],
			    reterr);
	}
	return r;
}

static int put_set(struct store *store, struct finish_batch *batch, size_t at,
		   struct failure *reterr)
{
	const struct estate_result *result = &batch->results[at];
	size_t count = fact_count_of(result);
	char *members = arena_alloc(batch->arena, count * MEMBER_LEN + 1);
	if (members == NULL) {
		return failure_set_memory(reterr, "database");
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t id = (uint64_t)id_of(batch, &result->facts[i]);
		for (size_t k = 0; k < MEMBER_LEN; k++) {
			members[i * MEMBER_LEN + k] = (char)(id >> (8 * (MEMBER_LEN - 1 - k)));
		}
	}
	struct driver_value values[] = {driver_octets(result->facts_digest),
					driver_octets(span_of(members, count * MEMBER_LEN))};
	struct driver_query query = {put_set_sql, values, 2, take_integer, &batch->set_ids[at]};
	return store_query(store, &query, reterr);
}

/* Insertion by digest: batches are small. */
static void order_sets(struct finish_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		size_t at = i;
		while (at > 0 && span_compare(batch->results[batch->set_order[at - 1]].facts_digest,
					      batch->results[i].facts_digest) > 0) {
			batch->set_order[at] = batch->set_order[at - 1];
			at--;
		}
		batch->set_order[at] = i;
	}
}

static int put_sets(struct store *store, struct finish_batch *batch, struct failure *reterr)
{
	order_sets(batch);
	int r = 0;
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		size_t at = batch->set_order[i];
		if (batch->set_ids[at] == 0) {
			r = put_set(store, batch, at, reterr);
		}
	}
	return r;
}

/* ---- results ---- */

/* "due IS NOT NULL": a finish that is sent again after its answer was lost must not count twice. */
static const char close_sql[] =
	"UPDATE estate_job SET due = CASE CAST($4 AS BIGINT) WHEN 0 THEN NULL"
	" ELSE CAST($4 AS BIGINT) END, epoch = epoch + 1, attempts = 0, worker = '', error = '',"
	" results = results + 1 WHERE run = $1 AND domain = $2 AND epoch = $3"
	" AND due IS NOT NULL RETURNING 1";
static const char is_written_sql[] =
	"SELECT count(*) FROM estate_result WHERE run = $1 AND domain = $2 AND epoch = $3"
	" AND checked_at = $4";
static const char put_result_sql[] =
	"INSERT INTO estate_result (domain, checked_at, run, epoch, facts, verdict)"
	" VALUES ($1, $2, $3, $4, $5, $6)";

static int put_notices(struct store *store, const struct finish_batch *batch, size_t at,
		       struct failure *reterr)
{
	const struct estate_result *result = &batch->results[at];
	struct notice *notices =
		arena_alloc(batch->arena, (result->notice_count + 1) * sizeof(*notices));
	if (notices == NULL) {
		return failure_set_memory(reterr, "database");
	}
	for (size_t i = 0; i < result->notice_count; i++) {
		notices[i] = result->notices[i];
		notices[i].domain_id = result->domain_id;
	}
	return store_notices_put(store, notices, result->notice_count, result->repeat_after_seconds,
				 reterr);
}

static int put_result(struct store *store, const struct finish_batch *batch, size_t at,
		      struct failure *reterr)
{
	const struct estate_result *result = &batch->results[at];
	struct driver_value values[] = {
		driver_integer(result->domain_id),  driver_integer(result->checked_at),
		driver_integer(batch->run),	    driver_integer(result->epoch),
		driver_integer(batch->set_ids[at]), driver_integer(id_of(batch, &result->verdict))};
	struct driver_query query = {.sql = put_result_sql, .values = values, .count = 6};
	int r = store_query(store, &query, reterr);
	return r == 0 ? put_notices(store, batch, at, reterr) : r;
}

/* Closes the job and writes the result; or finds out that this very result is there already. */
static int finish_one(struct store *store, struct finish_batch *batch, size_t at,
		      struct failure *reterr)
{
	const struct estate_result *result = &batch->results[at];
	int64_t is_mine = 0;
	struct driver_value values[] = {
		driver_integer(batch->run), driver_integer(result->domain_id),
		driver_integer(result->epoch), driver_integer(result->next_due_at)};
	struct driver_query close = {close_sql, values, 4, take_integer, &is_mine};
	int r = store_query(store, &close, reterr);
	if (r == 0 && is_mine != 0) {
		batch->outcomes[at] = ESTATE_KEPT;
		return put_result(store, batch, at, reterr);
	}
	values[3] = driver_integer(result->checked_at);
	struct driver_query look = {is_written_sql, values, 4, take_integer, &is_mine};
	if (r == 0) {
		r = store_query(store, &look, reterr);
	}
	batch->outcomes[at] = is_mine != 0 ? ESTATE_KEPT : ESTATE_LOST;
	return r;
}

static int finish_work(struct store *store, void *context, struct failure *reterr)
{
	struct finish_batch *batch = context;
	arena_reset(batch->arena);
	batch->set_ids = arena_alloc(batch->arena, batch->count * sizeof(*batch->set_ids));
	batch->set_order = arena_alloc(batch->arena, batch->count * sizeof(*batch->set_order));
	if (batch->set_ids == NULL || batch->set_order == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = find_sets(store, batch, reterr);
	if (r == 0) {
		r = put_contents(store, batch, reterr);
	}
	if (r == 0) {
		r = put_sets(store, batch, reterr);
	}
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		r = finish_one(store, batch, i, reterr);
	}
	return r;
}

/* Ids only: the bodies stay the caller's. */
static size_t arena_bytes_of(const struct estate_result *results, size_t count)
{
	size_t facts = 0;
	size_t notices = 0;
	for (size_t i = 0; i < count; i++) {
		facts += fact_count_of(&results[i]) + 1;
		notices += results[i].notice_count + 1;
	}
	return facts * 4 * sizeof(struct item) + notices * sizeof(struct notice) + count * 256 +
	       65536;
}

int estate_finish(struct store *store, int64_t run, const struct estate_result *results,
		  size_t count, enum estate_outcome *ret_outcomes, struct failure *reterr)
{
	if (count > ESTATE_MAX_BATCH) {
		return failure_set(reterr, FAILURE_INTERNAL, "database", "more than %d results",
				   ESTATE_MAX_BATCH);
	}
	struct finish_batch batch = {
		.run = run,
		.results = results,
		.count = count,
		.outcomes = ret_outcomes,
		.arena = arena_new(arena_bytes_of(results, count)),
	};
	if (batch.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = count > 0 ? store_transact(store, finish_work, &batch, reterr) : 0;
	arena_free(batch.arena);
	return r;
}

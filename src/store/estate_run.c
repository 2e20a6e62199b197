/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Runs: opening one or joining it, its domains, its end. */
#include "store/estate.h"
#include "store/internal.h"

#define RUN_MAX_NAME 1024
/* The newest; half a century of days. */
#define RUNS_MAX 20000
#define RUNS_MAX_BYTES ((size_t)128 << 20)

struct opening {
	const struct estate_run *wanted;
	int64_t id;
	bool is_new;
};

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

/* The partial unique index makes two workers that start together meet in one run. */
static const char insert_sql[] =
	"INSERT INTO estate_run (kind, name, options, started_at) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (kind, name) WHERE finished_at = 0 DO NOTHING RETURNING id";
static const char find_sql[] =
	"SELECT id FROM estate_run WHERE kind = $1 AND name = $2 AND finished_at = 0";

static int open_work(struct store *store, void *context, struct failure *reterr)
{
	struct opening *opening = context;
	const struct estate_run *wanted = opening->wanted;
	struct buffer name = buffer_new(RUN_MAX_NAME + 8);
	struct buffer options = buffer_new(ESTATE_MAX_OPTIONS + 8);
	struct driver_value values[] = {
		driver_integer((int64_t)wanted->kind),
		driver_text(store_clean_text(wanted->name, RUN_MAX_NAME, &name)),
		driver_text(store_clean_text(wanted->options, ESTATE_MAX_OPTIONS, &options)),
		driver_integer(wanted->started_at)};
	opening->id = 0;
	struct driver_query insert = {insert_sql, values, 4, take_integer, &opening->id};
	int r = store_query(store, &insert, reterr);
	opening->is_new = opening->id != 0;
	struct driver_query find = {find_sql, values, 2, take_integer, &opening->id};
	if (r == 0 && !opening->is_new) {
		r = store_query(store, &find, reterr);
	}
	buffer_free(&name);
	buffer_free(&options);
	return r;
}

int estate_run_open(struct store *store, const struct estate_run *wanted, int64_t *ret_run,
		    bool *ret_is_new, struct failure *reterr)
{
	struct opening opening = {.wanted = wanted};
	int r = store_transact(store, open_work, &opening, reterr);
	if (r == 0) {
		*ret_run = opening.id;
		*ret_is_new = opening.is_new;
	}
	return r;
}

struct adding {
	int64_t run;
	const struct estate_domain *domains;
	size_t count;
};

static const char owner_sql[] =
	"INSERT INTO estate_domain (domain, owner, grouping) VALUES ($1, $2, $3)"
	" ON CONFLICT (domain) DO UPDATE SET owner = CASE excluded.owner WHEN '' THEN"
	" estate_domain.owner ELSE excluded.owner END, grouping = CASE excluded.grouping"
	" WHEN '' THEN estate_domain.grouping ELSE excluded.grouping END";
static const char job_sql[] = "INSERT INTO estate_job (run, domain, due) VALUES ($1, $2, $3)"
			      " ON CONFLICT (run, domain) DO NOTHING";

/*
 * Lists come sorted by operator, and an operator's servers would meet the whole crowd at once: jobs
 * are due in the order of a hash, at times long past.
 */
static int64_t shuffled_due(struct span name)
{
	return 1 + (int64_t)(fnv_add(FNV_BASIS, name) >> 40);
}

static int add_domain(struct store *store, int64_t run, const struct estate_domain *domain,
		      struct failure *reterr)
{
	int64_t id = 0;
	int r = store_word(store, &store->domains, domain->name, STORE_TEXT_MAX, &id, reterr);
	struct buffer owner = buffer_new(ESTATE_MAX_OWNER + 8);
	struct buffer group = buffer_new(ESTATE_MAX_OWNER + 8);
	struct driver_value who[] = {
		driver_integer(id),
		driver_text(store_clean_text(domain->owner, ESTATE_MAX_OWNER, &owner)),
		driver_text(store_clean_text(domain->group, ESTATE_MAX_OWNER, &group))};
	struct driver_query put_owner = {.sql = owner_sql, .values = who, .count = 3};
	struct driver_value job[] = {driver_integer(run), driver_integer(id),
				     driver_integer(shuffled_due(domain->name))};
	struct driver_query put_job = {.sql = job_sql, .values = job, .count = 3};
	if (r == 0) {
		r = store_query(store, &put_owner, reterr);
	}
	if (r == 0) {
		r = store_query(store, &put_job, reterr);
	}
	buffer_free(&owner);
	buffer_free(&group);
	return r;
}

static int add_work(struct store *store, void *context, struct failure *reterr)
{
	const struct adding *adding = context;
	int r = 0;
	for (size_t i = 0; r == 0 && i < adding->count; i++) {
		r = add_domain(store, adding->run, &adding->domains[i], reterr);
	}
	return r;
}

int estate_run_add(struct store *store, int64_t run, const struct estate_domain *domains,
		   size_t count, struct failure *reterr)
{
	struct adding adding = {run, domains, count};
	return store_transact(store, add_work, &adding, reterr);
}

static const char seal_sql[] = "UPDATE estate_run SET sealed = 1 WHERE id = $1";

static int seal_work(struct store *store, void *context, struct failure *reterr)
{
	struct driver_value value = driver_integer(*(const int64_t *)context);
	struct driver_query query = {.sql = seal_sql, .values = &value, .count = 1};
	return store_query(store, &query, reterr);
}

int estate_run_seal(struct store *store, int64_t run, struct failure *reterr)
{
	return store_transact(store, seal_work, &run, reterr);
}

struct finishing {
	int64_t run;
	int64_t now;
	int64_t is_finished;
};

static const char finish_sql[] =
	"UPDATE estate_run SET finished_at = $2 WHERE id = $1 AND finished_at = 0 AND sealed = 1"
	" AND NOT EXISTS (SELECT 1 FROM estate_job WHERE run = $1 AND due IS NOT NULL)";
static const char is_finished_sql[] =
	"SELECT count(*) FROM estate_run WHERE id = $1 AND finished_at <> 0";

static int finish_work(struct store *store, void *context, struct failure *reterr)
{
	struct finishing *finishing = context;
	struct driver_value values[] = {driver_integer(finishing->run),
					driver_integer(finishing->now)};
	struct driver_query update = {.sql = finish_sql, .values = values, .count = 2};
	int r = store_query(store, &update, reterr);
	struct driver_query look = {is_finished_sql, values, 1, take_integer,
				    &finishing->is_finished};
	return r == 0 ? store_query(store, &look, reterr) : r;
}

int estate_run_finish(struct store *store, int64_t run, int64_t now, bool *ret_is_finished,
		      struct failure *reterr)
{
	struct finishing finishing = {.run = run, .now = now};
	int r = store_transact(store, finish_work, &finishing, reterr);
	if (r == 0) {
		*ret_is_finished = finishing.is_finished != 0;
	}
	return r;
}

static const char abandon_sql[] =
	"UPDATE estate_run SET finished_at = $2 WHERE id = $1 AND finished_at = 0";

static int abandon_work(struct store *store, void *context, struct failure *reterr)
{
	const struct finishing *finishing = context;
	struct driver_value values[] = {driver_integer(finishing->run),
					driver_integer(finishing->now)};
	struct driver_query query = {.sql = abandon_sql, .values = values, .count = 2};
	return store_query(store, &query, reterr);
}

int estate_run_abandon(struct store *store, int64_t run, int64_t now, struct failure *reterr)
{
	struct finishing finishing = {.run = run, .now = now};
	return store_transact(store, abandon_work, &finishing, reterr);
}

static int take_progress(void *context, const struct driver_row *row)
{
	struct estate_progress *progress = context;
	progress->domains = (uint64_t)row->values[0].integer;
	progress->finished = (uint64_t)row->values[1].integer;
	progress->leased = (uint64_t)row->values[2].integer;
	progress->given_up = (uint64_t)row->values[3].integer;
	return 0;
}

static const char progress_sql[] = "SELECT count(*), count(CASE WHEN results > 0 THEN 1 END),"
				   " count(CASE WHEN due > $2 AND worker <> '' THEN 1 END),"
				   " count(CASE WHEN due IS NULL AND results = 0 THEN 1 END)"
				   " FROM estate_job WHERE run = $1";

struct progress_query {
	int64_t run;
	struct estate_progress *progress;
};

static int progress_work(struct store *store, void *context, struct failure *reterr)
{
	const struct progress_query *asked = context;
	int64_t now = 0;
	struct driver_query read_clock = {
		.sql = store->driver->class->clock_sql, .each = take_integer, .context = &now};
	int r = store_query(store, &read_clock, reterr);
	struct driver_value values[] = {driver_integer(asked->run), driver_integer(now)};
	struct driver_query query = {progress_sql, values, 2, take_progress, asked->progress};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

int estate_run_progress(struct store *store, int64_t run, struct estate_progress *ret_progress,
			struct failure *reterr)
{
	struct progress_query query = {run, ret_progress};
	return store_transact(store, progress_work, &query, reterr);
}

/* Copies, so that a reading that was broken off can begin again. */
struct run_list {
	struct arena *arena;
	struct vector runs; /* of struct estate_run */
};

static int take_run(void *context, const struct driver_row *row)
{
	struct run_list *list = context;
	const struct driver_value *v = row->values;
	struct estate_run *run = VECTOR_PUSH(&list->runs, list->arena, struct estate_run, RUNS_MAX);
	if (run != NULL) {
		*run = (struct estate_run){
			.id = v[0].integer,
			.kind = (enum estate_run_kind)v[1].integer,
			.name = arena_copy(list->arena, v[2].text),
			.options = arena_copy(list->arena, v[3].text),
			.started_at = v[4].integer,
			.finished_at = v[5].integer,
			.is_sealed = v[6].integer != 0,
		};
	}
	return 0;
}

static const char runs_sql[] = "SELECT id, kind, name, options, started_at, finished_at, sealed"
			       " FROM estate_run ORDER BY id DESC LIMIT 20000";

static int runs_work(struct store *store, void *context, struct failure *reterr)
{
	struct run_list *list = context;
	arena_reset(list->arena);
	list->runs = (struct vector){0};
	struct driver_query query = {.sql = runs_sql, .each = take_run, .context = list};
	int r = store_query(store, &query, reterr);
	return r == 0 && arena_has_failed(list->arena) ? failure_set_memory(reterr, "database") : r;
}

int estate_runs(struct store *store, estate_run_fn *each, void *context, struct failure *reterr)
{
	struct run_list list = {.arena = arena_new(RUNS_MAX_BYTES)};
	if (list.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = store_transact(store, runs_work, &list, reterr);
	for (size_t i = 0; r == 0 && i < list.runs.len; i++) {
		r = each(context, VECTOR_AT(&list.runs, const struct estate_run, i));
	}
	arena_free(list.arena);
	return r;
}

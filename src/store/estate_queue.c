/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Claiming jobs, holding them, giving them back. */
#include "store/estate.h"
#include "store/internal.h"

/* Work on a queue in one transaction: what is asked, and what came of it. */
struct claiming {
	const struct estate_claim *claim;
	struct arena *arena;
	struct vector leases; /* of struct estate_lease */
	int64_t now;
	int64_t wait_seconds;
};

/* A lease has short texts only. */
#define CLAIM_ARENA_BYTES ((size_t)ESTATE_MAX_BATCH * 4096)

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static int read_clock(struct store *store, int64_t *ret_now, struct failure *reterr)
{
	struct driver_query query = {
		.sql = store->driver->class->clock_sql, .each = take_integer, .context = ret_now};
	return store_query(store, &query, reterr);
}

/* A job that killed worker after worker would kill them all. */
static const char give_up_sql[] =
	"UPDATE estate_job SET due = NULL, worker = '', error = CASE error WHEN '' THEN"
	" 'every worker that took it stopped before it had finished' ELSE error END"
	" WHERE run = $1 AND due <= $2 AND attempts >= $3";

static int give_up_jobs(struct store *store, const struct claiming *claiming,
			struct failure *reterr)
{
	const struct estate_claim *claim = claiming->claim;
	if (claim->max_attempts == 0) {
		return 0;
	}
	struct driver_value values[] = {driver_integer(claim->run), driver_integer(claiming->now),
					driver_integer(claim->max_attempts)};
	struct driver_query query = {.sql = give_up_sql, .values = values, .count = 3};
	return store_query(store, &query, reterr);
}

static int take_lease(void *context, const struct driver_row *row)
{
	struct claiming *claiming = context;
	struct estate_lease *lease = VECTOR_PUSH(&claiming->leases, claiming->arena,
						 struct estate_lease, ESTATE_MAX_BATCH);
	if (lease != NULL) {
		*lease = (struct estate_lease){
			.domain_id = row->values[0].integer,
			.epoch = row->values[1].integer,
			.attempts = (unsigned)(row->values[2].integer - 1),
		};
	}
	return 0;
}

struct naming {
	struct arena *arena;
	struct estate_lease *lease;
};

static int take_name(void *context, const struct driver_row *row)
{
	struct naming *naming = context;
	naming->lease->domain = arena_copy(naming->arena, row->values[0].text);
	naming->lease->owner = arena_copy(naming->arena, row->values[1].text);
	naming->lease->group = arena_copy(naming->arena, row->values[2].text);
	return 0;
}

static const char name_sql[] = "SELECT d.name, coalesce(e.owner, ''), coalesce(e.grouping, '')"
			       " FROM domain d LEFT JOIN estate_domain e ON e.domain = d.id"
			       " WHERE d.id = $1";

static int name_leases(struct store *store, struct claiming *claiming, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < claiming->leases.len; i++) {
		struct estate_lease *lease = VECTOR_AT(&claiming->leases, struct estate_lease, i);
		struct naming naming = {claiming->arena, lease};
		struct driver_value value = driver_integer(lease->domain_id);
		struct driver_query query = {name_sql, &value, 1, take_name, &naming};
		r = store_query(store, &query, reterr);
	}
	return r;
}

static const char next_due_sql[] =
	"SELECT coalesce(min(due), 0) FROM estate_job WHERE run = $1 AND due IS NOT NULL";

static int read_wait(struct store *store, struct claiming *claiming, struct failure *reterr)
{
	int64_t due = 0;
	struct driver_value value = driver_integer(claiming->claim->run);
	struct driver_query query = {next_due_sql, &value, 1, take_integer, &due};
	int r = store_query(store, &query, reterr);
	/* 0 is kept for "none is open": what is due this moment is a second away. */
	claiming->wait_seconds = due == 0 ? 0 : due - claiming->now;
	if (due != 0 && claiming->wait_seconds < 1) {
		claiming->wait_seconds = 1;
	}
	return r;
}

static int claim_work(struct store *store, void *context, struct failure *reterr)
{
	struct claiming *claiming = context;
	const struct estate_claim *claim = claiming->claim;
	arena_reset(claiming->arena);
	claiming->leases = (struct vector){0};
	int r = read_clock(store, &claiming->now, reterr);
	if (r == 0) {
		r = give_up_jobs(store, claiming, reterr);
	}
	struct driver_value values[] = {driver_integer(claim->run), driver_integer(claiming->now),
					driver_integer((int64_t)claim->max_count),
					driver_integer(claiming->now + claim->lease_seconds),
					driver_text(claim->worker)};
	struct driver_query query = {store->driver->class->claim_sql, values, 5, take_lease,
				     claiming};
	if (r == 0) {
		r = store_query(store, &query, reterr);
	}
	if (r == 0) {
		r = name_leases(store, claiming, reterr);
	}
	if (r == 0 && claiming->leases.len == 0) {
		r = read_wait(store, claiming, reterr);
	}
	return r == 0 && arena_has_failed(claiming->arena) ? failure_set_memory(reterr, "database")
							   : r;
}

int estate_claim(struct store *store, const struct estate_claim *claim, estate_lease_fn *each,
		 void *context, int64_t *ret_wait_seconds, struct failure *reterr)
{
	struct estate_claim bounded = *claim;
	bounded.max_count =
		claim->max_count > ESTATE_MAX_BATCH ? ESTATE_MAX_BATCH : claim->max_count;
	struct claiming claiming = {.claim = &bounded, .arena = arena_new(CLAIM_ARENA_BYTES)};
	if (claiming.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = store_transact(store, claim_work, &claiming, reterr);
	for (size_t i = 0; r == 0 && i < claiming.leases.len; i++) {
		r = each(context, VECTOR_AT(&claiming.leases, struct estate_lease, i));
	}
	if (r == 0) {
		*ret_wait_seconds = claiming.wait_seconds;
	}
	arena_free(claiming.arena);
	return r;
}

static const char renew_sql[] = "UPDATE estate_job SET due = $3 WHERE run = $1 AND worker = $2"
				" AND due > $4";

static int renew_work(struct store *store, void *context, struct failure *reterr)
{
	const struct estate_claim *claim = context;
	int64_t now = 0;
	int r = read_clock(store, &now, reterr);
	struct driver_value values[] = {driver_integer(claim->run), driver_text(claim->worker),
					driver_integer(now + claim->lease_seconds),
					driver_integer(now)};
	struct driver_query query = {.sql = renew_sql, .values = values, .count = 4};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

int estate_renew(struct store *store, const struct estate_claim *claim, struct failure *reterr)
{
	struct estate_claim copy = *claim;
	return store_transact(store, renew_work, &copy, reterr);
}

struct releasing {
	int64_t run;
	struct span worker;
};

static const char release_sql[] =
	"UPDATE estate_job SET due = 1, worker = '', attempts = attempts - 1"
	" WHERE run = $1 AND worker = $2 AND due IS NOT NULL";

static int release_work(struct store *store, void *context, struct failure *reterr)
{
	const struct releasing *releasing = context;
	struct driver_value values[] = {driver_integer(releasing->run),
					driver_text(releasing->worker)};
	struct driver_query query = {.sql = release_sql, .values = values, .count = 2};
	return store_query(store, &query, reterr);
}

int estate_release(struct store *store, int64_t run, struct span worker, struct failure *reterr)
{
	struct releasing releasing = {run, worker};
	return store_transact(store, release_work, &releasing, reterr);
}

struct postponing {
	int64_t run;
	const struct estate_lease *lease;
	int64_t due_at;
	struct span error;
};

static const char postpone_sql[] =
	"UPDATE estate_job SET due = $4, worker = '', error = $5"
	" WHERE run = $1 AND domain = $2 AND epoch = $3 AND due IS NOT NULL";

static int postpone_work(struct store *store, void *context, struct failure *reterr)
{
	const struct postponing *postponing = context;
	struct buffer scratch = buffer_new(ESTATE_MAX_ERROR + 8);
	struct span error = store_clean_text(postponing->error, ESTATE_MAX_ERROR, &scratch);
	struct driver_value values[] = {driver_integer(postponing->run),
					driver_integer(postponing->lease->domain_id),
					driver_integer(postponing->lease->epoch),
					driver_integer(postponing->due_at), driver_text(error)};
	struct driver_query query = {.sql = postpone_sql, .values = values, .count = 5};
	int r = store_query(store, &query, reterr);
	buffer_free(&scratch);
	return r;
}

int estate_postpone(struct store *store, int64_t run, const struct estate_lease *lease,
		    int64_t due_at, struct span error, struct failure *reterr)
{
	struct postponing postponing = {run, lease, due_at, error};
	return store_transact(store, postpone_work, &postponing, reterr);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Opens a database and brings the tables of all parts up to date, one numbered step at a time. */
#include <stdlib.h>

#include "store/batch.h"
#include "store/migrations.h"

#define OPEN_TRIES 3

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static const char steps_taken_sql[] =
	"SELECT coalesce(max(number), 0) FROM store_step WHERE module = $1";
static const char note_step_sql[] = "INSERT INTO store_step (module, number) VALUES ($1, $2)";
static const char modules_sql[] = "SELECT module FROM store_step GROUP BY module";

void store_tell_forward(struct store *store, size_t done, size_t all)
{
	store->at.done = done;
	store->at.all = all;
	if (store->forward != NULL) {
		store->forward(store->forward_context, &store->at);
	}
}

static int take_step(struct store *store, const struct migration_list *list, size_t number,
		     struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	struct driver_value values[] = {driver_text(span_of_string(list->name)),
					driver_integer((int64_t)number)};
	struct driver_query note = {.sql = note_step_sql, .values = values, .count = 2};
	const struct migration_step *step = &list->steps[number - 1];
	int r = class->script(store->driver, step->sql[class->kind], reterr);
	if (r == 0 && step->fill != NULL) {
		r = step->fill(store, reterr);
	}
	return r == 0 ? store_query(store, &note, reterr) : r;
}

static int fail_later(struct failure *reterr)
{
	return failure_set(reterr, FAILURE_INPUT, "database",
			   "it was made by a later version of mailseal");
}

static int take_steps(struct store *store, const struct migration_list *list,
		      struct failure *reterr)
{
	int64_t taken = 0;
	struct driver_value name = driver_text(span_of_string(list->name));
	struct driver_query ask = {steps_taken_sql, &name, 1, take_integer, &taken};
	int r = store_query(store, &ask, reterr);
	if (r == 0 && taken > (int64_t)list->count) {
		r = fail_later(reterr);
	}
	store_forward_fn *forward = store->forward;
	store->forward = taken > 0 ? forward : NULL;
	for (size_t next = (size_t)taken + 1; r == 0 && next <= list->count; next++) {
		store->at = (struct store_forward){next, list->count, 0, 0};
		store_tell_forward(store, 0, 0);
		r = take_step(store, list, next, reterr);
	}
	store->forward = forward;
	return r;
}

/* Counts the parts that this program does not know. */
static int see_module(void *context, const struct driver_row *row)
{
	for (size_t i = 0; migration_lists[i] != NULL; i++) {
		if (span_equal(row->values[0].text, span_of_string(migration_lists[i]->name))) {
			return 0;
		}
	}
	(*(size_t *)context)++;
	return 0;
}

static int take_all_steps(struct store *store, struct failure *reterr)
{
	size_t unknown = 0;
	struct driver_query modules = {.sql = modules_sql, .each = see_module, .context = &unknown};
	int r = store->driver->class->script(
		store->driver,
		"CREATE TABLE IF NOT EXISTS store_step (module TEXT NOT NULL,"
		" number INTEGER NOT NULL, PRIMARY KEY (module, number))",
		reterr);
	if (r == 0) {
		r = store_query(store, &modules, reterr);
	}
	if (r == 0 && unknown > 0) {
		r = fail_later(reterr);
	}
	for (size_t i = 0; r == 0 && migration_lists[i] != NULL; i++) {
		r = take_steps(store, migration_lists[i], reterr);
	}
	return r;
}

/* In one transaction, so that two programs that start together do not both do it. */
static int migrate(struct store *store, struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	int r = class->script(store->driver, class->begin_sql, reterr);
	if (r == 0) {
		r = class->script(store->driver, class->lock_sql, reterr);
	}
	if (r == 0) {
		r = take_all_steps(store, reterr);
	}
	struct failure ignored;
	int end = class->script(store->driver, r == 0 ? "COMMIT" : "ROLLBACK",
				r == 0 ? reterr : &ignored);
	return r == 0 ? end : r;
}

bool store_location_is_postgresql(const char *location)
{
	struct span text = span_of_string(location);
	return span_starts_with(text, SPAN("postgresql://")) ||
	       span_starts_with(text, SPAN("postgres://"));
}

int store_open(const char *location, struct store **ret_store, struct failure *reterr)
{
	return store_open_telling(location, /* forward */ NULL, /* context */ NULL, ret_store,
				  reterr);
}

int store_open_telling(const char *location, store_forward_fn *forward, void *context,
		       struct store **ret_store, struct failure *reterr)
{
	struct store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return failure_set_memory(reterr, "database");
	}
	store->forward = forward;
	store->forward_context = context;
	int r = store_location_is_postgresql(location)
			? driver_postgresql_open(location, &store->driver, reterr)
			: driver_sqlite_open(location, &store->driver, reterr);
	if (r == 0) {
		r = migrate(store, reterr);
	}
	/* A server that is restarted just now is waited for, here as in every other call. */
	for (int i = 0; i < OPEN_TRIES && r < 0 && store->driver != NULL &&
			store->driver->class->is_transient(store->driver);
	     i++) {
		r = store->driver->class->recover(store->driver, reterr);
		r = r == 0 ? migrate(store, reterr) : r;
	}
	if (r < 0) {
		store_close(store);
		return r;
	}
	store->forward = NULL;
	*ret_store = store;
	return 0;
}

void store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	if (store->driver != NULL) {
		if (store->is_in_batch) {
			store_rollback(store);
		}
		store->driver->class->close(store->driver);
	}
	arena_free(store->words.arena);
	arena_free(store->domains.arena);
	row_patterns_free(&store->patterns);
	batch_free(&store->batch);
	free(store);
}

int store_query(struct store *store, const struct driver_query *query, struct failure *reterr)
{
	return store->driver->class->query(store->driver, query, reterr);
}

int store_query_scope(struct store *store, const struct store_scope *scope,
		      const struct driver_query *query, struct failure *reterr)
{
	struct buffer place = buffer_new(STORE_TEXT_MAX);
	struct driver_value values[] = {driver_text(store_place(scope->domain, &place)),
					driver_integer(scope->first_day),
					driver_integer(scope->last_day)};
	struct driver_query scoped = *query;
	scoped.values = values;
	scoped.count = 3;
	int r = store_query(store, &scoped, reterr);
	buffer_free(&place);
	return r;
}

int store_query_many(struct store *store, const struct driver_many *many, struct failure *reterr)
{
	return many->count > 0 ? store->driver->class->query_many(store->driver, many, reterr) : 0;
}

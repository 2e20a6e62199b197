/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Opens a database and brings its tables up to date, one numbered step at a time. */
#include <stdlib.h>

#include "store/internal.h"

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static int read_version(struct store *store, int64_t *ret_version, struct failure *reterr)
{
	int r = store->driver->class->script(
		store->driver,
		"CREATE TABLE IF NOT EXISTS store_version (version INTEGER NOT NULL)", reterr);
	struct driver_query query = {.sql = "SELECT coalesce(max(version), 0) FROM store_version",
				     .each = take_integer,
				     .context = ret_version};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

static int step_to(struct store *store, size_t version, struct failure *reterr)
{
	struct driver_value value = driver_integer((int64_t)version);
	struct driver_query note = {.sql = "INSERT INTO store_version (version) VALUES ($1)",
				    .values = &value,
				    .count = 1};
	int r = store->driver->class->script(store->driver,
					     store->driver->class->migrations[version - 1], reterr);
	return r == 0 ? store_query(store, &note, reterr) : r;
}

/* In one transaction, so that two programs that start together do not both do it. */
static int migrate(struct store *store, struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	int64_t version = 0;
	int r = class->script(store->driver, class->begin_sql, reterr);
	if (r == 0) {
		r = class->script(store->driver, class->lock_sql, reterr);
	}
	if (r == 0) {
		r = read_version(store, &version, reterr);
	}
	if (r == 0 && version > MIGRATION_COUNT) {
		r = failure_set(reterr, FAILURE_INPUT, "database",
				"it was made by a later version of mailseal");
	}
	for (size_t next = (size_t)version + 1; r == 0 && next <= MIGRATION_COUNT; next++) {
		r = step_to(store, next, reterr);
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
	struct store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = store_location_is_postgresql(location)
			? driver_postgresql_open(location, &store->driver, reterr)
			: driver_sqlite_open(location, &store->driver, reterr);
	if (r == 0) {
		r = migrate(store, reterr);
	}
	if (r < 0) {
		store_close(store);
		return r;
	}
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
	free(store);
}

int store_query(struct store *store, const struct driver_query *query, struct failure *reterr)
{
	return store->driver->class->query(store->driver, query, reterr);
}

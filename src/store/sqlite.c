/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The embedded database: SQLite in WAL mode, durable at every commit. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/driver.h"

#define MAX_STATEMENTS 256
/* Another process may be writing: a batch takes well under a second. */
#define BUSY_WAIT_MS 30000

struct statement {
	const char *sql;
	sqlite3_stmt *prepared;
	/* Where SQLite put "$1" (which it takes for a name, and numbers as it meets it), and so on.
	 */
	uint8_t places[DRIVER_MAX_VALUES];
};

struct sqlite_driver {
	struct driver driver;
	sqlite3 *database;
	struct statement statements[MAX_STATEMENTS];
	size_t statement_count;
	sqlite3_stmt *add_fact;
};

static int fail(const struct sqlite_driver *d, const char *what, struct failure *reterr)
{
	return failure_set(reterr, FAILURE_LIBRARY, what, "%s", sqlite3_errmsg(d->database));
}

static void close_sqlite(struct driver *driver)
{
	struct sqlite_driver *d = (struct sqlite_driver *)driver;
	for (size_t i = 0; i < d->statement_count; i++) {
		sqlite3_finalize(d->statements[i].prepared);
	}
	sqlite3_finalize(d->add_fact);
	sqlite3_close(d->database);
	free(d);
}

static void find_places(struct statement *statement, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char name[24];
		snprintf(name, sizeof(name), "$%zu", i + 1);
		statement->places[i] =
			(uint8_t)sqlite3_bind_parameter_index(statement->prepared, name);
	}
}

static int prepare(struct sqlite_driver *d, const char *sql, size_t values,
		   const struct statement **ret_statement, struct failure *reterr)
{
	for (size_t i = 0; i < d->statement_count; i++) {
		if (d->statements[i].sql == sql) {
			*ret_statement = &d->statements[i];
			return 0;
		}
	}
	if (d->statement_count == MAX_STATEMENTS) {
		return failure_set(reterr, FAILURE_INTERNAL, "database", "too many statements");
	}
	sqlite3_stmt *prepared;
	if (sqlite3_prepare_v3(d->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL) !=
	    SQLITE_OK) {
		return fail(d, "database", reterr);
	}
	struct statement *statement = &d->statements[d->statement_count++];
	*statement = (struct statement){.sql = sql, .prepared = prepared};
	find_places(statement, values);
	*ret_statement = statement;
	return 0;
}

/* A span without octets has no address to give; SQLite would read that as NULL. */
static const void *octets_of(struct span s)
{
	return s.len > 0 ? s.ptr : "";
}

static int bind(sqlite3_stmt *statement, int at, const struct driver_value *value)
{
	switch (value->kind) {
	case DRIVER_INTEGER:
		return sqlite3_bind_int64(statement, at, value->integer);
	case DRIVER_TEXT:
		return sqlite3_bind_text(statement, at, octets_of(value->text),
					 (int)value->text.len, SQLITE_STATIC);
	case DRIVER_OCTETS:
		return sqlite3_bind_blob(statement, at, octets_of(value->text),
					 (int)value->text.len, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static void read_row(sqlite3_stmt *statement, struct driver_row *row)
{
	int count = sqlite3_column_count(statement);
	row->count = (size_t)count;
	for (int i = 0; i < count && i < DRIVER_MAX_VALUES; i++) {
		struct driver_value *value = &row->values[i];
		*value = (struct driver_value){.kind = DRIVER_INTEGER};
		if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
			value->integer = sqlite3_column_int64(statement, i);
		} else {
			const void *octets = sqlite3_column_blob(statement, i);
			value->kind = DRIVER_OCTETS;
			value->text = span_of(octets, (size_t)sqlite3_column_bytes(statement, i));
		}
	}
}

/* One run of a statement. */
struct run {
	const struct statement *statement;
	const struct driver_value *values;
	size_t count;
	driver_row_fn *row; /* NULL: rows are not wanted */
	void *context;
};

static int step_all(struct sqlite_driver *d, const struct run *run, struct failure *reterr)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): prepare() gave one, or failed */
	sqlite3_stmt *prepared = run->statement->prepared;
	struct driver_row row;
	int r = 0;
	int step = SQLITE_ROW;
	while (r == 0 && (step = sqlite3_step(prepared)) == SQLITE_ROW) {
		if (run->row != NULL) {
			read_row(prepared, &row);
			r = run->row(run->context, &row);
		}
	}
	if (r == 0 && step != SQLITE_DONE) {
		r = fail(d, "database", reterr);
	}
	return r;
}

static int run_statement(struct sqlite_driver *d, const struct run *run, struct failure *reterr)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): prepare() gave one, or failed */
	sqlite3_stmt *prepared = run->statement->prepared;
	int r = 0;
	for (size_t i = 0; r == 0 && i < run->count; i++) {
		if (bind(prepared, run->statement->places[i], &run->values[i]) != SQLITE_OK) {
			r = fail(d, "database", reterr);
		}
	}
	if (r == 0) {
		r = step_all(d, run, reterr);
	}
	sqlite3_reset(prepared);
	sqlite3_clear_bindings(prepared);
	return r;
}

static int query_sqlite(struct driver *driver, const struct driver_query *query,
			struct failure *reterr)
{
	struct sqlite_driver *d = (struct sqlite_driver *)driver;
	struct run run = {NULL, query->values, query->count, query->each, query->context};
	int r = prepare(d, query->sql, query->count, &run.statement, reterr);
	return r == 0 ? run_statement(d, &run, reterr) : r;
}

static int query_many_sqlite(struct driver *driver, const struct driver_many *many,
			     struct failure *reterr)
{
	struct sqlite_driver *d = (struct sqlite_driver *)driver;
	struct driver_numbered numbered = {many, 0};
	struct run run = {.values = many->values,
			  .count = many->columns,
			  .row = many->each != NULL ? driver_give_numbered : NULL,
			  .context = &numbered};
	int r = prepare(d, many->sql, many->columns, &run.statement, reterr);
	for (; r == 0 && numbered.number < many->count; numbered.number++) {
		r = run_statement(d, &run, reterr);
		run.values += many->columns;
	}
	return r;
}

static int script_sqlite(struct driver *driver, const char *sql, struct failure *reterr)
{
	struct sqlite_driver *d = (struct sqlite_driver *)driver;
	return sqlite3_exec(d->database, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : fail(d, "database", reterr);
}

static const char add_fact_sql[] =
	"INSERT INTO fact (day, domain, report, seq, source, messages, pattern)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

static int add_fact_sqlite(struct driver *driver, const struct driver_fact *fact,
			   struct failure *reterr)
{
	struct sqlite_driver *d = (struct sqlite_driver *)driver;
	if (d->add_fact == NULL &&
	    sqlite3_prepare_v3(d->database, add_fact_sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &d->add_fact, NULL) != SQLITE_OK) {
		return fail(d, "database", reterr);
	}
	sqlite3_stmt *s = d->add_fact;
	int bad = sqlite3_bind_int64(s, 1, fact->day) | sqlite3_bind_int64(s, 2, fact->domain) |
		  sqlite3_bind_int64(s, 3, fact->report) | sqlite3_bind_int64(s, 4, fact->seq) |
		  sqlite3_bind_blob(s, 5, octets_of(fact->source), (int)fact->source.len,
				    SQLITE_STATIC) |
		  sqlite3_bind_int64(s, 6, fact->messages) |
		  sqlite3_bind_int64(s, 7, fact->pattern);
	int step = bad == SQLITE_OK ? sqlite3_step(s) : SQLITE_ERROR;
	sqlite3_reset(s);
	return step == SQLITE_DONE ? 0 : fail(d, "database", reterr);
}

static int flush_sqlite(struct driver *driver, struct failure *reterr)
{
	(void)driver;
	(void)reterr;
	return 0;
}

static void forget_sqlite(struct driver *driver)
{
	(void)driver;
}

/* Other writers are waited for by the library; what fails after that fails for good. */
static bool is_transient_sqlite(struct driver *driver)
{
	(void)driver;
	return false;
}

static int recover_sqlite(struct driver *driver, struct failure *reterr)
{
	(void)driver;
	(void)reterr;
	return 0;
}

static const struct driver_class sqlite_class = {
	.kind = DRIVER_SQLITE,
	/* Takes the write lock now, so that what is read in the batch stays true. */
	.begin_sql = "BEGIN IMMEDIATE",
	.lock_sql = "SELECT 1",
	.writer_sql = "SELECT 1",
	.next_ids_sql = "SELECT coalesce(max(id), 0) + 1 FROM report",
	.ids_per_block = INT64_MAX,
	.notice_lock_sql = "SELECT 1", /* one writer at a time anyway */
	.clock_sql = "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
	/* One writer at a time: nothing to skip. */
	.claim_sql = "UPDATE estate_job SET due = $4, epoch = epoch + 1, attempts = attempts + 1,"
		     " worker = $5 WHERE run = $1 AND domain IN (SELECT domain FROM estate_job"
		     " WHERE run = $1 AND due <= $2 ORDER BY due, domain LIMIT $3)"
		     " RETURNING domain, epoch, attempts",
	.close = close_sqlite,
	.query = query_sqlite,
	.query_many = query_many_sqlite,
	.script = script_sqlite,
	.fact_add = add_fact_sqlite,
	.facts_flush = flush_sqlite,
	.facts_forget = forget_sqlite,
	.is_transient = is_transient_sqlite,
	.recover = recover_sqlite,
};

/* Reports name people's mail hosts: nobody else needs to read the file. */
static int create_privately(const char *path, struct failure *reterr)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	close(file);
	return 0;
}

static int set_up(struct sqlite_driver *d, const char *path, struct failure *reterr)
{
	if (sqlite3_open_v2(path, &d->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK) {
		return fail(d, path, reterr);
	}
	sqlite3_busy_timeout(d->database, BUSY_WAIT_MS);
	/*
	 * FULL: with NORMAL a power loss may take back a commit after the mail was moved away.
	 * FILE: what a statement over a million rows must be able to take back is not memory's.
	 */
	static const char pragmas[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
				      "PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = FILE;"
				      "PRAGMA trusted_schema = OFF";
	int r = script_sqlite(&d->driver, pragmas, reterr);
	if (r < 0) {
		failure_set(reterr, FAILURE_LIBRARY, path, "%s", sqlite3_errmsg(d->database));
	}
	return r;
}

int driver_sqlite_open(const char *path, struct driver **ret_driver, struct failure *reterr)
{
	int r = create_privately(path, reterr);
	if (r < 0) {
		return r;
	}
	struct sqlite_driver *d = calloc(1, sizeof(*d));
	if (d == NULL) {
		return failure_set_memory(reterr, path);
	}
	d->driver.class = &sqlite_class;
	r = set_up(d, path, reterr);
	if (r < 0) {
		close_sqlite(&d->driver);
		return r;
	}
	*ret_driver = &d->driver;
	return 0;
}

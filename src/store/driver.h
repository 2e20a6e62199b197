/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What the store asks of a database: statements with values in and rows out, and a fast way to add
 * facts. The SQL is written once where both databases understand it; placeholders are $1, $2, ...
 * Statements are static strings and are prepared once.
 */
#ifndef MAILSEAL_STORE_DRIVER_H
#define MAILSEAL_STORE_DRIVER_H

#include "base/base.h"

#define DRIVER_MAX_VALUES 99

enum driver_value_kind {
	DRIVER_INTEGER,
	DRIVER_TEXT,
	DRIVER_OCTETS,
};

struct driver_value {
	enum driver_value_kind kind;
	int64_t integer;
	struct span text; /* text or octets */
};

/* A row of an answer. A column that is NULL is 0 and empty. */
struct driver_row {
	struct driver_value values[DRIVER_MAX_VALUES];
	size_t count;
};

typedef int driver_row_fn(void *context, const struct driver_row *row);

struct driver_query {
	const char *sql;
	const struct driver_value *values;
	size_t count;
	driver_row_fn *each; /* NULL: rows are not wanted */
	void *context;
};

/* Called with the place of the values that the row answers. */
typedef int driver_many_fn(void *context, size_t number, const struct driver_row *row);

/* One statement for many values; each time it sees what it did before. */
struct driver_many {
	const char *sql;
	const struct driver_value *values; /* count times columns */
	size_t columns;
	size_t count;
	driver_many_fn *each; /* NULL: rows are not wanted */
	void *context;
};

/* Which of many values it is the turn of: the context of driver_give_numbered(). */
struct driver_numbered {
	const struct driver_many *many;
	size_t number;
};

static inline int driver_give_numbered(void *context, const struct driver_row *row)
{
	const struct driver_numbered *numbered = context;
	return numbered->many->each(numbered->many->context, numbered->number, row);
}

/* One aggregate row. */
struct driver_fact {
	int64_t day;
	int64_t domain;
	int64_t report;
	int64_t seq;
	struct span source;
	int64_t messages;
	int64_t pattern; /* what it says besides */
};

struct driver;

/* Where the databases do not understand the same SQL, it is written once for each. */
enum driver_kind {
	DRIVER_SQLITE,
	DRIVER_POSTGRESQL,
	DRIVER_COUNT,
};

struct driver_class {
	enum driver_kind kind;
	const char *begin_sql;
	const char *lock_sql; /* right after begin_sql, before tables are made */
	/* Right after begin_sql of a batch of reports: one writes at a time, since two that write
	 * the same words and sums would have to wait for each other. */
	const char *writer_sql;
	/* A block of report ids that nobody else will use: the first and how many. */
	const char *next_ids_sql;
	int64_t ids_per_block;
	const char *clock_sql; /* seconds since 1970, by the database's clock */
	/* Held to the end of the transaction by whoever adds notices. */
	const char *notice_lock_sql;
	/* Leases jobs: run, now, how many, end of lease, worker. Gives domain, epoch, attempts. */
	const char *claim_sql;

	void (*close)(struct driver *driver);
	int (*query)(struct driver *driver, const struct driver_query *query,
		     struct failure *reterr);
	int (*query_many)(struct driver *driver, const struct driver_many *many,
			  struct failure *reterr);
	/* Several statements without values, as a migration has. */
	int (*script)(struct driver *driver, const char *sql, struct failure *reterr);
	int (*fact_add)(struct driver *driver, const struct driver_fact *fact,
			struct failure *reterr);
	/* Facts that were added are where queries see them. */
	int (*facts_flush)(struct driver *driver, struct failure *reterr);
	/* Facts that were added and not flushed are forgotten. */
	void (*facts_forget)(struct driver *driver);
	/* The last failure was of the moment: the connection broke, or a deadlock was ended. */
	bool (*is_transient)(struct driver *driver);
	/* Connects again where that is needed, waiting for a server that starts anew. */
	int (*recover)(struct driver *driver, struct failure *reterr);
};

/* The first member of each database's own struct. */
struct driver {
	const struct driver_class *class;
};

int driver_sqlite_open(const char *path, struct driver **ret_driver,
		       struct failure *reterr) MUST_CHECK;
int driver_postgresql_open(const char *location, struct driver **ret_driver,
			   struct failure *reterr) MUST_CHECK;

static inline struct driver_value driver_integer(int64_t integer)
{
	return (struct driver_value){.kind = DRIVER_INTEGER, .integer = integer};
}

static inline struct driver_value driver_text(struct span text)
{
	return (struct driver_value){.kind = DRIVER_TEXT, .text = text};
}

static inline struct driver_value driver_octets(struct span octets)
{
	return (struct driver_value){.kind = DRIVER_OCTETS, .text = octets};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The shared database: PostgreSQL through libpq. Facts travel by binary COPY, gathered here. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <time.h>

#include "store/driver.h"

#define MAX_STATEMENTS 256
/* Type numbers of PostgreSQL's catalogue; they never change. */
#define TYPE_BYTEA 17
#define TYPE_BIGINT 20
#define TYPE_SMALLINT 21
#define TYPE_INTEGER 23
#define TYPE_TEXT 25
#define TYPE_BOOLEAN 16
/* Facts are sent when this much has gathered: large enough that a round trip costs nothing. */
#define COPY_BYTES ((size_t)4 << 20)
#define COPY_ROOM ((size_t)64 << 10)
#define FACT_COLUMNS 7
/* A server that is restarted is back within a minute, or is away for longer. */
#define RECONNECT_NAP_MS 250
#define RECONNECT_TRIES 240

struct postgresql_driver {
	struct driver driver;
	PGconn *connection;
	const char *statements[MAX_STATEMENTS];
	size_t statement_count;
	struct buffer facts; /* tuples without COPY's head and tail */
	bool is_transient;   /* the last failure */
	bool is_lost;	     /* likewise: the connection is of no use any more */
};

/*
 * SQLSTATE classes: 08 connection, 40 the server ended a deadlock, 57P the server goes or comes. A
 * failure without a state is libpq's own: it could not talk to the server, though after a write
 * that failed it may go on to call the connection good.
 */
static void note_cause(struct postgresql_driver *d, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	bool has_failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
	struct span state = span_of_string(PQresultErrorField(result, PG_DIAG_SQLSTATE));
	d->is_lost = PQstatus(d->connection) != CONNECTION_OK || (has_failed && state.len == 0);
	d->is_transient = d->is_lost || span_starts_with(state, SPAN("08")) ||
			  span_starts_with(state, SPAN("40")) ||
			  span_starts_with(state, SPAN("57P"));
}

/* The first line: the rest is hints and context. */
static int fail(struct postgresql_driver *d, struct failure *reterr)
{
	struct span text = span_of_string(PQerrorMessage(d->connection));
	text = span_slice(text, 0, span_find(text, '\n', 0));
	return failure_set(reterr, FAILURE_LIBRARY, "database", "%.*s", SPAN_ARG(text));
}

static void close_postgresql(struct driver *driver)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	PQfinish(d->connection);
	buffer_free(&d->facts);
	free(d);
}

static void put_number(char *octets, size_t len, int64_t number)
{
	for (size_t i = 0; i < len; i++) {
		octets[i] = (char)((uint64_t)number >> (8 * (len - 1 - i)) & 0xff);
	}
}

static int64_t get_number(const char *octets, size_t len)
{
	uint64_t number = len > 0 && (octets[0] & 0x80) != 0 ? UINT64_MAX : 0;
	for (size_t i = 0; i < len; i++) {
		number = number << 8 | (unsigned char)octets[i];
	}
	return (int64_t)number;
}

/* The name is the statement's place in the list. */
static int prepare(struct postgresql_driver *d, const struct driver_query *query, char ret_name[24],
		   struct failure *reterr)
{
	size_t at = 0;
	while (at < d->statement_count && d->statements[at] != query->sql) {
		at++;
	}
	snprintf(ret_name, 24, "s%zu", at);
	if (at < d->statement_count) {
		return 0;
	}
	if (at == MAX_STATEMENTS) {
		return failure_set(reterr, FAILURE_INTERNAL, "database", "too many statements");
	}
	static const Oid types[] = {[DRIVER_INTEGER] = TYPE_BIGINT,
				    [DRIVER_TEXT] = TYPE_TEXT,
				    [DRIVER_OCTETS] = TYPE_BYTEA};
	Oid parameters[DRIVER_MAX_VALUES];
	for (size_t i = 0; i < query->count; i++) {
		parameters[i] = types[query->values[i].kind];
	}
	PGresult *result =
		PQprepare(d->connection, ret_name, query->sql, (int)query->count, parameters);
	bool is_ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	note_cause(d, result);
	PQclear(result);
	if (!is_ok) {
		return fail(d, reterr);
	}
	d->statements[d->statement_count++] = query->sql;
	return 0;
}

static void read_value(const PGresult *result, int row, int column, struct driver_value *value)
{
	const char *octets = PQgetvalue(result, row, column);
	size_t len = (size_t)PQgetlength(result, row, column);
	Oid type = PQftype(result, column);
	*value = (struct driver_value){.kind = DRIVER_OCTETS, .text = span_of(octets, len)};
	if (type == TYPE_BIGINT || type == TYPE_INTEGER || type == TYPE_SMALLINT ||
	    type == TYPE_BOOLEAN) {
		*value = driver_integer(get_number(octets, len));
	}
}

static int give_rows(const PGresult *result, const struct driver_query *query)
{
	int columns = PQnfields(result);
	struct driver_row row = {.count = (size_t)columns};
	int r = 0;
	for (int i = 0; r == 0 && query->each != NULL && i < PQntuples(result); i++) {
		for (int column = 0; column < columns && column < DRIVER_MAX_VALUES; column++) {
			read_value(result, i, column, &row.values[column]);
		}
		r = query->each(query->context, &row);
	}
	return r;
}

/* Values as libpq takes them. */
struct bound {
	const char *values[DRIVER_MAX_VALUES];
	int lengths[DRIVER_MAX_VALUES];
	int formats[DRIVER_MAX_VALUES];
	char numbers[DRIVER_MAX_VALUES][8];
};

static void bind(struct bound *bound, const struct driver_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct driver_value *value = &values[i];
		bound->formats[i] = 1;
		if (value->kind == DRIVER_INTEGER) {
			put_number(bound->numbers[i], 8, value->integer);
			bound->values[i] = bound->numbers[i];
			bound->lengths[i] = 8;
		} else {
			bound->values[i] = value->text.len > 0 ? value->text.ptr : "";
			bound->lengths[i] = (int)value->text.len;
		}
	}
}

static int query_postgresql(struct driver *driver, const struct driver_query *query,
			    struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	char name[24];
	int r = prepare(d, query, name, reterr);
	if (r < 0) {
		return r;
	}
	struct bound bound;
	bind(&bound, query->values, query->count);
	PGresult *result = PQexecPrepared(d->connection, name, (int)query->count, bound.values,
					  bound.lengths, bound.formats, /* binary results: */ 1);
	note_cause(d, result);
	ExecStatusType status = PQresultStatus(result);
	r = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ? give_rows(result, query)
								    : fail(d, reterr);
	PQclear(result);
	return r;
}

/* The first line: the rest is hints and context. */
static int fail_with(const PGresult *result, struct failure *reterr)
{
	struct span text = span_of_string(PQresultErrorMessage(result));
	text = span_slice(text, 0, span_find(text, '\n', 0));
	return failure_set(reterr, FAILURE_LIBRARY, "database", "%.*s", SPAN_ARG(text));
}

/* One answer of a statement among others. What follows a failure is only aborted. */
static int take_answer(struct postgresql_driver *d, const PGresult *result,
		       const struct driver_numbered *numbered, struct failure *reterr)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		struct driver_query query = {
			.each = numbered->many->each != NULL ? driver_give_numbered : NULL,
			.context = (void *)(uintptr_t)numbered};
		return give_rows(result, &query);
	}
	note_cause(d, result);
	return fail_with(result, reterr);
}

/* Answers up to the mark that ends them. A statement's answers end with NULL. */
static int take_answers(struct postgresql_driver *d, struct driver_numbered *numbered, size_t end,
			struct failure *reterr)
{
	int r = 0;
	bool is_done = false;
	while (!is_done && numbered->number <= end) {
		PGresult *result = PQgetResult(d->connection);
		is_done = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (result == NULL) {
			numbered->number++;
		} else if (!is_done && r == 0) {
			r = take_answer(d, result, numbered, reterr);
		}
		PQclear(result);
	}
	if (r == 0 && !is_done) {
		d->is_transient = d->is_lost = true;
		r = fail(d, reterr);
	}
	return r;
}

/* Few enough that the server can always give its answers, which are short, while we still send. */
#define STATEMENTS_TOGETHER 100

static int send_some(struct postgresql_driver *d, const char *name, const struct driver_many *many,
		     size_t first, size_t end)
{
	bool is_sent = PQenterPipelineMode(d->connection) == 1;
	for (size_t i = first; is_sent && i < end; i++) {
		struct bound bound;
		bind(&bound, many->values + i * many->columns, many->columns);
		is_sent = PQsendQueryPrepared(d->connection, name, (int)many->columns, bound.values,
					      bound.lengths, bound.formats,
					      /* binary results: */ 1) == 1;
	}
	return is_sent && PQpipelineSync(d->connection) == 1 ? 0 : -1;
}

static int query_many_postgresql(struct driver *driver, const struct driver_many *many,
				 struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	struct driver_numbered numbered = {many, 0};
	struct driver_query first = {
		.sql = many->sql, .values = many->values, .count = many->columns};
	char name[24];
	int r = prepare(d, &first, name, reterr);
	while (r == 0 && numbered.number < many->count) {
		size_t left = many->count - numbered.number;
		size_t end =
			numbered.number + (left < STATEMENTS_TOGETHER ? left : STATEMENTS_TOGETHER);
		if (send_some(d, name, many, numbered.number, end) < 0) {
			d->is_transient = d->is_lost = true;
			r = fail(d, reterr);
		} else {
			r = take_answers(d, &numbered, end, reterr);
		}
		(void)PQexitPipelineMode(d->connection);
	}
	return r;
}

static int script_postgresql(struct driver *driver, const char *sql, struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	PGresult *result = PQexec(d->connection, sql);
	note_cause(d, result);
	ExecStatusType status = PQresultStatus(result);
	PQclear(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : fail(d, reterr);
}

/* COPY's binary form: a length before each field, most significant octet first. */
static char *put_field(char *at, size_t len, int64_t number)
{
	put_number(at, 4, (int64_t)len);
	put_number(at + 4, len, number);
	return at + 4 + len;
}

static int flush_postgresql(struct driver *driver, struct failure *reterr);

static int add_fact_postgresql(struct driver *driver, const struct driver_fact *fact,
			       struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	char tuple[160];
	put_number(tuple, 2, FACT_COLUMNS);
	char *at = put_field(tuple + 2, 8, fact->report);
	at = put_field(at, 8, fact->messages);
	at = put_field(at, 4, fact->day);
	at = put_field(at, 4, fact->domain);
	at = put_field(at, 4, fact->seq);
	at = put_field(at, 4, fact->pattern);
	put_number(at, 4, (int64_t)fact->source.len);
	buffer_append(&d->facts, span_of(tuple, (size_t)(at + 4 - tuple)));
	buffer_append(&d->facts, fact->source);
	if (d->facts.is_failed) {
		return failure_set_memory(reterr, "database");
	}
	return d->facts.len >= COPY_BYTES ? flush_postgresql(driver, reterr) : 0;
}

static const char copy_sql[] = "COPY fact (report, messages, day, domain, seq, pattern, source)"
			       " FROM STDIN (FORMAT binary)";
/* Signature, flags, length of the header's extension; and the tail that says "no more". */
static const char copy_head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
static const char copy_tail[2] = {'\377', '\377'};

static bool copy_facts(struct postgresql_driver *d)
{
	PGresult *result = PQexec(d->connection, copy_sql);
	bool is_ok = PQresultStatus(result) == PGRES_COPY_IN;
	PQclear(result);
	if (!is_ok) {
		return false;
	}
	is_ok = PQputCopyData(d->connection, copy_head, sizeof(copy_head)) == 1 &&
		PQputCopyData(d->connection, d->facts.data, (int)d->facts.len) == 1 &&
		PQputCopyData(d->connection, copy_tail, sizeof(copy_tail)) == 1 &&
		PQputCopyEnd(d->connection, NULL) == 1;
	while ((result = PQgetResult(d->connection)) != NULL) {
		is_ok = PQresultStatus(result) == PGRES_COMMAND_OK && is_ok;
		PQclear(result);
	}
	return is_ok;
}

static int flush_postgresql(struct driver *driver, struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	if (d->facts.len == 0) {
		return 0;
	}
	bool is_ok = copy_facts(d);
	buffer_clear(&d->facts);
	return is_ok ? 0 : fail(d, reterr);
}

static void forget_postgresql(struct driver *driver)
{
	buffer_clear(&((struct postgresql_driver *)driver)->facts);
}

static bool is_transient_postgresql(struct driver *driver)
{
	return ((struct postgresql_driver *)driver)->is_transient;
}

static void drop_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static int greet(struct postgresql_driver *d, struct failure *reterr)
{
	if (PQstatus(d->connection) != CONNECTION_OK) {
		return fail(d, reterr);
	}
	PQsetNoticeReceiver(d->connection, drop_notice, NULL);
	return script_postgresql(&d->driver, "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'",
				 reterr);
}

static int recover_postgresql(struct driver *driver, struct failure *reterr)
{
	struct postgresql_driver *d = (struct postgresql_driver *)driver;
	static const struct timespec nap = {.tv_nsec = RECONNECT_NAP_MS * 1000000L};
	int r = 0;
	d->is_lost |= PQstatus(d->connection) != CONNECTION_OK;
	for (int i = 0; d->is_lost && i < RECONNECT_TRIES; i++) {
		nanosleep(&nap, NULL);
		PQreset(d->connection);
		d->statement_count = 0;
		r = greet(d, reterr);
	}
	return r;
}

static const struct driver_class postgresql_class = {
	.kind = DRIVER_POSTGRESQL,
	.begin_sql = "BEGIN",
	/* Two programs that start together must not both make the tables. */
	.lock_sql = "SELECT pg_advisory_xact_lock(6226541)",
	.writer_sql = "SELECT pg_advisory_xact_lock(6226542)",
	.next_ids_sql = "SELECT nextval('report_block')",
	.ids_per_block = 1000,
	.notice_lock_sql = "SELECT pg_advisory_xact_lock(6226542)",
	.clock_sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)",
	/* The array makes the list of jobs once; what other workers are claiming is passed over. */
	.claim_sql = "UPDATE estate_job SET due = $4, epoch = epoch + 1, attempts = attempts + 1,"
		     " worker = $5 WHERE run = $1 AND domain = ANY (ARRAY (SELECT domain"
		     " FROM estate_job WHERE run = $1 AND due <= $2 ORDER BY due, domain LIMIT $3"
		     " FOR UPDATE SKIP LOCKED)) RETURNING domain, epoch, attempts",
	.close = close_postgresql,
	.query = query_postgresql,
	.query_many = query_many_postgresql,
	.script = script_postgresql,
	.fact_add = add_fact_postgresql,
	.facts_flush = flush_postgresql,
	.facts_forget = forget_postgresql,
	.is_transient = is_transient_postgresql,
	.recover = recover_postgresql,
};

int driver_postgresql_open(const char *location, struct driver **ret_driver, struct failure *reterr)
{
	struct postgresql_driver *d = calloc(1, sizeof(*d));
	if (d == NULL) {
		return failure_set_memory(reterr, "database");
	}
	d->driver.class = &postgresql_class;
	d->facts = buffer_new(COPY_BYTES + COPY_ROOM);
	d->connection = PQconnectdb(location);
	int r = greet(d, reterr);
	if (r < 0) {
		close_postgresql(&d->driver);
		return r;
	}
	*ret_driver = &d->driver;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Parts made from what is in the database already. */
#include "store/migrations.h"
#include "store/parts.h"

/* Rows that are read at once: a report may have a million. */
#define ROWS_PER_QUERY 20000

struct filling {
	struct part_writer writer;
	struct part_place place;
	struct failure *reterr;
};

/* Week and domain, or day and report. */
struct pair {
	int64_t first;
	int64_t second;
};

struct pair_list {
	struct arena *arena;
	struct vector pairs; /* of struct pair */
};

#define LIST_MAX_BYTES ((size_t)256 << 20)

static int take_pair(void *context, const struct driver_row *row)
{
	struct pair_list *list = context;
	struct pair *pair =
		VECTOR_PUSH(&list->pairs, list->arena, struct pair, LIST_MAX_BYTES / 16);
	if (pair != NULL) {
		*pair = (struct pair){row->values[0].integer, row->values[1].integer};
	}
	return 0;
}

/* The answer's pairs; the arena is the caller's to free, whatever comes of it. */
static int read_pairs(struct store *store, struct driver_query *query, struct pair_list *ret_list,
		      struct failure *reterr)
{
	*ret_list = (struct pair_list){.arena = arena_new(LIST_MAX_BYTES)};
	if (ret_list->arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	query->each = take_pair;
	query->context = ret_list;
	int r = store_query(store, query, reterr);
	return r == 0 && arena_has_failed(ret_list->arena) ? failure_set_memory(reterr, "database")
							   : r;
}

/* ---- from the sums by week ---- */

/* source, pattern, days, and the messages of each day */
static int add_week_row(void *context, const struct driver_row *row)
{
	struct filling *filling = context;
	const struct driver_value *v = row->values;
	int64_t first_day = filling->place.day;
	int r = 0;
	for (int64_t day = 0; r == 0 && day < PART_WEEK_DAYS; day++) {
		struct driver_fact fact = {.source = v[0].text,
					   .pattern = v[1].integer,
					   .messages = v[3 + day].integer};
		struct part_place place = filling->place;
		place.day = first_day + day;
		if ((v[2].integer >> day & 1) != 0) {
			r = part_add(&filling->writer, &place, &fact, filling->reterr);
		}
	}
	return r;
}

static int fill_week(struct store *store, int64_t week, int64_t domain, struct failure *reterr)
{
	struct filling filling = {
		.writer = part_writer_new(store),
		.place = {.day = week * PART_WEEK_DAYS, .domain = domain},
		.reterr = reterr,
	};
	struct driver_value values[] = {driver_integer(week), driver_integer(domain)};
	struct driver_query query = {"SELECT source, pattern, days, m0, m1, m2, m3, m4, m5, m6"
				     " FROM stream_week WHERE week = $1 AND domain = $2"
				     " ORDER BY pattern, source",
				     values, 2, add_week_row, &filling};
	int r = store_query(store, &query, reterr);
	return r == 0 ? part_writer_finish(&filling.writer, reterr) : r;
}

int parts_fill(struct store *store, struct failure *reterr)
{
	struct pair_list list;
	struct driver_query query = {.sql = "SELECT week, domain FROM stream_week"
					    " GROUP BY week, domain ORDER BY week, domain"};
	int r = read_pairs(store, &query, &list, reterr);
	for (size_t i = 0; r == 0 && i < list.pairs.len; i++) {
		const struct pair *pair = VECTOR_AT(&list.pairs, const struct pair, i);
		store_tell_forward(store, i, list.pairs.len);
		r = fill_week(store, pair->first, pair->second, reterr);
	}
	arena_free(list.arena);
	return r;
}

/* ---- many small ones ---- */

int parts_join_all(struct store *store, struct failure *reterr)
{
	struct pair_list list;
	struct driver_query query = {.sql = "SELECT week, domain FROM stream_part WHERE"
					    " length(octets) < " PART_OPEN_SQL
					    " GROUP BY week, domain HAVING count(*) > 1"};
	int r = read_pairs(store, &query, &list, reterr);
	for (size_t i = 0; r == 0 && i < list.pairs.len; i++) {
		const struct pair *pair = VECTOR_AT(&list.pairs, const struct pair, i);
		store_tell_forward(store, i, list.pairs.len);
		r = parts_join(store, &(struct part_week){pair->first, pair->second}, 1, reterr);
	}
	arena_free(list.arena);
	return r;
}

/* ---- from the rows of one report ---- */

/* source, messages, pattern */
static int add_report_row(void *context, const struct driver_row *row)
{
	struct filling *filling = context;
	const struct driver_value *v = row->values;
	struct driver_fact fact = {
		.source = v[0].text, .messages = v[1].integer, .pattern = v[2].integer};
	return part_add(&filling->writer, &filling->place, &fact, filling->reterr);
}

static const char last_row_sql[] =
	"SELECT coalesce(max(seq), -1) FROM fact WHERE day = $1 AND domain = $2 AND report = $3";

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static const char rows_sql[] =
	"SELECT source, messages, pattern FROM fact WHERE day = $1 AND domain = $2"
	" AND report = $3 AND seq BETWEEN $4 AND $5";

static int write_report(struct store *store, struct filling *filling)
{
	const struct part_place *place = &filling->place;
	int64_t last = -1;
	struct driver_value values[] = {driver_integer(place->day), driver_integer(place->domain),
					driver_integer(place->report), driver_integer(0),
					driver_integer(0)};
	struct driver_query ask = {last_row_sql, values, 3, take_integer, &last};
	struct driver_query rows = {rows_sql, values, 5, add_report_row, filling};
	int r = store_query(store, &ask, filling->reterr);
	for (int64_t seq = 0; r == 0 && seq <= last; seq += ROWS_PER_QUERY) {
		values[3] = driver_integer(seq);
		values[4] = driver_integer(seq + ROWS_PER_QUERY - 1);
		r = store_query(store, &rows, filling->reterr);
	}
	return r;
}

int parts_write_report(struct store *store, const struct part_place *place, struct failure *reterr)
{
	struct filling filling = {
		.writer = part_writer_new(store), .place = *place, .reterr = reterr};
	int r = write_report(store, &filling);
	return r == 0 ? part_writer_finish(&filling.writer, reterr) : r;
}

int parts_delete_report(struct store *store, const struct part_place *place, struct failure *reterr)
{
	struct driver_value values[] = {driver_integer(place->day / PART_WEEK_DAYS),
					driver_integer(place->domain),
					driver_integer(place->report)};
	struct driver_query query = {
		.sql = "DELETE FROM stream_part WHERE week = $1 AND domain = $2"
		       " AND report = $3",
		.values = values,
		.count = 3};
	return store_query(store, &query, reterr);
}

static int write_reports(struct store *store, const struct pair_list *list, int64_t domain,
			 struct failure *reterr)
{
	struct filling filling = {.writer = part_writer_new(store), .reterr = reterr};
	int r = 0;
	for (size_t i = 0; r == 0 && i < list->pairs.len; i++) {
		const struct pair *pair = VECTOR_AT(&list->pairs, const struct pair, i);
		filling.place = (struct part_place){pair->first, domain, pair->second};
		r = write_report(store, &filling);
	}
	return r == 0 ? part_writer_finish(&filling.writer, reterr) : r;
}

int parts_write_week(struct store *store, int64_t day, int64_t domain, struct failure *reterr)
{
	int64_t week = day / PART_WEEK_DAYS;
	struct pair_list list;
	struct driver_value bounds[] = {driver_integer(domain),
					driver_integer(week * PART_WEEK_DAYS),
					driver_integer(week * PART_WEEK_DAYS + PART_WEEK_DAYS - 1)};
	struct driver_query query = {.sql = "SELECT day, id FROM report r WHERE domain = $1"
					    " AND day BETWEEN $2 AND $3 AND kind = 1 AND " COUNTS(
						    "r") " ORDER BY day, id",
				     .values = bounds,
				     .count = 3};
	struct driver_value key[] = {driver_integer(week), driver_integer(domain)};
	struct driver_query clear = {
		.sql = "DELETE FROM stream_part WHERE week = $1 AND domain = $2",
		.values = key,
		.count = 2};
	int r = read_pairs(store, &query, &list, reterr);
	if (r == 0) {
		r = store_query(store, &clear, reterr);
	}
	if (r == 0) {
		r = write_reports(store, &list, domain, reterr);
	}
	arena_free(list.arena);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Small parts of one week and domain become fewer large ones, in the transaction that made them. */
#include <stdlib.h>

#include "store/parts.h"

/* Taken out and put back at once. */
#define PARTS_TOGETHER 64
/* Of one week and domain in one transaction: what an older program left may take several. */
#define ROUNDS_MAX 16

#define OPEN_PARTS                                                                                 \
	" FROM stream_part WHERE week = $1 AND domain = $2 AND length(octets) < " PART_OPEN_SQL

/* One that is alone is left alone. Reading the answer may wait until all are gone. */
#define TAKE_SQL(id)                                                                               \
	"DELETE FROM stream_part WHERE " id " IN (SELECT " id OPEN_PARTS                           \
	" LIMIT " SQL_NUMBER(PARTS_TOGETHER) ") AND 1 < (SELECT count(*)" OPEN_PARTS               \
					     ") RETURNING octets"

static const char *const take_sql[DRIVER_COUNT] = {
	[DRIVER_SQLITE] = TAKE_SQL("id"),
	[DRIVER_POSTGRESQL] = TAKE_SQL("ctid"),
};

struct taking {
	size_t count;
	size_t lens[PARTS_TOGETHER];
	char octets[PARTS_TOGETHER][PART_OPEN_BYTES];
};

static int take_part(void *context, const struct driver_row *row)
{
	struct taking *taking = context;
	struct span part = span_slice(row->values[0].text, 0, PART_OPEN_BYTES);
	if (part.len > 0 && taking->count < PARTS_TOGETHER) {
		memcpy(taking->octets[taking->count], part.ptr, part.len);
		taking->lens[taking->count++] = part.len;
	}
	return 0;
}

static int put_back(struct part_writer *writer, const struct part_week *place, struct span part,
		    struct failure *reterr)
{
	int r = 0;
	struct part_row row;
	struct span rest = part;
	while (r == 0 && part_next(&rest, &row)) {
		r = part_add_packed(writer, place, span_slice(part, 0, part.len - rest.len),
				    reterr);
		part = rest;
	}
	return r == 0 && rest.len > 0 ? failure_set(reterr, FAILURE_LIBRARY, "database",
						    "a part of the rows by week is damaged")
				      : r;
}

static int join_some(struct store *store, const struct part_week *place, struct taking *taking,
		     struct failure *reterr)
{
	struct driver_value key[] = {driver_integer(place->week), driver_integer(place->domain)};
	struct driver_query take = {take_sql[store->driver->class->kind], key, 2, take_part,
				    taking};
	struct part_writer writer = part_writer_new(store);
	taking->count = 0;
	int r = store_query(store, &take, reterr);
	for (size_t i = 0; r == 0 && i < taking->count; i++) {
		r = put_back(&writer, place, span_of(taking->octets[i], taking->lens[i]), reterr);
	}
	return r == 0 ? part_writer_finish(&writer, reterr) : r;
}

static int join_week(struct store *store, const struct part_week *place, struct taking *taking,
		     struct failure *reterr)
{
	int r = 0;
	taking->count = PARTS_TOGETHER;
	for (int i = 0; r == 0 && i < ROUNDS_MAX && taking->count == PARTS_TOGETHER; i++) {
		r = join_some(store, place, taking, reterr);
	}
	return r;
}

int parts_join(struct store *store, const struct part_week *places, size_t count,
	       struct failure *reterr)
{
	struct taking *taking = malloc(sizeof(*taking));
	int r = taking != NULL ? 0 : failure_set_memory(reterr, "database");
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = join_week(store, &places[i], taking, reterr);
	}
	free(taking);
	return r;
}

void parts_note_open(struct store *store, const struct part_week *place)
{
	struct open_parts *open = &store->open_parts;
	for (size_t i = open->count; i > 0; i--) {
		const struct part_week *noted = &open->places[i - 1];
		if (noted->week == place->week && noted->domain == place->domain) {
			return;
		}
	}
	if (open->count < OPEN_PARTS_MAX) {
		open->places[open->count++] = *place;
	}
}

int parts_join_noted(struct store *store, struct failure *reterr)
{
	struct open_parts *open = &store->open_parts;
	int r = open->count > 0 ? parts_join(store, open->places, open->count, reterr) : 0;
	open->count = 0;
	return r;
}

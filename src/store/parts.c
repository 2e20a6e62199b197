/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Packing rows into parts, and out of them. */
#include "store/parts.h"

/* A head, a pattern, a source, a count. */
#define ROW_MAX_BYTES (1 + 5 + STORE_SOURCE_MAX + 10)
#define DAY_BITS 3
#define DAY_MASK 7u

struct part_writer part_writer_new(struct store *store)
{
	return (struct part_writer){.store = store};
}

static const char add_part_sql[] =
	"INSERT INTO stream_part (week, domain, report, octets) VALUES ($1, $2, $3, $4)";

int part_writer_finish(struct part_writer *writer, struct failure *reterr)
{
	if (writer->len == 0) {
		return 0;
	}
	struct driver_value values[] = {driver_integer(writer->week),
					driver_integer(writer->domain),
					driver_integer(writer->report),
					driver_octets(span_of(writer->octets, writer->len))};
	struct driver_query query = {.sql = add_part_sql, .values = values, .count = 4};
	if (writer->len < PART_OPEN_BYTES) {
		parts_note_open(writer->store, &(struct part_week){writer->week, writer->domain});
	}
	writer->len = 0;
	return store_query(writer->store, &query, reterr);
}

static void put_number(struct part_writer *writer, uint64_t number)
{
	for (; number >= 0x80; number >>= 7) {
		writer->octets[writer->len++] = (char)(number | 0x80);
	}
	writer->octets[writer->len++] = (char)number;
}

static void put_row(struct part_writer *writer, int64_t day, const struct driver_fact *fact)
{
	struct span source = span_slice(fact->source, 0, STORE_SOURCE_MAX);
	writer->octets[writer->len++] =
		(char)(day % PART_WEEK_DAYS | (int64_t)source.len << DAY_BITS);
	put_number(writer, (uint64_t)fact->pattern);
	if (source.len > 0) {
		memcpy(writer->octets + writer->len, source.ptr, source.len);
		writer->len += source.len;
	}
	put_number(writer, (uint64_t)fact->messages);
}

int part_add(struct part_writer *writer, const struct part_place *place,
	     const struct driver_fact *fact, struct failure *reterr)
{
	int64_t week = place->day / PART_WEEK_DAYS;
	int r = 0;
	if (writer->week != week || writer->domain != place->domain ||
	    writer->len > PART_MAX_BYTES - ROW_MAX_BYTES) {
		r = part_writer_finish(writer, reterr);
	}
	if (writer->len == 0) {
		writer->week = week;
		writer->domain = place->domain;
		writer->report = place->report;
	}
	put_row(writer, place->day, fact);
	return r;
}

int part_add_packed(struct part_writer *writer, const struct part_week *place, struct span row,
		    struct failure *reterr)
{
	int r = writer->len + row.len > PART_MAX_BYTES ? part_writer_finish(writer, reterr) : 0;
	writer->week = place->week;
	writer->domain = place->domain;
	memcpy(writer->octets + writer->len, row.ptr, row.len);
	writer->len += row.len;
	return r;
}

static bool take_number(struct span *rest, uint64_t *ret_number)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < rest->len && i < 10; i++) {
		unsigned char octet = span_octet(*rest, i);
		number |= (uint64_t)(octet & 0x7f) << (7 * i);
		if (octet < 0x80) {
			*rest = span_from(*rest, i + 1);
			*ret_number = number;
			return true;
		}
	}
	return false;
}

bool part_next(struct span *part, struct part_row *ret_row)
{
	if (part->len == 0) {
		return false;
	}
	unsigned head = span_octet(*part, 0);
	size_t source_len = head >> DAY_BITS;
	struct span rest = span_from(*part, 1);
	uint64_t pattern;
	if ((head & DAY_MASK) == DAY_MASK || source_len > STORE_SOURCE_MAX ||
	    !take_number(&rest, &pattern) || pattern > UINT32_MAX || rest.len < source_len) {
		return false;
	}
	ret_row->day = head & DAY_MASK;
	ret_row->pattern = (uint32_t)pattern;
	ret_row->source = span_slice(rest, 0, source_len);
	rest = span_from(rest, source_len);
	if (!take_number(&rest, &ret_row->messages)) {
		return false;
	}
	*part = rest;
	return true;
}

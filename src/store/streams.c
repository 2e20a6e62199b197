/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The streams of a scope, from the rows by week: week after week is read and added up here, so that
 * a day on which a stream was seen under several domains of the scope counts once.
 */
#include <stdlib.h>

#include "store/flags.h"
#include "store/internal.h"
#include "store/parts.h"
#include "store/patterns.h"

#define STREAMS_MAX_BYTES ((size_t)1 << 30)
#define FIRST_SLOTS 1024

/* One cache line: there may be hundreds of thousands. */
struct stream_sum {
	uint64_t messages;
	uint64_t recent;
	uint8_t source[STORE_SOURCE_MAX]; /* what is not used is 0 */
	uint32_t pattern;		  /* with the source, what makes rows one stream */
	uint32_t days;			  /* of the weeks before `week` */
	int32_t first_day;
	int32_t last_day;
	int32_t week; /* the last one it was seen in */
	uint8_t source_len;
	uint8_t week_days; /* a bit for each day of it */
};

struct stream_reading {
	const struct store_scope *scope;
	int64_t recent_day;
	struct arena *arena;
	struct vector sums;  /* of struct stream_sum */
	uint64_t *slots;     /* half of the hash, and place in sums + 1; 0: free */
	size_t slot_count;   /* a power of two */
	uint64_t seed;	     /* unknown to reporters, who choose their sources */
	struct vector weeks; /* of int64_t: those with data */
	struct stream_sum rest;
	/* The week that is read: its number and the bits of its days in the scope and recent. */
	int32_t week;
	unsigned in_scope;
	unsigned recent;
	struct failure *reterr;
};

/* splitmix64's finaliser. */
static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

static uint64_t hash_of(const struct stream_reading *reading, const struct stream_sum *key)
{
	uint64_t halves[2];
	memcpy(halves, key->source, STORE_SOURCE_MAX);
	uint64_t hash = mix(reading->seed ^ key->pattern ^ (uint64_t)key->source_len << 32);
	return mix(mix(hash ^ halves[0]) ^ halves[1]);
}

static struct stream_sum *sum_at(const struct stream_reading *reading, size_t i)
{
	return VECTOR_AT(&reading->sums, struct stream_sum, i);
}

static bool is_same_stream(const struct stream_sum *a, const struct stream_sum *b)
{
	return a->pattern == b->pattern && a->source_len == b->source_len &&
	       memcmp(a->source, b->source, STORE_SOURCE_MAX) == 0;
}

static uint64_t tag_of(uint64_t hash)
{
	return hash & ~(uint64_t)UINT32_MAX;
}

/* The slot that holds the stream, or the free one where it belongs. */
static uint64_t *slot_of(const struct stream_reading *reading, const struct stream_sum *key,
			 uint64_t hash)
{
	size_t mask = reading->slot_count - 1;
	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		uint64_t *slot = &reading->slots[i];
		/* The tag saves a look at most sums that only share the slot. */
		if (*slot == 0 || (tag_of(*slot) == tag_of(hash) &&
				   is_same_stream(sum_at(reading, (uint32_t)*slot - 1), key))) {
			return slot;
		}
	}
}

/* At most half of the slots are in use. */
static bool make_room(struct stream_reading *reading)
{
	if (reading->sums.len * 2 < reading->slot_count) {
		return true;
	}
	size_t count = reading->slot_count == 0 ? FIRST_SLOTS : reading->slot_count * 4;
	uint64_t *slots = arena_alloc(reading->arena, count * sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	reading->slots = slots;
	reading->slot_count = count;
	for (size_t i = 0; i < reading->sums.len; i++) {
		uint64_t hash = hash_of(reading, sum_at(reading, i));
		*slot_of(reading, sum_at(reading, i), hash) = tag_of(hash) | (i + 1);
	}
	return true;
}

static struct stream_sum *sum_of(struct stream_reading *reading, const struct stream_sum *key,
				 uint64_t hash)
{
	if (!make_room(reading)) {
		return &reading->rest;
	}
	uint64_t *slot = slot_of(reading, key, hash);
	if (*slot != 0) {
		return sum_at(reading, (uint32_t)*slot - 1);
	}
	struct stream_sum *sum =
		VECTOR_PUSH(&reading->sums, reading->arena, struct stream_sum, STORE_STREAMS_MAX);
	if (sum == NULL) {
		return &reading->rest;
	}
	*slot = tag_of(hash) | reading->sums.len;
	*sum = *key;
	sum->first_day = INT32_MAX;
	sum->last_day = INT32_MIN;
	return sum;
}

static unsigned count_bits(unsigned bits)
{
	unsigned count = 0;
	for (; bits != 0; bits &= bits - 1) {
		count++;
	}
	return count;
}

static void add_day(struct stream_sum *sum, int32_t week, unsigned bit)
{
	int32_t day = week * PART_WEEK_DAYS + (int32_t)bit;
	if (sum->week != week) {
		sum->days += count_bits(sum->week_days);
		sum->week_days = 0;
		sum->week = week;
	}
	sum->week_days |= (uint8_t)(1u << bit);
	sum->first_day = day < sum->first_day ? day : sum->first_day;
	sum->last_day = day > sum->last_day ? day : sum->last_day;
}

static const char parts_sql[] =
	"SELECT octets FROM stream_part WHERE week = $2 AND domain IN " SCOPE_DOMAINS;
#define ALL_DAYS 0x7fu

/* A row whose place in memory is being fetched. */
struct coming_row {
	struct stream_sum key;
	uint64_t hash;
	uint64_t messages;
	unsigned day;
};

/* Hundreds of thousands of rows are each somewhere else in memory: what is waited for at once. */
#define ROWS_TOGETHER 32

static void expect_row(struct stream_reading *reading, const struct part_row *row,
		       struct coming_row *coming)
{
	coming->key = (struct stream_sum){.pattern = row->pattern,
					  .source_len = (uint8_t)row->source.len};
	if (row->source.len > 0) {
		memcpy(coming->key.source, row->source.ptr, row->source.len);
	}
	coming->hash = hash_of(reading, &coming->key);
	coming->messages = row->messages;
	coming->day = row->day;
	if (reading->slot_count > 0) {
		PREFETCH(&reading->slots[(size_t)coming->hash & (reading->slot_count - 1)]);
	}
}

static void expect_sum(const struct stream_reading *reading, const struct coming_row *coming)
{
	uint64_t slot = reading->slot_count > 0
				? reading->slots[(size_t)coming->hash & (reading->slot_count - 1)]
				: 0;
	if ((uint32_t)slot != 0) {
		PREFETCH(sum_at(reading, (uint32_t)slot - 1));
	}
}

static void add_row(struct stream_reading *reading, const struct coming_row *row)
{
	struct stream_sum *sum = sum_of(reading, &row->key, row->hash);
	sum->messages += row->messages;
	sum->recent += (1u << row->day & reading->recent) != 0 ? row->messages : 0;
	add_day(sum, reading->week, row->day);
}

static void add_rows(struct stream_reading *reading, struct span *part)
{
	struct coming_row rows[ROWS_TOGETHER];
	struct part_row row;
	size_t count = 0;
	while (count < ROWS_TOGETHER && part_next(part, &row)) {
		if ((1u << row.day & reading->in_scope) != 0) {
			expect_row(reading, &row, &rows[count++]);
		}
	}
	for (size_t i = 0; i < count; i++) {
		expect_sum(reading, &rows[i]);
	}
	for (size_t i = 0; i < count; i++) {
		add_row(reading, &rows[i]);
	}
}

static int add_part(void *context, const struct driver_row *row)
{
	struct stream_reading *reading = context;
	struct span part = row->values[0].text;
	size_t left = part.len + 1;
	while (part.len > 0 && part.len < left) {
		left = part.len;
		add_rows(reading, &part);
	}
	if (part.len > 0) {
		return failure_set(reading->reterr, FAILURE_LIBRARY, "database",
				   "a part of the rows by week is damaged");
	}
	return 0;
}

/* The bits of the week's days from `from` on. */
static unsigned days_from(int64_t week, int64_t from)
{
	int64_t first = week * PART_WEEK_DAYS;
	return from <= first			? ALL_DAYS
	       : from >= first + PART_WEEK_DAYS ? 0
						: ALL_DAYS << (from - first) & ALL_DAYS;
}

static int read_week(struct store *store, struct stream_reading *reading, int64_t week,
		     struct failure *reterr)
{
	const struct store_scope *scope = reading->scope;
	reading->week = (int32_t)week;
	reading->in_scope =
		days_from(week, scope->first_day) & ~days_from(week, scope->last_day + 1);
	reading->recent = days_from(week, reading->recent_day);
	reading->reterr = reterr;
	struct buffer place = buffer_new(STORE_TEXT_MAX);
	struct driver_value values[] = {driver_text(store_place(scope->domain, &place)),
					driver_integer(week)};
	struct driver_query query = {parts_sql, values, 2, add_part, reading};
	int r = store_query(store, &query, reterr);
	buffer_free(&place);
	return r;
}

static const char weeks_sql[] = "SELECT day / 7 FROM day_total WHERE domain IN " SCOPE_DOMAINS
				" AND day BETWEEN $2 AND $3 GROUP BY day / 7 ORDER BY day / 7";

static int take_week(void *context, const struct driver_row *row)
{
	struct stream_reading *reading = context;
	int64_t *week = VECTOR_PUSH(&reading->weeks, reading->arena, int64_t,
				    STORE_DAY_MAX / PART_WEEK_DAYS + 1);
	if (week != NULL) {
		*week = row->values[0].integer;
	}
	return 0;
}

static int read_weeks(struct store *store, struct stream_reading *reading, struct failure *reterr)
{
	struct driver_query list = {.sql = weeks_sql, .each = take_week, .context = reading};
	int r = store_query_scope(store, reading->scope, &list, reterr);
	for (size_t i = 0; r == 0 && i < reading->weeks.len; i++) {
		r = read_week(store, reading, *VECTOR_AT(&reading->weeks, int64_t, i), reterr);
	}
	return r;
}

static struct store_stream stream_of(const struct stream_sum *sum,
				     const struct known_pattern *pattern)
{
	struct store_stream stream = {
		.row = {.source = span_of(sum->source, sum->source_len),
			.messages = sum->messages,
			.header_from = pattern->texts[0],
			.envelope_from = pattern->texts[1],
			.envelope_to = pattern->texts[2],
			.evidence = pattern->texts[3],
			.reasons = pattern->texts[4]},
		.pattern = pattern->id,
		.recent_messages = sum->recent,
		.active_days = sum->days + count_bits(sum->week_days),
		.first_day = sum->first_day,
		.last_day = sum->last_day,
	};
	flags_unpack(pattern->flags, &stream.row);
	return stream;
}

/* What streams are sorted by; the source's first octets, as a number. */
struct stream_place {
	uint64_t messages;
	uint64_t source_head;
	const struct stream_sum *sum;
};

/* The largest first; then in an order that both databases give. */
static int compare_places(const void *left, const void *right)
{
	const struct stream_place *a = left;
	const struct stream_place *b = right;
	if (a->messages != b->messages) {
		return a->messages > b->messages ? -1 : 1;
	}
	if (a->source_head != b->source_head) {
		return a->source_head < b->source_head ? -1 : 1;
	}
	int order = memcmp(a->sum->source, b->sum->source, STORE_SOURCE_MAX);
	return order != 0
		       ? order
		       : (a->sum->pattern > b->sum->pattern) - (a->sum->pattern < b->sum->pattern);
}

static uint64_t head_of(const struct stream_sum *sum)
{
	uint64_t head = 0;
	for (size_t i = 0; i < sizeof(head); i++) {
		head = head << 8 | sum->source[i];
	}
	return head;
}

/* What was too much comes last, as one. NULL when memory is out. */
static struct stream_place *sort_sums(struct stream_reading *reading, size_t *ret_count)
{
	size_t count = reading->sums.len;
	struct stream_place *places = arena_alloc(reading->arena, (count + 1) * sizeof(places[0]));
	if (places == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct stream_sum *sum = sum_at(reading, i);
		places[i] = (struct stream_place){sum->messages, head_of(sum), sum};
	}
	if (count > 1) {
		qsort(places, count, sizeof(places[0]), compare_places);
	}
	if (reading->rest.messages > 0) {
		places[count++].sum = &reading->rest;
	}
	*ret_count = count;
	return places;
}

static int give_streams(struct store *store, struct stream_reading *reading, store_stream_fn *each,
			void *context, struct failure *reterr)
{
	size_t count = 0;
	const struct stream_place *places = sort_sums(reading, &count);
	struct pattern_table patterns = pattern_table_new(reading->arena);
	for (size_t i = 0; i < count; i++) {
		(void)pattern_want(&patterns, places[i].sum->pattern);
	}
	int r = pattern_table_fetch(&patterns, store, reterr);
	if (r == 0 && arena_has_failed(reading->arena)) {
		r = failure_set_memory(reterr, "read the reports");
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct stream_sum *sum = places[i].sum;
		struct store_stream stream = stream_of(sum, pattern_want(&patterns, sum->pattern));
		r = each(context, &stream);
	}
	return r;
}

int store_streams(struct store *store, const struct store_scope *scope, int64_t recent_day,
		  store_stream_fn *each, void *context, struct failure *reterr)
{
	struct stream_reading reading = {
		.scope = scope,
		.recent_day = recent_day,
		.arena = arena_new(STREAMS_MAX_BYTES),
		.rest = {.first_day = INT32_MAX, .last_day = INT32_MIN},
	};
	if (reading.arena == NULL) {
		return failure_set_memory(reterr, "read the reports");
	}
	/* Where the arena lies is what reporters cannot know. */
	reading.seed = mix((uintptr_t)reading.arena);
	int r = read_weeks(store, &reading, reterr);
	if (r == 0) {
		r = give_streams(store, &reading, each, context, reterr);
	}
	arena_free(reading.arena);
	return r;
}

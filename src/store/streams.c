/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The streams of a scope, from the sums by week: week after week is read and added up here, so that
 * a day on which a stream was seen under several domains of the scope counts once.
 */
#include <stdlib.h>

#include "store/flags.h"
#include "store/internal.h"
#include "store/rollup.h"
#include "store/word_texts.h"

#define STREAMS_MAX_BYTES ((size_t)1 << 30)
#define WORD_COUNT 5
#define SOURCE_MAX 16
/* Fills the key: it is compared octet by octet, so there must be none that nobody writes. */
#define SOURCE_ROOM 22

/* What makes rows one stream. */
struct stream_key {
	int64_t words[WORD_COUNT]; /* header_from, envelope_from, envelope_to, evidence, reasons */
	uint8_t flags;
	uint8_t source_len;
	uint8_t source[SOURCE_ROOM];
};

_Static_assert(sizeof(struct stream_key) == WORD_COUNT * 8 + 2 + SOURCE_ROOM, "no padding");

struct stream_sum {
	struct stream_key key;
	uint64_t messages;
	uint64_t recent;
	uint64_t days; /* of the weeks before `week` */
	int64_t first_day;
	int64_t last_day;
	int64_t week;	    /* the last one it was seen in */
	unsigned week_days; /* a bit for each day of it */
};

struct stream_reading {
	const struct store_scope *scope;
	int64_t recent_day;
	struct arena *arena;
	struct map by_key; /* struct stream_key -> struct stream_sum */
	struct stream_sum rest;
	struct vector weeks; /* of int64_t: those with data */
	int64_t week;
};

/* The bits of the week's days from `from` on. */
static unsigned days_from(int64_t week, int64_t from)
{
	int64_t first = week * ROLLUP_WEEK_DAYS;
	return from <= first			  ? 0x7f
	       : from >= first + ROLLUP_WEEK_DAYS ? 0
						  : 0x7fu << (from - first) & 0x7f;
}

static unsigned count_bits(unsigned bits)
{
	unsigned count = 0;
	for (; bits != 0; bits &= bits - 1) {
		count++;
	}
	return count;
}

static void add_week(struct stream_sum *sum, int64_t week, unsigned days)
{
	if (sum->week != week) {
		sum->days += count_bits(sum->week_days);
		sum->week_days = 0;
		sum->week = week;
	}
	sum->week_days |= days;
	int64_t day = week * ROLLUP_WEEK_DAYS;
	for (unsigned bit = 0; bit < ROLLUP_WEEK_DAYS; bit++) {
		if ((days >> bit & 1) != 0) {
			sum->first_day = day + bit < sum->first_day ? day + bit : sum->first_day;
			sum->last_day = day + bit > sum->last_day ? day + bit : sum->last_day;
		}
	}
}

static struct stream_sum *sum_of(struct stream_reading *reading, const struct stream_key *key)
{
	struct span octets = span_of(key, sizeof(*key));
	struct stream_sum *sum = map_get(&reading->by_key, octets);
	if (sum != NULL) {
		return sum;
	}
	sum = map_count(&reading->by_key) < STORE_STREAMS_MAX
		      ? arena_alloc(reading->arena, sizeof(*sum))
		      : NULL;
	if (sum == NULL) {
		return &reading->rest;
	}
	*sum = (struct stream_sum){.key = *key, .first_day = INT64_MAX, .last_day = INT64_MIN};
	bool is_kept = map_put(&reading->by_key, span_of(&sum->key, sizeof(sum->key)), sum);
	return is_kept ? sum : &reading->rest;
}

/* Columns: source, flags, five words, days, the counts of seven days. */
#define COLUMN_WORDS 2
#define COLUMN_DAYS (COLUMN_WORDS + WORD_COUNT)
#define COLUMN_COUNTS (COLUMN_DAYS + 1)

static int add_line(void *context, const struct driver_row *row)
{
	struct stream_reading *reading = context;
	const struct driver_value *v = row->values;
	unsigned recent = days_from(reading->week, reading->recent_day);
	unsigned days = (unsigned)v[COLUMN_DAYS].integer &
			days_from(reading->week, reading->scope->first_day) &
			~days_from(reading->week, reading->scope->last_day + 1);
	if (days == 0) {
		return 0;
	}
	struct stream_key key = {.flags = (uint8_t)v[1].integer};
	struct span source = span_slice(v[0].text, 0, SOURCE_MAX);
	key.source_len = (uint8_t)source.len;
	if (source.len > 0) {
		memcpy(key.source, source.ptr, source.len);
	}
	for (size_t i = 0; i < WORD_COUNT; i++) {
		key.words[i] = v[COLUMN_WORDS + i].integer;
	}
	struct stream_sum *sum = sum_of(reading, &key);
	for (unsigned bit = 0; bit < ROLLUP_WEEK_DAYS; bit++) {
		uint64_t messages = (uint64_t)v[COLUMN_COUNTS + bit].integer;
		sum->messages += (days >> bit & 1) != 0 ? messages : 0;
		sum->recent += (days & recent) >> bit & 1 ? messages : 0;
	}
	add_week(sum, reading->week, days);
	return 0;
}

static const char week_sql[] =
	"SELECT source, flags, header_from, envelope_from, envelope_to, evidence, reasons, days,"
	" m0, m1, m2, m3, m4, m5, m6 FROM stream_week WHERE week = $2"
	" AND domain IN " SCOPE_DOMAINS;

static const char weeks_sql[] = "SELECT day / 7 FROM day_total WHERE domain IN " SCOPE_DOMAINS
				" AND day BETWEEN $2 AND $3 GROUP BY day / 7 ORDER BY day / 7";

static int take_week(void *context, const struct driver_row *row)
{
	struct stream_reading *reading = context;
	int64_t *week = VECTOR_PUSH(&reading->weeks, reading->arena, int64_t,
				    STORE_DAY_MAX / ROLLUP_WEEK_DAYS + 1);
	if (week != NULL) {
		*week = row->values[0].integer;
	}
	return 0;
}

static int read_weeks(struct store *store, struct stream_reading *reading, struct failure *reterr)
{
	const struct store_scope *scope = reading->scope;
	struct driver_value bounds[] = {driver_text(scope->domain),
					driver_integer(scope->first_day),
					driver_integer(scope->last_day)};
	struct driver_query list = {weeks_sql, bounds, 3, take_week, reading};
	int r = store_query(store, &list, reterr);
	for (size_t i = 0; r == 0 && i < reading->weeks.len; i++) {
		reading->week = *VECTOR_AT(&reading->weeks, int64_t, i);
		struct driver_value values[] = {driver_text(scope->domain),
						driver_integer(reading->week)};
		struct driver_query query = {week_sql, values, 2, add_line, reading};
		r = store_query(store, &query, reterr);
	}
	return r;
}

static struct store_stream stream_of(const struct stream_sum *sum, const struct word_texts *texts)
{
	const int64_t *words = sum->key.words;
	struct store_stream stream = {
		.row = {.source = span_of(sum->key.source, sum->key.source_len),
			.messages = sum->messages,
			.header_from = word_text(texts, words[0]),
			.envelope_from = word_text(texts, words[1]),
			.envelope_to = word_text(texts, words[2]),
			.evidence = word_text(texts, words[3]),
			.reasons = word_text(texts, words[4])},
		.recent_messages = sum->recent,
		.active_days = sum->days + count_bits(sum->week_days),
		.first_day = sum->first_day,
		.last_day = sum->last_day,
	};
	flags_unpack(sum->key.flags, &stream.row);
	return stream;
}

/* The largest first; then in an order that both databases give. */
static int compare_sums(const void *left, const void *right)
{
	const struct stream_sum *a = *(const struct stream_sum *const *)left;
	const struct stream_sum *b = *(const struct stream_sum *const *)right;
	if (a->messages != b->messages) {
		return a->messages > b->messages ? -1 : 1;
	}
	int order = memcmp(a->key.source, b->key.source, SOURCE_ROOM);
	return order != 0 ? order : memcmp(a->key.words, b->key.words, sizeof(a->key.words));
}

static const struct stream_sum **sort_sums(const struct stream_reading *reading)
{
	size_t count = map_count(&reading->by_key);
	const struct stream_sum **sums = arena_alloc(reading->arena, (count + 1) * sizeof(*sums));
	for (size_t i = 0; sums != NULL && i < count; i++) {
		sums[i] = map_at(&reading->by_key, i)->value;
	}
	if (sums != NULL) {
		qsort(sums, count, sizeof(*sums), compare_sums);
	}
	return sums;
}

static int give_streams(struct store *store, const struct stream_reading *reading,
			store_stream_fn *each, void *context, struct failure *reterr)
{
	const struct stream_sum **sums = sort_sums(reading);
	size_t count = map_count(&reading->by_key);
	struct word_texts texts = word_texts_new(reading->arena);
	for (size_t i = 0; sums != NULL && i < count; i++) {
		for (size_t word = 0; word < WORD_COUNT; word++) {
			word_texts_want(&texts, sums[i]->key.words[word]);
		}
	}
	int r = word_texts_fetch(&texts, store, reterr);
	if (r == 0 && arena_has_failed(reading->arena)) {
		r = failure_set_memory(reterr, "read the reports");
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct store_stream stream = stream_of(sums[i], &texts);
		r = each(context, &stream);
	}
	if (r == 0 && reading->rest.messages > 0) {
		struct store_stream stream = stream_of(&reading->rest, &texts);
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
		.rest = {.first_day = INT64_MAX, .last_day = INT64_MIN},
	};
	if (reading.arena == NULL) {
		return failure_set_memory(reterr, "read the reports");
	}
	/* Where the arena lies is what reporters cannot know. */
	reading.by_key = map_new(reading.arena, STORE_STREAMS_MAX, (uintptr_t)reading.arena);
	int r = read_weeks(store, &reading, reterr);
	if (r == 0) {
		r = give_streams(store, &reading, each, context, reterr);
	}
	arena_free(reading.arena);
	return r;
}

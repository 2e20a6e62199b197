/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks for patterns by the hundred, and then for their words, of which there are far fewer than the
 * patterns have places for. */
#include "store/patterns.h"

#define TEN(tens)                                                                                  \
	", $" tens "0, $" tens "1, $" tens "2, $" tens "3, $" tens "4, $" tens "5, $" tens         \
	"6, $" tens "7, $" tens "8, $" tens "9"

#define IDS_PER_QUERY 99
_Static_assert(IDS_PER_QUERY <= DRIVER_MAX_VALUES, "one value for each");

#define HUNDRED_IDS                                                                                \
	" WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9" TEN("1") TEN("2") TEN("3") TEN("4")     \
		TEN("5") TEN("6") TEN("7") TEN("8") TEN("9") ")"

static const char patterns_sql[] =
	"SELECT id, flags, header_from, envelope_from, envelope_to, evidence, reasons"
	" FROM pattern" HUNDRED_IDS;
static const char words_sql[] = "SELECT id, text FROM word" HUNDRED_IDS;

struct known_word {
	int64_t id;
	struct span text;
};

struct pattern_table pattern_table_new(struct arena *arena)
{
	return (struct pattern_table){
		.arena = arena,
		.by_id = map_new(arena, STORE_STREAMS_MAX, /* seed */ 0),
		.words = map_new(arena, (size_t)STORE_STREAMS_MAX * PATTERN_WORDS, /* seed */ 0),
	};
}

static void *find(const struct map *map, int64_t id)
{
	return map_get(map, span_of(&id, sizeof(id)));
}

const struct known_pattern *pattern_want(struct pattern_table *table, int64_t id)
{
	static const struct known_pattern nothing = {.id = 0};
	struct known_pattern *pattern = id != 0 ? find(&table->by_id, id) : NULL;
	if (id == 0 || pattern != NULL) {
		return id == 0 ? &nothing : pattern;
	}
	pattern = arena_alloc(table->arena, sizeof(*pattern));
	if (pattern == NULL) {
		return &nothing;
	}
	pattern->id = id;
	bool is_kept = map_put(&table->by_id, span_of(&pattern->id, sizeof(id)), pattern);
	return is_kept ? pattern : &nothing;
}

static void want_word(struct pattern_table *table, int64_t id)
{
	if (id == 0 || find(&table->words, id) != NULL) {
		return;
	}
	struct known_word *word = arena_alloc(table->arena, sizeof(*word));
	if (word != NULL) {
		word->id = id;
		if (!map_put(&table->words, span_of(&word->id, sizeof(id)), word)) {
			arena_fail(table->arena);
		}
	}
}

static int take_pattern(void *context, size_t number, const struct driver_row *row)
{
	struct pattern_table *table = context;
	struct known_pattern *pattern = find(&table->by_id, row->values[0].integer);
	(void)number;
	if (pattern != NULL) {
		pattern->flags = row->values[1].integer;
		for (size_t i = 0; i < PATTERN_WORDS; i++) {
			pattern->words[i] = row->values[2 + i].integer;
			want_word(table, pattern->words[i]);
		}
	}
	return 0;
}

static int take_word(void *context, size_t number, const struct driver_row *row)
{
	struct pattern_table *table = context;
	struct known_word *word = find(&table->words, row->values[0].integer);
	(void)number;
	if (word != NULL) {
		word->text = arena_copy(table->arena, row->values[1].text);
	}
	return 0;
}

/* Each key of the map is an id. */
static int ask_for_all(struct store *store, struct pattern_table *table, const struct map *map,
		       struct driver_many *many, struct failure *reterr)
{
	size_t count = map_count(map);
	size_t queries = (count + IDS_PER_QUERY - 1) / IDS_PER_QUERY;
	struct driver_value *values =
		arena_alloc(table->arena, queries * IDS_PER_QUERY * sizeof(*values));
	if (values == NULL) {
		return failure_set_memory(reterr, "read the reports");
	}
	for (size_t i = 0; i < queries * IDS_PER_QUERY; i++) {
		int64_t id;
		/* The last query asks for one of them again and again. */
		memcpy(&id, map_at(map, i < count ? i : count - 1)->key.ptr, sizeof(id));
		values[i] = driver_integer(id);
	}
	many->values = values;
	many->columns = IDS_PER_QUERY;
	many->count = queries;
	many->context = table;
	return store_query_many(store, many, reterr);
}

static void set_texts(const struct pattern_table *table)
{
	for (size_t i = 0; i < map_count(&table->by_id); i++) {
		struct known_pattern *pattern = map_at(&table->by_id, i)->value;
		for (size_t at = 0; at < PATTERN_WORDS; at++) {
			const struct known_word *word = find(&table->words, pattern->words[at]);
			pattern->texts[at] = word != NULL ? word->text : span_of(NULL, 0);
		}
	}
}

int pattern_table_fetch(struct pattern_table *table, struct store *store, struct failure *reterr)
{
	struct driver_many patterns = {.sql = patterns_sql, .each = take_pattern};
	struct driver_many words = {.sql = words_sql, .each = take_word};
	int r = ask_for_all(store, table, &table->by_id, &patterns, reterr);
	if (r == 0) {
		r = ask_for_all(store, table, &table->words, &words, reterr);
	}
	if (r == 0) {
		set_texts(table);
	}
	return r;
}

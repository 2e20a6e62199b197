/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks for patterns by the hundred. */
#include "store/patterns.h"

#define TEN(tens)                                                                                  \
	", $" tens "0, $" tens "1, $" tens "2, $" tens "3, $" tens "4, $" tens "5, $" tens         \
	"6, $" tens "7, $" tens "8, $" tens "9"

#define IDS_PER_QUERY 99
_Static_assert(IDS_PER_QUERY <= DRIVER_MAX_VALUES, "one value for each");

static const char patterns_sql[] =
	"SELECT p.id, p.flags, hf.text, ef.text, et.text, ev.text, rs.text FROM pattern p"
	" LEFT JOIN word hf ON hf.id = p.header_from LEFT JOIN word ef ON ef.id = p.envelope_from"
	" LEFT JOIN word et ON et.id = p.envelope_to LEFT JOIN word ev ON ev.id = p.evidence"
	" LEFT JOIN word rs ON rs.id = p.reasons"
	" WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9" TEN("1") TEN("2") TEN("3") TEN("4")
		TEN("5") TEN("6") TEN("7") TEN("8") TEN("9") ")";

struct pattern_table pattern_table_new(struct arena *arena)
{
	return (struct pattern_table){arena, map_new(arena, STORE_STREAMS_MAX, 0)};
}

static struct known_pattern *find(const struct pattern_table *table, int64_t id)
{
	return map_get(&table->by_id, span_of(&id, sizeof(id)));
}

const struct known_pattern *pattern_want(struct pattern_table *table, int64_t id)
{
	static const struct known_pattern nothing = {.id = 0};
	struct known_pattern *pattern = id != 0 ? find(table, id) : NULL;
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

static int take_pattern(void *context, const struct driver_row *row)
{
	struct pattern_table *table = context;
	struct known_pattern *pattern = find(table, row->values[0].integer);
	if (pattern != NULL) {
		pattern->flags = row->values[1].integer;
		for (size_t i = 0; i < PATTERN_WORDS; i++) {
			pattern->texts[i] = arena_copy(table->arena, row->values[2 + i].text);
		}
	}
	return 0;
}

static int64_t id_at(const struct pattern_table *table, size_t i)
{
	const struct known_pattern *pattern = map_at(&table->by_id, i)->value;
	return pattern->id;
}

int pattern_table_fetch(struct pattern_table *table, struct store *store, struct failure *reterr)
{
	size_t count = map_count(&table->by_id);
	int r = 0;
	for (size_t first = 0; r == 0 && first < count; first += IDS_PER_QUERY) {
		struct driver_value values[IDS_PER_QUERY];
		for (size_t i = 0; i < IDS_PER_QUERY; i++) {
			/* The last query asks for one of them again and again. */
			values[i] = driver_integer(
				id_at(table, first + i < count ? first + i : count - 1));
		}
		struct driver_query query = {patterns_sql, values, IDS_PER_QUERY, take_pattern,
					     table};
		r = store_query(store, &query, reterr);
	}
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks for words by the hundred. */
#include "store/word_texts.h"

/* Five for each stream, and then the arena is full. */
#define WANTED_MAX ((size_t)5 * STORE_STREAMS_MAX)

struct wanted {
	int64_t id;
	struct span text;
};

#define TEN(tens)                                                                                  \
	", $" tens "0, $" tens "1, $" tens "2, $" tens "3, $" tens "4, $" tens "5, $" tens         \
	"6, $" tens "7, $" tens "8, $" tens "9"

#define IDS_PER_QUERY 99
_Static_assert(IDS_PER_QUERY <= DRIVER_MAX_VALUES, "one value for each");

static const char texts_sql[] =
	"SELECT id, text FROM word WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9" TEN("1")
		TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9") ")";

struct word_texts word_texts_new(struct arena *arena)
{
	return (struct word_texts){arena, map_new(arena, WANTED_MAX, 0)};
}

static struct wanted *find(const struct word_texts *texts, int64_t id)
{
	return map_get(&texts->by_id, span_of(&id, sizeof(id)));
}

void word_texts_want(struct word_texts *texts, int64_t id)
{
	if (id == 0 || find(texts, id) != NULL) {
		return;
	}
	struct wanted *wanted = arena_alloc(texts->arena, sizeof(*wanted));
	if (wanted != NULL) {
		wanted->id = id;
		/* The map is as large as there can be words; without memory the arena says so. */
		bool is_kept = map_put(&texts->by_id, span_of(&wanted->id, sizeof(id)), wanted);
		(void)is_kept;
	}
}

static int take_text(void *context, const struct driver_row *row)
{
	struct word_texts *texts = context;
	struct wanted *wanted = find(texts, row->values[0].integer);
	if (wanted != NULL) {
		wanted->text = arena_copy(texts->arena, row->values[1].text);
	}
	return 0;
}

static int64_t id_at(const struct word_texts *texts, size_t i)
{
	const struct wanted *wanted = map_at(&texts->by_id, i)->value;
	return wanted->id;
}

int word_texts_fetch(struct word_texts *texts, struct store *store, struct failure *reterr)
{
	size_t count = map_count(&texts->by_id);
	int r = 0;
	for (size_t first = 0; r == 0 && first < count; first += IDS_PER_QUERY) {
		struct driver_value values[IDS_PER_QUERY];
		for (size_t i = 0; i < IDS_PER_QUERY; i++) {
			/* The last query asks for one word again and again. */
			values[i] = driver_integer(
				id_at(texts, first + i < count ? first + i : count - 1));
		}
		struct driver_query query = {texts_sql, values, IDS_PER_QUERY, take_text, texts};
		r = store_query(store, &query, reterr);
	}
	return r;
}

struct span word_text(const struct word_texts *texts, int64_t id)
{
	const struct wanted *wanted = find(texts, id);
	return wanted != NULL ? wanted->text : span_of(NULL, 0);
}

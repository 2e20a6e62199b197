/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Patterns in memory, and their ids. */
#include "store/row_patterns.h"

#include "store/flags.h"
#include "store/internal.h"

#define MAX_PATTERNS 100000
#define MAX_BYTES ((size_t)12 << 20)
/* A length before each text. */
#define KEY_MAX_BYTES                                                                              \
	(8 + PATTERN_WORDS * 4 + (PATTERN_WORDS - 1) * STORE_TEXT_MAX + STORE_EVIDENCE_MAX)
/* Settled together: their words are known by then, and then they are asked for. */
#define PATTERNS_TOGETHER 200

bool row_patterns_start(struct row_patterns *patterns)
{
	if (patterns->arena == NULL) {
		patterns->arena = arena_new(MAX_BYTES);
		patterns->key = buffer_new(KEY_MAX_BYTES);
	} else {
		arena_reset(patterns->arena);
	}
	if (patterns->arena == NULL) {
		return false;
	}
	/* Where the arena lies is what reporters cannot know. */
	patterns->by_text = map_new(patterns->arena, MAX_PATTERNS, (uintptr_t)patterns->arena);
	patterns->fresh = (struct vector){0};
	return true;
}

void row_patterns_free(struct row_patterns *patterns)
{
	arena_free(patterns->arena);
	buffer_free(&patterns->key);
}

static size_t max_len_of(size_t word)
{
	return word == 3 /* evidence */ ? STORE_EVIDENCE_MAX : STORE_TEXT_MAX;
}

static void put_text(struct buffer *key, struct span text)
{
	uint32_t len = (uint32_t)text.len;
	buffer_append(key, span_of(&len, sizeof(len)));
	buffer_append(key, text);
}

/* The texts as they came: some that differ only in what is mended get one id later. */
static void make_key(struct buffer *key, int64_t flags, const struct span *texts)
{
	buffer_clear(key);
	buffer_putc(key, (char)flags);
	for (size_t i = 0; i < PATTERN_WORDS; i++) {
		put_text(key, span_slice(texts[i], 0, max_len_of(i)));
	}
}

static struct span keep_clean(struct arena *arena, struct span text, size_t max_len)
{
	struct buffer scratch = buffer_new(max_len + 8);
	struct span kept = arena_copy(arena, store_clean_text(text, max_len, &scratch));
	if (scratch.is_failed) {
		arena_fail(arena);
	}
	buffer_free(&scratch);
	return kept;
}

static struct row_pattern *add(struct row_patterns *patterns, int64_t flags,
			       const struct span *texts)
{
	struct arena *arena = patterns->arena;
	struct row_pattern *pattern = arena_alloc(arena, sizeof(*pattern));
	struct span key = arena_copy(arena, buffer_span(&patterns->key));
	for (size_t i = 0; pattern != NULL && i < PATTERN_WORDS; i++) {
		pattern->texts[i] = keep_clean(arena, texts[i], max_len_of(i));
	}
	struct row_pattern **fresh =
		VECTOR_PUSH(&patterns->fresh, arena, struct row_pattern *, MAX_PATTERNS);
	if (pattern == NULL || fresh == NULL || arena_has_failed(arena) ||
	    !map_put(&patterns->by_text, key, pattern)) {
		patterns->fresh.len -= fresh != NULL ? 1 : 0;
		return NULL;
	}
	pattern->flags = flags;
	*fresh = pattern;
	return pattern;
}

struct row_pattern *row_patterns_find(struct row_patterns *patterns, const struct store_row *row)
{
	int64_t flags = flags_pack(row);
	const struct span texts[PATTERN_WORDS] = {row->header_from, row->envelope_from,
						  row->envelope_to, row->evidence, row->reasons};
	make_key(&patterns->key, flags, texts);
	struct row_pattern *known = map_get(&patterns->by_text, buffer_span(&patterns->key));
	return known != NULL ? known : add(patterns, flags, texts);
}

/* ---- ids ---- */

/* Some patterns whose ids are asked for together. */
struct settling {
	struct row_pattern **patterns;
	size_t count;
	int64_t words[PATTERNS_TOGETHER][PATTERN_WORDS];
	struct span new_words[PATTERNS_TOGETHER * PATTERN_WORDS];
	int64_t *places[PATTERNS_TOGETHER * PATTERN_WORDS]; /* where the new words' ids belong */
	size_t new_count;
	struct driver_value values[PATTERNS_TOGETHER * (PATTERN_WORDS + 1)];
};

static bool is_asked_for(const struct settling *settling, struct span text, size_t pattern,
			 size_t word)
{
	const struct span *before = pattern > 0 ? settling->patterns[pattern - 1]->texts : NULL;
	return before != NULL && settling->words[pattern - 1][word] == 0 &&
	       span_equal(before[word], text);
}

static int take_word_id(void *context, size_t number, const struct driver_row *row)
{
	struct settling *settling = context;
	*settling->places[number] = row->values[0].integer;
	return 0;
}

/* The ids of all words: those known, and those that are asked for. */
static void collect_words(struct store *store, struct settling *settling)
{
	settling->new_count = 0;
	for (size_t i = 0; i < settling->count; i++) {
		for (size_t word = 0; word < PATTERN_WORDS; word++) {
			struct span text = settling->patterns[i]->texts[word];
			int64_t *id = &settling->words[i][word];
			*id = text.len > 0 ? store_word_known(&store->words, text) : 0;
			if (text.len > 0 && *id == 0 && !is_asked_for(settling, text, i, word)) {
				settling->new_words[settling->new_count] = text;
				settling->places[settling->new_count++] = id;
			}
		}
	}
}

/* What the pattern before asked for too is known now. */
static void copy_words(struct settling *settling)
{
	for (size_t i = 1; i < settling->count; i++) {
		for (size_t word = 0; word < PATTERN_WORDS; word++) {
			if (settling->words[i][word] == 0 &&
			    settling->patterns[i]->texts[word].len > 0) {
				settling->words[i][word] = settling->words[i - 1][word];
			}
		}
	}
}

static int ask_for_words(struct store *store, struct settling *settling, struct failure *reterr)
{
	for (size_t i = 0; i < settling->new_count; i++) {
		settling->values[i] = driver_text(settling->new_words[i]);
	}
	struct driver_many many = {store->words.insert_sql, settling->values, 1,
				   settling->new_count,	    take_word_id,     settling};
	int r = store_query_many(store, &many, reterr);
	for (size_t i = 0; r == 0 && i < settling->new_count; i++) {
		store_word_remember(&store->words, settling->new_words[i], *settling->places[i]);
	}
	return r;
}

static const char add_pattern_sql[] =
	"INSERT INTO pattern (header_from, envelope_from, envelope_to, evidence, reasons, flags)"
	" VALUES ($1, $2, $3, $4, $5, $6)"
	" ON CONFLICT (evidence, envelope_from, envelope_to, header_from, reasons, flags)"
	" DO UPDATE SET flags = excluded.flags RETURNING id";

static int take_pattern_id(void *context, size_t number, const struct driver_row *row)
{
	struct settling *settling = context;
	settling->patterns[number]->id = row->values[0].integer;
	return 0;
}

static int ask_for_patterns(struct store *store, struct settling *settling, struct failure *reterr)
{
	struct driver_value *value = settling->values;
	for (size_t i = 0; i < settling->count; i++) {
		for (size_t word = 0; word < PATTERN_WORDS; word++) {
			*value++ = driver_integer(settling->words[i][word]);
		}
		*value++ = driver_integer(settling->patterns[i]->flags);
	}
	struct driver_many many = {add_pattern_sql, settling->values, PATTERN_WORDS + 1,
				   settling->count, take_pattern_id,  settling};
	return store_query_many(store, &many, reterr);
}

int row_patterns_settle(struct store *store, struct failure *reterr)
{
	struct row_patterns *patterns = &store->patterns;
	struct settling settling;
	int r = 0;
	for (size_t first = 0; r == 0 && first < patterns->fresh.len; first += settling.count) {
		size_t left = patterns->fresh.len - first;
		settling.patterns = VECTOR_AT(&patterns->fresh, struct row_pattern *, first);
		settling.count = left < PATTERNS_TOGETHER ? left : PATTERNS_TOGETHER;
		collect_words(store, &settling);
		r = ask_for_words(store, &settling, reterr);
		if (r == 0) {
			copy_words(&settling);
			r = ask_for_patterns(store, &settling, reterr);
		}
	}
	patterns->fresh.len = 0;
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Texts that many rows share, and what else they share, are kept once and known by a number. */
#include "store/internal.h"

static void clean_into(struct span text, size_t max_len, struct buffer *scratch)
{
	while (text.len > 0) {
		uint32_t code_point;
		size_t len = text_utf8_next(text, &code_point);
		struct span next = len == 0 || code_point == 0 ? SPAN("\xef\xbf\xbd")
							       : span_slice(text, 0, len);
		if (scratch->len + next.len > max_len) {
			return;
		}
		buffer_append(scratch, next);
		text = span_from(text, len == 0 ? 1 : len);
	}
}

struct span store_clean_text(struct span text, size_t max_len, struct buffer *scratch)
{
	bool is_clean =
		text.len <= max_len && text_is_utf8(text) && span_find(text, '\0', 0) == text.len;
	if (is_clean) {
		return text;
	}
	buffer_clear(scratch);
	clean_into(text, max_len, scratch);
	return buffer_span(scratch);
}

struct span store_place(struct span name, struct buffer *place)
{
	size_t end = name.len;
	buffer_clear(place);
	for (size_t i = name.len; i-- > 0;) {
		if (name.ptr[i] == '.') {
			buffer_append(place, span_slice(name, i + 1, end - i - 1));
			buffer_putc(place, '.');
			end = i;
		}
	}
	buffer_append(place, span_slice(name, 0, end));
	return buffer_span(place);
}

static int take_id(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static int cache_start(struct word_cache *cache, const char *insert_sql, struct failure *reterr)
{
	cache->insert_sql = insert_sql;
	if (cache->arena == NULL) {
		cache->arena = arena_new(WORDS_MAX_BYTES);
	} else {
		arena_reset(cache->arena);
	}
	if (cache->arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	cache->ids = map_new(cache->arena, WORDS_MAX_ENTRIES, 0);
	return 0;
}

int store_words_prepare(struct store *store, struct failure *reterr)
{
	if (store->words.arena != NULL) {
		return 0;
	}
	/* The no-change update makes RETURNING give the id of what is there already. */
	int r = cache_start(&store->words,
			    "INSERT INTO word (text) VALUES ($1) ON CONFLICT (text)"
			    " DO UPDATE SET text = excluded.text RETURNING id",
			    reterr);
	if (r == 0) {
		r = cache_start(
			&store->domains,
			"INSERT INTO domain (name, place) VALUES ($1, $2) ON CONFLICT (name)"
			" DO UPDATE SET name = excluded.name RETURNING id",
			reterr);
		store->domains.has_place = true;
	}
	if (r == 0 && !row_patterns_start(&store->patterns)) {
		r = failure_set_memory(reterr, "database");
	}
	return r;
}

void store_words_forget(struct store *store)
{
	if (store->words.arena != NULL) {
		(void)cache_start(&store->words, store->words.insert_sql, NULL);
		(void)cache_start(&store->domains, store->domains.insert_sql, NULL);
		(void)row_patterns_start(&store->patterns);
	}
}

int64_t store_word_known(const struct word_cache *cache, struct span text)
{
	const int64_t *known = map_get(&cache->ids, text);
	return known != NULL ? *known : 0;
}

/* A full cache starts again from nothing: it only saves time. */
void store_word_remember(struct word_cache *cache, struct span text, int64_t id)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		int64_t *kept = arena_alloc(cache->arena, sizeof(*kept));
		struct span key = arena_copy(cache->arena, text);
		if (kept != NULL && !arena_has_failed(cache->arena)) {
			*kept = id;
			if (map_put(&cache->ids, key, kept)) {
				return;
			}
		}
		(void)cache_start(cache, cache->insert_sql, NULL);
	}
}

int store_word(struct store *store, struct word_cache *cache, struct span text, size_t max_len,
	       int64_t *ret_id, struct failure *reterr)
{
	*ret_id = 0;
	if (text.len == 0) {
		return 0;
	}
	struct buffer scratch = buffer_new(max_len + 8);
	text = store_clean_text(text, max_len, &scratch);
	const int64_t *known = map_get(&cache->ids, text);
	int r = 0;
	if (known != NULL) {
		*ret_id = *known;
	} else {
		struct buffer place = buffer_new(max_len + 8);
		struct driver_value values[] = {driver_text(text),
						driver_text(store_place(text, &place))};
		struct driver_query query = {cache->insert_sql, values, cache->has_place ? 2 : 1,
					     take_id, ret_id};
		r = place.is_failed ? failure_set_memory(reterr, "database")
				    : store_query(store, &query, reterr);
		buffer_free(&place);
		if (r == 0) {
			store_word_remember(cache, text, *ret_id);
		}
	}
	buffer_free(&scratch);
	return r;
}

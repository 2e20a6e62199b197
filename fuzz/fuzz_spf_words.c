/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mending SPF records: what comes out is sound, and mending it again changes nothing. */
#include "fuzz.h"

#include "advise/spf_words.h"

static void check(struct arena *arena, struct spf_words *words)
{
	struct span text = spf_words_write(words);
	if (text.len == 0) {
		return;
	}
	FUZZ_CHECK(spf_record_is_spf(text));
	FUZZ_CHECK(spf_record_parse(arena, text)->problems.error_count == 0);
	struct spf_words again = spf_words_of(arena, text);
	FUZZ_CHECK(spf_words_repair(&again));
	FUZZ_CHECK(span_equal(spf_words_write(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct span text = span_of(data, size);
	struct spf_words words;
	if (size < 4096 && spf_record_is_spf(text)) {
		words = spf_words_of(arena, text);
		if (spf_words_repair(&words)) {
			check(arena, &words);
		}
	} else if (size < 4096 && spf_words_of_near_miss(arena, text, &words)) {
		check(arena, &words);
	}
	arena_free(arena);
	return 0;
}

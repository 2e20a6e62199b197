/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* BIMI records; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/bimi.h"

static void check_same(const struct bimi_record *a, const struct bimi_record *b)
{
	FUZZ_CHECK(a->has_location == b->has_location && span_equal(a->location, b->location));
	FUZZ_CHECK(a->has_evidence == b->has_evidence && span_equal(a->evidence, b->evidence));
	FUZZ_CHECK(a->is_location_valid == b->is_location_valid);
	FUZZ_CHECK(a->is_evidence_valid == b->is_evidence_valid);
	FUZZ_CHECK(a->avatar == b->avatar && span_equal(a->local_parts, b->local_parts));
	FUZZ_CHECK(bimi_record_is_declined(a) == bimi_record_is_declined(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct bimi_record *record = bimi_record_parse(arena, text);
	FUZZ_CHECK(record != NULL);
	FUZZ_CHECK(!bimi_record_is_bimi(text) || !bimi_record_is_near_miss(text));
	fuzz_check_problems(&record->problems, text);
	bimi_record_write(record, &written);
	FUZZ_CHECK(bimi_record_is_bimi(buffer_span(&written)));
	struct bimi_record *again = bimi_record_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL);
	check_same(record, again);
	buffer_free(&written);
	arena_free(arena);
	return 0;
}

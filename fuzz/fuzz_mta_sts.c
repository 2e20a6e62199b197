/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS TXT records; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/mta_sts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct mta_sts_record *record = mta_sts_record_parse(arena, text);
	FUZZ_CHECK(record != NULL);
	FUZZ_CHECK(!mta_sts_record_is_sts(text) || !mta_sts_record_is_near_miss(text));
	fuzz_check_problems(&record->problems, text);
	mta_sts_record_write(record, &written);
	FUZZ_CHECK(mta_sts_record_is_sts(buffer_span(&written)));
	struct mta_sts_record *again = mta_sts_record_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL);
	FUZZ_CHECK(again->has_id == record->has_id && span_equal(again->id, record->id));
	FUZZ_CHECK(!mta_sts_record_is_valid(record) || mta_sts_record_is_valid(again));
	FUZZ_CHECK(!mta_sts_record_is_valid(record) ||
		   (record->id.len > 0 && record->id.len <= MTA_STS_ID_MAX));
	buffer_free(&written);
	arena_free(arena);
	return 0;
}

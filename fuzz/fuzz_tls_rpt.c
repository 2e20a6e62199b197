/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP TLS reporting records; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/tls_rpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct tls_rpt_record *record = tls_rpt_record_parse(arena, text);
	FUZZ_CHECK(record != NULL);
	FUZZ_CHECK(!tls_rpt_record_is_tls_rpt(text) || !tls_rpt_record_is_near_miss(text));
	fuzz_check_problems(&record->problems, text);
	tls_rpt_record_write(record, &written);
	FUZZ_CHECK(tls_rpt_record_is_tls_rpt(buffer_span(&written)));
	struct tls_rpt_record *again = tls_rpt_record_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL && again->rua_count == record->rua_count);
	for (size_t i = 0; i < record->rua_count; i++) {
		FUZZ_CHECK(span_equal(record->rua[i].text, again->rua[i].text));
		FUZZ_CHECK(record->rua[i].is_valid == again->rua[i].is_valid);
	}
	FUZZ_CHECK(!tls_rpt_record_is_usable(record) || tls_rpt_record_is_usable(again));
	buffer_free(&written);
	arena_free(arena);
	return 0;
}

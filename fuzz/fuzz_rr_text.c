/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Master-file text; the first two octets are the type. What parses must survive the way back. */
#include "fuzz.h"

#include "records/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor input = cursor_of(span_of(data, size));
	uint16_t type = cursor_u16(&input);
	struct span text = cursor_rest(&input);
	struct span rdata;
	struct problem problem;
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(RR_TEXT_MAX);
	if (rr_parse_text(arena, type, text, &rdata, &problem)) {
		struct span again;
		rr_write_text(type, rdata, &written);
		FUZZ_CHECK(!written.is_failed);
		FUZZ_CHECK(rr_parse_text(arena, type, buffer_span(&written), &again, &problem));
		/* Names given in \# may be in upper case. */
		FUZZ_CHECK(span_equal_nocase(rdata, again));
	} else {
		FUZZ_CHECK(problem.offset <= text.len && problem.len <= text.len - problem.offset);
		FUZZ_CHECK(problem.what.len > 0);
	}
	buffer_free(&written);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Record data inside a DNS message: two octets of type, one of offset, one of length, the message.
 */
#include "fuzz.h"

#include "records/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor input = cursor_of(span_of(data, size));
	uint16_t type = cursor_u16(&input);
	size_t offset = cursor_u8(&input);
	uint8_t len = cursor_u8(&input);
	struct cursor message = cursor_of(cursor_rest(&input));
	message.at = offset < message.all.len ? offset : message.all.len;
	struct span rdata;
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer text = buffer_new(RR_TEXT_MAX);
	if (rr_expand(&message, arena, type, len, &rdata)) {
		struct span again;
		struct problem problem;
		rr_write_text(type, rdata, &text);
		FUZZ_CHECK(!text.is_failed);
		FUZZ_CHECK(rr_parse_text(arena, type, buffer_span(&text), &again, &problem));
		FUZZ_CHECK(span_equal(rdata, again));
	}
	buffer_free(&text);
	arena_free(arena);
	return 0;
}

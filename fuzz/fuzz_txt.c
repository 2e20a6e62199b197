/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TXT record data. */
#include "fuzz.h"

#include "records/txt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer out = buffer_new(5 * size + 10);
	struct txt txt;
	if (txt_parse(arena, span_of(data, size), &txt)) {
		struct txt again;
		FUZZ_CHECK(txt.text.len + txt.string_count == size);
		FUZZ_CHECK(txt.longest <= TXT_STRING_MAX && txt.longest <= txt.text.len);
		txt_to_rdata(txt.text, &out);
		FUZZ_CHECK(txt_parse(arena, buffer_span(&out), &again));
		FUZZ_CHECK(span_equal(txt.text, again.text));
		buffer_clear(&out);
		txt_write_presentation(txt.text, &out);
		FUZZ_CHECK(!out.is_failed && text_is_printable(buffer_span(&out)));
	}
	buffer_free(&out);
	arena_free(arena);
	return 0;
}

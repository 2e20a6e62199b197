/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Standings as a database holds them; what is written reads the same. */
#include "fuzz.h"

#include "estate/standing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer once = buffer_new(FUZZ_ARENA_BYTES);
	struct buffer twice = buffer_new(FUZZ_ARENA_BYTES);
	struct standing standing;
	if (standing_read(arena, span_of(data, size), &standing)) {
		standing_write(&standing, &once);
		FUZZ_CHECK(standing_read(arena, buffer_span(&once), &standing));
		standing_write(&standing, &twice);
		FUZZ_CHECK(span_equal(buffer_span(&once), buffer_span(&twice)));
	}
	buffer_free(&once);
	buffer_free(&twice);
	arena_free(arena);
	return 0;
}

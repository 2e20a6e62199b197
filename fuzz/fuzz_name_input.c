/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a person typed for a domain. */
#include "fuzz.h"

#include "records/name_input.h"

static void check_name(struct arena *arena, const struct name_input_result *result)
{
	struct span canonical;
	FUZZ_CHECK(name_canonical(arena, result->name, &canonical));
	FUZZ_CHECK(span_equal(canonical, result->name));
	FUZZ_CHECK(name_is_ldh(result->name, /* is_underscore_ok */ true));
	struct name_input_result shown = name_input_parse(arena, result->unicode);
	FUZZ_CHECK(shown.status == NAME_INPUT_OK);
	FUZZ_CHECK(span_equal(shown.name, result->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct name_input_result result = name_input_parse(arena, span_of(data, size));
	if (result.status == NAME_INPUT_OK) {
		check_name(arena, &result);
	} else {
		FUZZ_CHECK(result.name.len == 0);
	}
	FUZZ_CHECK(result.offset <= size);
	FUZZ_CHECK(name_input_explain(result.status) != NULL);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Authentication-Results: what was read and is written again reads the same. */
#include "fuzz.h"

#include "message/authentication_results.h"

static bool is_word(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!text_is_alnum(text.ptr[i]) && strchr("-_.", text.ptr[i]) == NULL) {
			return false;
		}
	}
	return text.len > 0;
}

static void write_result(struct arena *arena, const struct authentication_result *result,
			 struct authentication_writer *writer)
{
	FUZZ_CHECK(is_word(result->method) && is_word(result->result));
	authentication_write_result(writer, arena_copy(arena, result->method).ptr,
				    arena_copy(arena, result->result).ptr);
	authentication_write_reason(writer, result->reason);
	for (size_t i = 0; i < result->properties.len; i++) {
		const struct authentication_property *property =
			VECTOR_AT(&result->properties, struct authentication_property, i);
		/* Read as Microsoft 365 writes it, never written: RFC 8601 2.2 wants a type. */
		if (property->type.len == 0) {
			continue;
		}
		authentication_write_property(writer, arena_copy(arena, property->type).ptr,
					      arena_copy(arena, property->property).ptr,
					      property->value);
	}
}

static void check_again(struct arena *arena, const struct authentication_results *results)
{
	struct buffer text = buffer_new((size_t)4 << 20);
	struct authentication_results again;
	struct authentication_writer writer = authentication_writer_begin_bare(&text, results->id);
	for (size_t i = 0; i < results->results.len; i++) {
		write_result(arena, VECTOR_AT(&results->results, struct authentication_result, i),
			     &writer);
	}
	authentication_writer_end(&writer);
	bool is_read = authentication_results_parse(arena, buffer_span(&text), &again);
	if (!arena_has_failed(arena)) {
		FUZZ_CHECK(!text.is_failed && is_read);
		FUZZ_CHECK(again.results.len == results->results.len);
	}
	buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct span text = span_of(data, size);
	struct authentication_results results;
	if (authentication_results_parse(arena, text, &results)) {
		check_again(arena, &results);
	} else {
		FUZZ_CHECK(results.bad_offset <= size || arena_has_failed(arena));
	}
	arena_free(arena);
	return 0;
}

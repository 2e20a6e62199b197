/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A name anywhere in a DNS message; the first octet says where. */
#include "fuzz.h"

#include "records/name.h"

static void check_canonical(struct arena *arena, struct span name)
{
	struct span again;
	struct buffer wire = buffer_new(LIMIT_NAME_WIRE);
	FUZZ_CHECK(name_canonical(arena, name, &again));
	FUZZ_CHECK(span_equal(name, again));
	FUZZ_CHECK(name_to_wire(name, &wire) && !wire.is_failed);
	struct cursor cursor = cursor_of(buffer_span(&wire));
	FUZZ_CHECK(name_from_wire(&cursor, arena, &again) && cursor_is_at_end(&cursor));
	FUZZ_CHECK(span_equal(name, again));
	buffer_free(&wire);
}

static void check_labels(struct arena *arena, struct span name)
{
	size_t count = name_label_count(name);
	struct span parent = name_parent(name);
	FUZZ_CHECK(count <= NAME_MAX_LABELS);
	FUZZ_CHECK(name_is_at_or_under(name, parent));
	FUZZ_CHECK(name_label_count(parent) == (count > 0 ? count - 1 : 0));
	if (count > 0) {
		struct span joined = name_join(arena, name_first_label(name), parent);
		FUZZ_CHECK(span_equal(joined, name));
	}
	FUZZ_CHECK(name_to_unicode(arena, name).len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span name;
	struct cursor message = cursor_of(span_of(data + (size > 0), size - (size > 0)));
	message.at = size > 0 && data[0] < message.all.len ? data[0] : 0;
	struct cursor second = message;
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer wire = buffer_new(LIMIT_NAME_WIRE);
	if (name_from_wire(&message, arena, &name)) {
		check_canonical(arena, name);
		check_labels(arena, name);
		FUZZ_CHECK(name_expand(&second, &wire) && second.at == message.at);
		FUZZ_CHECK(!wire.is_failed);
	}
	buffer_free(&wire);
	arena_free(arena);
	return 0;
}

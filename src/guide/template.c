/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Fills {placeholders}. */
#include "guide/template.h"

#define FILLED_MAX ((size_t)256 << 10)

static const struct template_arg *find_arg(const struct template_arg *args, size_t count,
					   struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(args[i].name, name)) {
			return &args[i];
		}
	}
	return NULL;
}

static bool is_placeholder_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!text_is_alnum(name.ptr[i]) && name.ptr[i] != '_') {
			return false;
		}
	}
	return name.len > 0;
}

struct span template_fill(struct arena *arena, struct span text, const struct template_arg *args,
			  size_t arg_count, bool *ret_is_complete)
{
	struct buffer filled = buffer_new_for(arena, FILLED_MAX);
	bool is_complete = true;
	while (text.len > 0) {
		size_t brace = span_find(text, '{', 0);
		buffer_append(&filled, span_slice(text, 0, brace));
		text = span_from(text, brace);
		if (span_starts_with(text, SPAN("{{"))) {
			buffer_putc(&filled, '{');
			text = span_from(text, 2);
			continue;
		}
		struct span name = span_slice(text, 1, span_find(text, '}', 0) - 1);
		if (text.len == 0 || !is_placeholder_name(name)) {
			buffer_append(&filled, span_slice(text, 0, 1));
			text = span_from(text, 1);
			continue;
		}
		const struct template_arg *arg = find_arg(args, arg_count, name);
		is_complete = is_complete && arg != NULL;
		buffer_append(&filled,
			      arg != NULL ? arg->value : span_slice(text, 0, name.len + 2));
		text = span_from(text, name.len + 2);
	}
	struct span copy = arena_copy(arena, buffer_span(&filled));
	if (ret_is_complete != NULL) {
		*ret_is_complete = is_complete && !filled.is_failed;
	}
	buffer_free(&filled);
	return copy;
}

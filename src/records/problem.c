/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Problems of one record. */
#include "records/problem.h"

#include <stdio.h>

#include "base/text.h"

void problem_add(struct problems *problems, struct arena *arena, struct problem problem)
{
	problems->error_count += problem.weight == PROBLEM_ERROR;
	struct problem *kept = VECTOR_PUSH(&problems->items, arena, struct problem, PROBLEM_MAX);
	if (kept != NULL) {
		*kept = problem;
	}
}

void problem_sort(struct problems *problems)
{
	struct problem *items = problems->items.items;
	for (size_t i = 1; i < problems->items.len; i++) {
		struct problem moved = items[i];
		size_t to = i;
		while (to > 0 && items[to - 1].offset > moved.offset) {
			items[to] = items[to - 1];
			to--;
		}
		items[to] = moved;
	}
}

/* Writes one character of text at out, visible or as \ddd, and gives the octets taken from text. */
static size_t quote_character(struct span text, char out[5])
{
	uint32_t code_point;
	size_t len = text_utf8_next(text, &code_point);
	if (len > 0 && !text_is_deceptive(code_point)) {
		memcpy(out, text.ptr, len);
		out[len] = '\0';
		return len;
	}
	(void)snprintf(out, 5, "\\%03u", (unsigned)span_octet(text, 0));
	return 1;
}

struct span problem_quote(struct arena *arena, struct span text)
{
	char quoted[4 * PROBLEM_QUOTE_MAX + 8];
	size_t len = 0;
	size_t taken = 0;
	while (taken < text.len && taken < PROBLEM_QUOTE_MAX) {
		char character[5];
		taken += quote_character(span_from(text, taken), character);
		memcpy(quoted + len, character, strlen(character));
		len += strlen(character);
	}
	quoted[len] = '\0';
	return arena_printf(arena, "\"%s%s\"", quoted, taken < text.len ? "..." : "");
}

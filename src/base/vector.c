/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A growing array in an arena. */
#include "base/vector.h"

#define FIRST_CAPACITY 4

bool vector_reserve(struct vector *vector, struct arena *arena, size_t item_size, size_t items)
{
	if (vector->cap == 0 && items > 0) {
		vector->items = arena_alloc(arena, items * item_size);
		vector->cap = vector->items != NULL ? items : 0;
	}
	return vector->cap >= items;
}

static bool grow(struct vector *vector, struct arena *arena, size_t item_size, size_t max_items)
{
	size_t cap = vector->cap == 0 ? FIRST_CAPACITY : vector->cap * 2;
	if (cap > max_items) {
		cap = max_items;
	}
	void *items = arena_alloc(arena, cap * item_size);
	if (items == NULL) {
		return false;
	}
	if (vector->len > 0) {
		memcpy(items, vector->items, vector->len * item_size);
	}
	vector->items = items;
	vector->cap = cap;
	return true;
}

void *vector_push(struct vector *vector, struct arena *arena, size_t item_size, size_t max_items)
{
	if (vector->len >= max_items) {
		return NULL;
	}
	if (vector->len == vector->cap && !grow(vector, arena, item_size, max_items)) {
		return NULL;
	}
	return (char *)vector->items + vector->len++ * item_size;
}

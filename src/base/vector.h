/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A growing array in an arena. Typed access goes through VECTOR_AT; growth copies, so keep indexes,
 * not pointers. */
#ifndef MAILSEAL_BASE_VECTOR_H
#define MAILSEAL_BASE_VECTOR_H

#include "base/arena.h"

struct vector {
	void *items;
	size_t len;
	size_t cap;
};

/* Room for so many items at once, in a vector that has none yet; false when the arena failed. */
bool vector_reserve(struct vector *vector, struct arena *arena, size_t item_size, size_t items);
/*
 * Room for one more item, zeroed; NULL when the vector has max_items already or the arena failed. A
 * list that reached its maximum is a result the caller reports, not an error of the arena.
 */
void *vector_push(struct vector *vector, struct arena *arena, size_t item_size, size_t max_items);

#define VECTOR_AT(vector, type, i) (&((type *)(vector)->items)[i])
#define VECTOR_PUSH(vector, arena, type, max_items)                                                \
	((type *)vector_push((vector), (arena), sizeof(type), (max_items)))

#endif

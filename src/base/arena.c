/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A chain of blocks; allocation moves a mark forward. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)16 << 10)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	max_align_t data[];
};

struct arena {
	struct block *blocks; /* newest first */
	size_t used_bytes;
	size_t max_bytes;
	size_t block_bytes;
	size_t successes_left;
	bool is_failed;
};

struct arena *arena_new_small(size_t max_bytes, size_t block_bytes)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena != NULL) {
		arena->max_bytes = max_bytes;
		arena->block_bytes = block_bytes;
		arena->successes_left = SIZE_MAX;
	}
	return arena;
}

struct arena *arena_new(size_t max_bytes)
{
	return arena_new_small(max_bytes, BLOCK_BYTES);
}

static void free_blocks(struct block *block)
{
	while (block != NULL) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

void arena_free(struct arena *arena)
{
	if (arena != NULL) {
		free_blocks(arena->blocks);
		free(arena);
	}
}

void arena_free_at(struct arena **arena)
{
	arena_free(*arena);
}

void arena_reset(struct arena *arena)
{
	if (arena->blocks != NULL) {
		struct block *oldest = arena->blocks;
		while (oldest->next != NULL) {
			struct block *next = oldest->next;
			free(oldest);
			oldest = next;
		}
		memset(oldest->data, 0, oldest->used);
		oldest->used = 0;
		arena->blocks = oldest;
	}
	arena->used_bytes = 0;
	arena->is_failed = false;
}

static struct block *add_block(struct arena *arena, size_t size)
{
	size_t capacity = size > arena->block_bytes ? size : arena->block_bytes;
	struct block *block = calloc(1, sizeof(*block) + capacity);
	if (block != NULL) {
		block->size = capacity;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

static void *fail(struct arena *arena)
{
	arena->is_failed = true;
	return NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (arena->successes_left == 0 || size > arena->max_bytes ||
	    arena->used_bytes > arena->max_bytes - size) {
		return fail(arena);
	}
	size_t rounded = (size + align - 1) / align * align;
	struct block *block = arena->blocks;
	if (block == NULL || block->size - block->used < rounded) {
		block = add_block(arena, rounded);
		if (block == NULL) {
			return fail(arena);
		}
	}
	void *result = (char *)block->data + block->used;
	block->used += rounded;
	arena->used_bytes += rounded;
	arena->successes_left -= arena->successes_left != SIZE_MAX;
	return result;
}

struct span arena_copy(struct arena *arena, struct span s)
{
	char *copy = arena_alloc(arena, s.len + 1);
	if (copy == NULL) {
		return span_of(NULL, 0);
	}
	if (s.len > 0) {
		memcpy(copy, s.ptr, s.len);
	}
	return span_of(copy, s.len);
}

struct span arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = len >= 0 ? arena_alloc(arena, (size_t)len + 1) : NULL;
	if (text == NULL) {
		arena->is_failed = true;
		return span_of(NULL, 0);
	}
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return span_of(text, (size_t)len);
}

bool arena_has_failed(const struct arena *arena)
{
	return arena->is_failed;
}

size_t arena_used_bytes(const struct arena *arena)
{
	return arena->used_bytes;
}

void arena_fail_after(struct arena *arena, size_t successes)
{
	arena->successes_left = successes;
}

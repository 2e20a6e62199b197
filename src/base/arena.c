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
/* What a judge needs that is run again and again; to take it from the system each time costs more
 * than the judging. */
#define KEPT_BYTES ((size_t)256 << 10)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	max_align_t data[];
};

struct arena {
	struct block *blocks; /* newest first */
	struct block *spare;  /* zeroed, for use again */
	size_t spare_bytes;
	size_t kept_bytes; /* at most so many of them */
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
		arena->kept_bytes = block_bytes;
		arena->successes_left = SIZE_MAX;
	}
	return arena;
}

struct arena *arena_new(size_t max_bytes)
{
	struct arena *arena = arena_new_small(max_bytes, BLOCK_BYTES);
	if (arena != NULL) {
		arena->kept_bytes = KEPT_BYTES;
	}
	return arena;
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
		free_blocks(arena->spare);
		free(arena);
	}
}

void arena_free_at(struct arena **arena)
{
	arena_free(*arena);
}

static void keep_or_free(struct arena *arena, struct block *block)
{
	if (arena->spare_bytes + block->size > arena->kept_bytes) {
		free(block);
		return;
	}
	memset(block->data, 0, block->used);
	block->used = 0;
	block->next = arena->spare;
	arena->spare = block;
	arena->spare_bytes += block->size;
}

void arena_reset(struct arena *arena)
{
	struct block *block = arena->blocks;
	while (block != NULL) {
		struct block *next = block->next;
		keep_or_free(arena, block);
		block = next;
	}
	arena->blocks = NULL;
	arena->used_bytes = 0;
	arena->is_failed = false;
}

/* A spare block with that much room; NULL when there is none. */
static struct block *take_spare(struct arena *arena, size_t size)
{
	for (struct block **at = &arena->spare; *at != NULL; at = &(*at)->next) {
		struct block *block = *at;
		if (block->size >= size) {
			*at = block->next;
			arena->spare_bytes -= block->size;
			return block;
		}
	}
	return NULL;
}

static struct block *new_block(const struct arena *arena, size_t size)
{
	size_t capacity = size > arena->block_bytes ? size : arena->block_bytes;
	struct block *block = calloc(1, sizeof(*block) + capacity);
	if (block != NULL) {
		block->size = capacity;
	}
	return block;
}

static struct block *add_block(struct arena *arena, size_t size)
{
	struct block *spare = take_spare(arena, size);
	struct block *block = spare != NULL ? spare : new_block(arena, size);
	if (block != NULL) {
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

void arena_fail(struct arena *arena)
{
	arena->is_failed = true;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Memory for one unit of work (a domain, a message, a report, a request), freed all at once.
 * When an allocation fails, the arena remembers: build freely, ask arena_has_failed() once at the
 * boundary.
 */
#ifndef MAILSEAL_BASE_ARENA_H
#define MAILSEAL_BASE_ARENA_H

#include "base/attributes.h"
#include "base/span.h"

struct arena;

/* A new arena that will hold at most max_bytes in all. NULL when memory is out. */
struct arena *arena_new(size_t max_bytes);
/* The same for one of very many: takes memory in pieces of block_bytes (16 kB otherwise). */
struct arena *arena_new_small(size_t max_bytes, size_t block_bytes);
/* Frees the arena and everything in it. NULL is allowed. */
void arena_free(struct arena *arena);
/* For scope-bound arenas: __attribute__((cleanup)) hands over the variable's address. */
void arena_free_at(struct arena **arena);
/* Forgets everything allocated but keeps some of the memory for the next unit of work; clears the
 * failed flag. */
void arena_reset(struct arena *arena);
/* size zeroed octets, aligned for any type; NULL (and the sticky flag) when memory or the maximum
 * is out. */
void *arena_alloc(struct arena *arena, size_t size);
/* Copies; an empty span when the arena failed. A NUL follows the copy and is not counted. */
struct span arena_copy(struct arena *arena, struct span s);
/* Formats into the arena. An empty span when it failed. */
struct span arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* What belongs to the arena's work could not be had from elsewhere: the arena has failed. */
void arena_fail(struct arena *arena);
bool arena_has_failed(const struct arena *arena);
/* Octets handed out so far. */
size_t arena_used_bytes(const struct arena *arena);
/*
 * Fault injection: let the next `successes` allocations succeed and every later one fail. Used by
 * tests to walk through each allocation of a run; never called by the program.
 */
void arena_fail_after(struct arena *arena, size_t successes);

#endif

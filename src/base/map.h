/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * span -> pointer, in an arena, bounded. Keys compare octet by octet; fold case before. Iteration
 * is in the order of insertion, so what is printed from a map is stable.
 */
#ifndef MAILSEAL_BASE_MAP_H
#define MAILSEAL_BASE_MAP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/vector.h"

struct map_entry {
	struct span key;
	void *value;
	uint64_t hash;
};

struct map {
	struct arena *arena;
	struct vector entries; /* of struct map_entry, in order of insertion */
	uint32_t *slots;       /* entry index + 1, or 0; a power of two of them */
	size_t slot_count;
	size_t max_entries;
	uint64_t seed;
};

/* What the map goes by; for others that keep their own table. */
uint64_t map_hash(struct span key, uint64_t seed);
/*
 * seed: any number hostile input cannot know (from the program's start), so that colliding keys
 * cannot be prepared; 0 is fine where the number of entries is small by other limits.
 */
struct map map_new(struct arena *arena, size_t max_entries, uint64_t seed);
/* NULL when the key is not there. */
void *map_get(const struct map *map, struct span key);
/* Adds or replaces. The key's octets must live as long as the map. False when full or out of
 * memory. */
bool map_put(struct map *map, struct span key, void *value) MUST_CHECK;
static inline size_t map_count(const struct map *map)
{
	return map->entries.len;
}
static inline const struct map_entry *map_at(const struct map *map, size_t i)
{
	return VECTOR_AT(&map->entries, const struct map_entry, i);
}

#endif

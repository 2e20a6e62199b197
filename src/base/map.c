/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Open addressing over an array of entries kept in order of insertion. */
#include "base/map.h"

#include "base/fnv.h"

#define FIRST_SLOTS 16

/* splitmix64 finaliser constants over an FNV-1a walk: cheap, and seeded against prepared
 * collisions. */
uint64_t map_hash(struct span key, uint64_t seed)
{
	uint64_t hash = fnv_add(FNV_BASIS ^ seed, key);
	hash ^= hash >> 30;
	hash *= UINT64_C(0xbf58476d1ce4e5b9);
	hash ^= hash >> 27;
	return hash;
}

struct map map_new(struct arena *arena, size_t max_entries, uint64_t seed)
{
	return (struct map){.arena = arena, .max_entries = max_entries, .seed = seed};
}

static struct map_entry *entry_at(const struct map *map, uint32_t slot)
{
	return VECTOR_AT(&map->entries, struct map_entry, slot - 1);
}

/* The slot that holds the key or the free one where it belongs. slot_count must not be 0. */
static uint32_t *find_slot(const struct map *map, struct span key, uint64_t hash)
{
	size_t mask = map->slot_count - 1;
	for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &map->slots[i];
		if (*slot == 0) {
			return slot;
		}
		const struct map_entry *entry = entry_at(map, *slot);
		if (entry->hash == hash && span_equal(entry->key, key)) {
			return slot;
		}
	}
}

void *map_get(const struct map *map, struct span key)
{
	if (map->slot_count == 0) {
		return NULL;
	}
	const uint32_t *slot = find_slot(map, key, map_hash(key, map->seed));
	return *slot != 0 ? entry_at(map, *slot)->value : NULL;
}

/* Keeps at most three quarters of the slots in use. */
static bool make_room(struct map *map)
{
	if (map->slot_count > 0 && (map->entries.len + 1) * 4 <= map->slot_count * 3) {
		return true;
	}
	size_t count = map->slot_count == 0 ? FIRST_SLOTS : map->slot_count * 2;
	uint32_t *slots = arena_alloc(map->arena, count * sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	map->slots = slots;
	map->slot_count = count;
	for (size_t i = 0; i < map->entries.len; i++) {
		const struct map_entry *entry = map_at(map, i);
		*find_slot(map, entry->key, entry->hash) = (uint32_t)i + 1;
	}
	return true;
}

bool map_put(struct map *map, struct span key, void *value)
{
	if (!make_room(map)) {
		return false;
	}
	uint64_t hash = map_hash(key, map->seed);
	uint32_t *slot = find_slot(map, key, hash);
	if (*slot != 0) {
		entry_at(map, *slot)->value = value;
		return true;
	}
	struct map_entry *entry =
		VECTOR_PUSH(&map->entries, map->arena, struct map_entry, map->max_entries);
	if (entry == NULL) {
		return false;
	}
	*entry = (struct map_entry){.key = key, .value = value, .hash = hash};
	*slot = (uint32_t)map->entries.len;
	return true;
}

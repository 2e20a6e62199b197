/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One key a slot: no list to walk, and a bound on memory by construction. */
#include "crypto/key_cache.h"

#include <stdlib.h>

struct slot {
	char *octets;
	size_t len;
	struct public_key *key; /* NULL in an empty slot */
};

struct key_cache {
	uint64_t seed;
	struct slot slots[KEY_CACHE_SLOTS];
};

/* The end of a key: its beginning is the same for all keys of a size. */
static size_t slot_of(const struct key_cache *cache, struct span octets)
{
	size_t start = octets.len > 64 ? octets.len - 64 : 0;
	uint64_t hash = fnv_add(FNV_BASIS ^ cache->seed, span_from(octets, start));
	return (size_t)((hash ^ (hash >> 32)) % KEY_CACHE_SLOTS);
}

struct key_cache *key_cache_new(uint64_t seed)
{
	struct key_cache *cache = calloc(1, sizeof(*cache));
	if (cache != NULL) {
		cache->seed = seed;
	}
	return cache;
}

static void empty(struct slot *slot)
{
	public_key_free(slot->key);
	free(slot->octets);
	*slot = (struct slot){0};
}

void key_cache_free(struct key_cache *cache)
{
	for (size_t i = 0; cache != NULL && i < KEY_CACHE_SLOTS; i++) {
		empty(&cache->slots[i]);
	}
	free(cache);
}

struct public_key *key_cache_get(const struct key_cache *cache, enum key_kind kind,
				 struct span octets)
{
	const struct slot *slot = &cache->slots[slot_of(cache, octets)];
	if (slot->key == NULL || public_key_kind(slot->key) != kind ||
	    !span_equal(span_of(slot->octets, slot->len), octets)) {
		return NULL;
	}
	return slot->key;
}

bool key_cache_put(struct key_cache *cache, struct span octets, struct public_key *key)
{
	char *copy = malloc(octets.len + 1);
	if (copy == NULL) {
		return false;
	}
	if (octets.len > 0) {
		memcpy(copy, octets.ptr, octets.len);
	}
	struct slot *slot = &cache->slots[slot_of(cache, octets)];
	empty(slot);
	*slot = (struct slot){copy, octets.len, key};
	return true;
}

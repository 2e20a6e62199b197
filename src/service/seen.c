/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Open addressing over hashes; 0 is a free slot. */
#include "service/seen.h"

#include <stdlib.h>

#define FIRST_SLOTS ((size_t)1 << 12)

struct seen {
	uint64_t *slots; /* a power of two of them, at most half in use */
	size_t slot_count;
	size_t count;
	uint64_t seed;
};

struct seen *seen_new(uint64_t seed)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	if (seen == NULL) {
		return NULL;
	}
	seen->slots = calloc(FIRST_SLOTS, sizeof(*seen->slots));
	seen->slot_count = FIRST_SLOTS;
	seen->seed = seed;
	if (seen->slots == NULL) {
		free(seen);
		return NULL;
	}
	return seen;
}

void seen_free(struct seen *seen)
{
	if (seen != NULL) {
		free(seen->slots);
		free(seen);
	}
}

static uint64_t *find(uint64_t *slots, size_t slot_count, uint64_t hash)
{
	size_t mask = slot_count - 1;
	size_t i = (size_t)hash & mask;
	while (slots[i] != 0 && slots[i] != hash) {
		i = (i + 1) & mask;
	}
	return &slots[i];
}

static bool grow(struct seen *seen)
{
	size_t slot_count = seen->slot_count * 2;
	uint64_t *slots = calloc(slot_count, sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	for (size_t i = 0; i < seen->slot_count; i++) {
		if (seen->slots[i] != 0) {
			*find(slots, slot_count, seen->slots[i]) = seen->slots[i];
		}
	}
	free(seen->slots);
	seen->slots = slots;
	seen->slot_count = slot_count;
	return true;
}

enum seen_result seen_add(struct seen *seen, struct span name)
{
	uint64_t hash = map_hash(name, seen->seed);
	hash += hash == 0 ? 1 : 0;
	uint64_t *slot = find(seen->slots, seen->slot_count, hash);
	if (*slot != 0) {
		return SEEN_BEFORE;
	}
	if (seen->count >= SEEN_MAX) {
		return SEEN_FULL;
	}
	if (seen->count * 2 >= seen->slot_count) {
		if (!grow(seen)) {
			return SEEN_FULL;
		}
		slot = find(seen->slots, seen->slot_count, hash);
	}
	*slot = hash;
	seen->count++;
	return SEEN_NEW;
}

size_t seen_count(const struct seen *seen)
{
	return seen->count;
}

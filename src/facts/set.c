/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A map from key to a deep copy of each fact. */
#include "facts/set.h"

#include <stdlib.h>

#include "facts/stream.h"

/* kind, type, and the subject as escaped text */
#define KEY_MAX (3 + LIMIT_NAME_ESCAPED + 256)

struct facts {
	const struct facts *below;
	struct arena *arena;
	struct map by_key;
	struct vector in_order; /* of const struct fact * */
};

struct key_octets {
	char octets[KEY_MAX];
	size_t len;
};

/* False for a subject longer than any name: nothing can be known about it. */
static bool encode_key(struct fact_key key, struct key_octets *ret)
{
	if (key.subject.len > sizeof(ret->octets) - 3) {
		return false;
	}
	ret->octets[0] = (char)key.kind;
	ret->octets[1] = (char)(key.type >> 8);
	ret->octets[2] = (char)(key.type & 0xff);
	if (key.subject.len > 0) {
		memcpy(ret->octets + 3, key.subject.ptr, key.subject.len);
	}
	ret->len = 3 + key.subject.len;
	return true;
}

struct facts *facts_new(uint64_t seed)
{
	struct facts *facts = calloc(1, sizeof(*facts));
	if (facts == NULL) {
		return NULL;
	}
	facts->arena = arena_new(FACTS_MAX_BYTES);
	if (facts->arena == NULL) {
		free(facts);
		return NULL;
	}
	facts->by_key = map_new(facts->arena, FACTS_MAX, seed);
	return facts;
}

struct facts *facts_overlay_new(const struct facts *below)
{
	struct facts *facts = facts_new(below->by_key.seed);
	if (facts != NULL) {
		facts->below = below;
	}
	return facts;
}

void facts_free(struct facts *facts)
{
	if (facts != NULL) {
		arena_free(facts->arena);
		free(facts);
	}
}

const struct fact *facts_get(const struct facts *facts, struct fact_key key)
{
	struct key_octets octets;
	if (!encode_key(key, &octets)) {
		return NULL;
	}
	for (; facts != NULL; facts = facts->below) {
		const struct fact *fact =
			map_get(&facts->by_key, span_of(octets.octets, octets.len));
		if (fact != NULL) {
			return fact;
		}
	}
	return NULL;
}

int facts_add(struct facts *facts, const struct fact *fact, struct failure *reterr)
{
	struct key_octets octets;
	if (fact->state == FACT_WANTED || !encode_key(fact->key, &octets)) {
		return failure_set(reterr, FAILURE_INTERNAL, "add a fact",
				   "its key cannot be kept");
	}
	struct span key = span_of(octets.octets, octets.len);
	if (map_get(&facts->by_key, key) != NULL) {
		return 0;
	}
	struct fact *copy = fact_copy(facts->arena, fact);
	key = arena_copy(facts->arena, key);
	const struct fact **in_order =
		VECTOR_PUSH(&facts->in_order, facts->arena, const struct fact *, FACTS_MAX);
	if (arena_has_failed(facts->arena) || in_order == NULL ||
	    !map_put(&facts->by_key, key, copy)) {
		return failure_set_memory(reterr, "add a fact");
	}
	*in_order = copy;
	return 0;
}

size_t facts_count(const struct facts *facts)
{
	return facts->in_order.len;
}

const struct fact *facts_at(const struct facts *facts, size_t i)
{
	return *VECTOR_AT(&facts->in_order, const struct fact *, i);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A hash table over a list by age. */
#include "collect/pace_places.h"

#include <stdlib.h>

/* A power of two, about the number of names that are remembered. */
#define BUCKETS ((size_t)1 << 14)

struct pace_places {
	struct pace_place *buckets[BUCKETS];
	struct pace_place idle; /* head: newer is the one that was not needed for longest */
	size_t count;
	size_t max;
	uint64_t seed;
};

struct pace_places *pace_places_new(size_t max, uint64_t seed)
{
	struct pace_places *places = calloc(1, sizeof(*places));
	if (places != NULL) {
		places->idle.newer = places->idle.older = &places->idle;
		places->max = max;
		places->seed = seed;
	}
	return places;
}

static void free_place(struct pace_place *place)
{
	free(place->operator_text);
	free(place);
}

void pace_places_free(struct pace_places *places)
{
	if (places == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		while (places->buckets[i] != NULL) {
			struct pace_place *next = places->buckets[i]->next_in_bucket;
			free_place(places->buckets[i]);
			places->buckets[i] = next;
		}
	}
	free(places);
}

static struct pace_place **find(struct pace_places *places, struct span name, uint64_t hash)
{
	struct pace_place **at = &places->buckets[hash & (BUCKETS - 1)];
	while (*at != NULL && ((*at)->hash != hash || !span_equal((*at)->name, name))) {
		at = &(*at)->next_in_bucket;
	}
	return at;
}

struct pace_place *pace_places_find(struct pace_places *places, struct span name)
{
	return *find(places, name, map_hash(name, places->seed));
}

static void unlink_place(struct pace_place *place)
{
	if (place->newer != NULL) {
		place->older->newer = place->newer;
		place->newer->older = place->older;
		place->newer = place->older = NULL;
	}
}

void pace_places_touch(struct pace_places *places, struct pace_place *place)
{
	unlink_place(place);
	if (place->waiting + place->under_way == 0 && !place->is_listed) {
		place->newer = &places->idle;
		place->older = places->idle.older;
		place->older->newer = place;
		places->idle.older = place;
	}
}

static void make_room(struct pace_places *places)
{
	while (places->count >= places->max && places->idle.newer != &places->idle) {
		struct pace_place *place = places->idle.newer;
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): unlinked before it is freed */
		struct pace_place **at = find(places, place->name, place->hash);
		*at = place->next_in_bucket;
		unlink_place(place);
		free_place(place);
		places->count--;
	}
}

struct pace_place *pace_places_get(struct pace_places *places, struct span name)
{
	uint64_t hash = map_hash(name, places->seed);
	struct pace_place *place = *find(places, name, hash);
	if (place != NULL) {
		pace_places_touch(places, place);
		return place;
	}
	place = calloc(1, sizeof(*place) + name.len + 1);
	if (place == NULL) {
		return NULL;
	}
	char *text = (char *)(place + 1);
	if (name.len > 0) {
		memcpy(text, name.ptr, name.len);
	}
	/* Only now: the name may be the text of one that is forgotten. */
	make_room(places);
	place->name = span_of(text, name.len);
	place->hash = hash;
	place->next_in_bucket = places->buckets[hash & (BUCKETS - 1)];
	places->buckets[hash & (BUCKETS - 1)] = place;
	places->count++;
	pace_places_touch(places, place);
	return place;
}

size_t pace_places_count(const struct pace_places *places)
{
	return places->count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The names that pace.c knows, by hash, and which of them was not needed for longest. Inside of
 * collect. */
#ifndef MAILSEAL_COLLECT_PACE_PLACES_H
#define MAILSEAL_COLLECT_PACE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct pace_item;

/* A zone whose operator is known, an operator or registry whose line this is, or both. */
struct pace_place {
	struct pace_place *next_in_bucket;
	struct pace_place *older; /* among those without a question; a ring with a head */
	struct pace_place *newer;
	struct pace_place *next_listed; /* among those that may have a question to send */
	struct pace_item *first;	/* in line */
	struct pace_item *last;
	size_t waiting;
	size_t under_way;
	size_t window;
	size_t answered;   /* since the window grew */
	int64_t halved_ms; /* when the window was; of what was sent before, it has been told */
	int64_t due_us;	   /* when the next question may go, by the rate */
	uint64_t hash;
	char *operator_text; /* who answers for the zone; NULL: not known */
	struct span name;    /* what follows the struct */
	bool is_listed;
	bool is_registry;
};

struct pace_places;

/* NULL when memory is out. */
struct pace_places *pace_places_new(size_t max, uint64_t seed);
/* NULL is allowed. */
void pace_places_free(struct pace_places *places);
/* NULL: not there. A place is good until the next one is added, or for as long as it has questions.
 */
struct pace_place *pace_places_find(struct pace_places *places, struct span name);
/* Finds or adds; forgets the one that was not needed for longest when there are too many. NULL when
 * memory is out. */
struct pace_place *pace_places_get(struct pace_places *places, struct span name);
/* After the number of its questions has changed: those that have one are not forgotten. */
void pace_places_touch(struct pace_places *places, struct pace_place *place);
size_t pace_places_count(const struct pace_places *places);

#endif

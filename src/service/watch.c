/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* When a domain is due again, and what to tell of this look. */
#include "service/watch.h"

#include <stdlib.h>

#include "facts/facts.h"
#include "service/estate_content.h"
#include "service/watch_notices.h"

/* The standing before, and what is compared; the facts before have memory of their own. */
#define LOOK_BYTES ((size_t)32 << 20)
/* Four days of looks at an ill name server, half an hour apart. */
#define LOOKS_BACK 200

struct watch {
	struct store *store;
	struct watch_options options;
	struct arena *arena;
	struct arena *scratch; /* of one look of the past */
	uint64_t random;
};

struct watch *watch_new(struct store *store, const struct watch_options *options)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	struct arena *arena = arena_new(LOOK_BYTES);
	struct arena *scratch = arena_new(LOOK_BYTES);
	if (watch == NULL || arena == NULL || scratch == NULL) {
		arena_free(arena);
		arena_free(scratch);
		free(watch);
		return NULL;
	}
	*watch = (struct watch){store, *options, arena, scratch, options->seed | 1};
	return watch;
}

void watch_free(struct watch *watch)
{
	if (watch != NULL) {
		arena_free(watch->arena);
		arena_free(watch->scratch);
		free(watch);
	}
}

/* xorshift64: jitter needs no more. */
static uint64_t next_random(struct watch *watch)
{
	watch->random ^= watch->random << 13;
	watch->random ^= watch->random >> 7;
	watch->random ^= watch->random << 17;
	return watch->random;
}

/* Jitter spreads an estate that was added at once over the day. */
int64_t watch_next_due(void *context, const struct scan_result *result)
{
	struct watch *watch = context;
	int64_t wait_s = result->is_unknown && watch->options.retry_s < watch->options.every_s
				 ? watch->options.retry_s
				 : watch->options.every_s;
	int64_t jitter_s = wait_s / 4;
	if (jitter_s > 0) {
		wait_s -= (int64_t)(next_random(watch) % (uint64_t)jitter_s);
	}
	return result->report->checked_at + (wait_s > 0 ? wait_s : 1);
}

/* The look to compare with, if there was one. */
struct previous {
	struct watch *watch;
	struct failure *failure;
	const struct standing *now;
	struct standing standing;
	int64_t checked_at;
	int64_t facts;
	size_t looks;
};

/* Does the look know all that is known now? */
static bool knows_as_much(const struct standing *look, const struct standing *now)
{
	bool is_enough = (look->spoofable.answer != ANSWER_UNKNOWN ||
			  now->spoofable.answer == ANSWER_UNKNOWN) &&
			 (look->interceptable.answer != ANSWER_UNKNOWN ||
			  now->interceptable.answer == ANSWER_UNKNOWN);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		is_enough &=
			look->controls[i] != CONTROL_UNKNOWN || now->controls[i] == CONTROL_UNKNOWN;
	}
	return is_enough;
}

/*
 * The newest look that knows as much as this one: what changed while name servers were ill would be
 * told by nobody otherwise. Without such a look the newest of all, which came first.
 */
static int take_previous(void *context, const struct estate_entry *entry)
{
	struct previous *previous = context;
	struct watch *watch = previous->watch;
	struct standing standing;
	arena_reset(watch->scratch);
	int r = estate_content_standing(watch->scratch, entry, &standing, previous->failure);
	bool is_enough = r == 0 && knows_as_much(&standing, previous->now);
	if (r == 0 && (is_enough || previous->looks == 0)) {
		r = estate_content_standing(watch->arena, entry, &previous->standing,
					    previous->failure);
		previous->checked_at = entry->checked_at;
		previous->facts = entry->facts;
	}
	previous->looks++;
	return r < 0 ? r : is_enough || previous->looks == LOOKS_BACK ? 1 : 0;
}

static int read_previous(struct watch *watch, const struct scan_result *scanned,
			 const struct standing *now, struct previous *ret_previous,
			 struct facts **ret_facts, struct failure *reterr)
{
	struct previous previous = {.watch = watch, .failure = reterr, .now = now};
	struct estate_period period = {0, scanned->report->checked_at, /* is_newest_first: */ true};
	int r = estate_history(watch->store, scanned->item->domain, &period, take_previous,
			       &previous, reterr);
	if (r >= 0 && previous.looks > 0) {
		r = estate_content_facts(watch->store, previous.facts, ret_facts, reterr);
	}
	*ret_previous = previous;
	return r;
}

/* Compares with the look before; NULL in *ret_change when this is the first. */
static int compare(struct watch *watch, const struct scan_result *scanned,
		   struct facts **ret_before, struct change **ret_change, struct failure *reterr)
{
	struct previous previous;
	struct look after = {scanned->report->checked_at,
			     standing_of(watch->arena, scanned->report->results[0].assessment),
			     scanned->facts};
	/* The change points to the standing before. */
	struct standing *kept = arena_alloc(watch->arena, sizeof(*kept));
	if (after.standing == NULL || kept == NULL) {
		return failure_set_memory(reterr, "watch");
	}
	int r = read_previous(watch, scanned, after.standing, &previous, ret_before, reterr);
	if (r < 0 || *ret_before == NULL) {
		return r;
	}
	struct look before = {previous.checked_at, &previous.standing, *ret_before};
	*kept = previous.standing;
	before.standing = kept;
	*ret_change = change_between(watch->arena, &before, &after);
	return *ret_change != NULL ? 0 : failure_set_memory(reterr, "watch");
}

int watch_add_notices(void *context, struct arena *arena, const struct scan_result *scanned,
		      struct estate_result *result, struct failure *reterr)
{
	struct watch *watch = context;
	struct facts *before = NULL;
	struct change *change = NULL;
	arena_reset(watch->arena);
	int r = compare(watch, scanned, &before, &change, reterr);
	if (r == 0) {
		struct watch_look look = {
			.item = scanned->item,
			.change = change,
			.assessment = scanned->report->results[0].assessment,
			.before = before,
			.facts = scanned->facts,
			.at = scanned->report->checked_at,
			.exceptions = watch->options.exceptions,
		};
		result->repeat_after_seconds = watch->options.repeat_s;
		result->notices = watch_notices(arena, &look, &result->notice_count);
		r = result->notices != NULL ? 0 : failure_set_memory(reterr, "watch");
	}
	facts_free(before);
	return r;
}

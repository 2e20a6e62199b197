/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One thread a collector, and the facts put together in a fixed order. */
#include "collect/sources.h"

#include <pthread.h>

/* One collector's part of a round. */
struct part {
	struct fact_source *source;
	const struct wants *wants;
	struct facts *facts; /* its own, laid over what is known: nothing is written together */
	struct failure failure;
	int result;
	bool is_thread;
	pthread_t thread;
};

static bool is_wanted(const struct wants *wants, enum fact_kind kind)
{
	for (size_t i = 0; i < wants_count(wants); i++) {
		if (wants_at(wants, i).kind == kind) {
			return true;
		}
	}
	return false;
}

static void *run_part(void *context)
{
	struct part *part = context;
	part->result = part->source->answer(part->source, part->wants, part->facts, &part->failure);
	return NULL;
}

/* Without a thread of its own a part is done here and now. */
static void start_part(struct part *part, const struct facts *known, bool is_alone)
{
	part->facts = facts_overlay_new(known);
	if (part->facts == NULL) {
		part->result = failure_set_memory(&part->failure, "ask");
		return;
	}
	part->is_thread = !is_alone && pthread_create(&part->thread, NULL, run_part, part) == 0;
	if (!part->is_thread) {
		run_part(part);
	}
}

static int take_part(struct part *part, struct facts *facts, struct failure *reterr)
{
	int r = part->result;
	if (r < 0) {
		*reterr = part->failure;
	}
	for (size_t i = 0; r == 0 && i < facts_count(part->facts); i++) {
		r = facts_add(facts, facts_at(part->facts, i), reterr);
	}
	return r;
}

/* Nobody reads what is known any more: now it may grow. The first failure is told. */
static int take_parts(struct part *parts, size_t count, struct facts *facts, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; i < count; i++) {
		r = r == 0 ? take_part(&parts[i], facts, reterr) : r;
		facts_free(parts[i].facts);
	}
	return r;
}

static size_t find_wanted(const struct sources *sources, const struct wants *wants,
			  struct part *parts)
{
	size_t count = 0;
	for (size_t i = 0; i < sources->count; i++) {
		if (is_wanted(wants, sources->rows[i].kind)) {
			parts[count++] =
				(struct part){.source = sources->rows[i].source, .wants = wants};
		}
	}
	return count;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct part parts[SOURCES_MAX];
	size_t count = find_wanted((const struct sources *)source, wants, parts);
	for (size_t i = 0; i < count; i++) {
		start_part(&parts[i], facts, /* is_alone */ count == 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (parts[i].is_thread) {
			pthread_join(parts[i].thread, NULL);
		}
	}
	return take_parts(parts, count, facts, reterr);
}

struct sources sources_new(void)
{
	return (struct sources){.source = {.answer = answer}};
}

bool sources_add(struct sources *sources, enum fact_kind kind, struct fact_source *source)
{
	if (sources->count == SOURCES_MAX) {
		return false;
	}
	sources->rows[sources->count].kind = kind;
	sources->rows[sources->count++].source = source;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One thread a collector, and the facts put together in a fixed order. */
#include "collect/sources.h"

#include <pthread.h>

/* One collector's part of a round. */
struct part {
	struct fact_source *source;
	enum fact_kind kind;
	const struct wants *wants;
	struct facts *facts; /* its own, so that nothing is shared while it runs */
	struct failure failure;
	int result;
	bool is_wanted;
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
static void start_part(struct part *part, bool is_alone)
{
	part->facts = facts_new(/* seed */ 0);
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
	if (part->is_thread) {
		pthread_join(part->thread, NULL);
	}
	if (part->result < 0) {
		*reterr = part->failure;
	}
	int r = part->result;
	for (size_t i = 0; r == 0 && i < facts_count(part->facts); i++) {
		r = facts_add(facts, facts_at(part->facts, i), reterr);
	}
	facts_free(part->facts);
	return r;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	const struct sources *sources = (const struct sources *)source;
	struct part parts[SOURCES_MAX] = {0};
	size_t wanted = 0;
	for (size_t i = 0; i < sources->count; i++) {
		parts[i] = (struct part){.source = sources->rows[i].source,
					 .kind = sources->rows[i].kind,
					 .wants = wants};
		parts[i].is_wanted = is_wanted(wants, parts[i].kind);
		wanted += parts[i].is_wanted ? 1 : 0;
	}
	for (size_t i = 0; i < sources->count; i++) {
		if (parts[i].is_wanted) {
			start_part(&parts[i], /* is_alone */ wanted == 1);
		}
	}
	int r = 0;
	for (size_t i = 0; i < sources->count; i++) {
		if (!parts[i].is_wanted) {
			continue;
		}
		struct failure failure = {0};
		int part_result = take_part(&parts[i], facts, &failure);
		if (r == 0 && part_result < 0) {
			*reterr = failure;
			r = part_result;
		}
	}
	return r;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Kept facts -> a scan. */
#include "service/rejudge.h"

#include <stdlib.h>

#include "service/estate_content.h"

#define FILL_BATCH 256
/* A name, an owner and a group each. */
#define FILL_BYTES ((size_t)FILL_BATCH * 2048)

struct rejudge {
	struct fact_stream stream; /* first: ask() and take() cast back */
	struct store *store;
	int64_t until;
	struct fact_box *answers;
};

static int ask(struct fact_stream *stream, struct fact_key key, const struct facts *known,
	       struct failure *reterr)
{
	struct rejudge *rejudge = (struct rejudge *)stream;
	const struct fact fact = {
		.key = key, .state = FACT_NOT_OBSERVED, .failure = FACT_FAILURE_NOT_RECORDED};
	struct fact_box *box = fact_box_new(&fact);
	(void)known;
	if (box == NULL) {
		return failure_set_memory(reterr, "judge again");
	}
	box->next = rejudge->answers;
	rejudge->answers = box;
	return 0;
}

static int take(struct fact_stream *stream, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr)
{
	struct rejudge *rejudge = (struct rejudge *)stream;
	(void)timeout_ms;
	(void)reterr;
	*ret_boxes = rejudge->answers;
	rejudge->answers = NULL;
	return 0;
}

struct rejudge *rejudge_new(struct store *store, int64_t until)
{
	struct rejudge *rejudge = calloc(1, sizeof(*rejudge));
	if (rejudge != NULL) {
		*rejudge = (struct rejudge){{ask, take}, store, until, NULL};
	}
	return rejudge;
}

void rejudge_free(struct rejudge *rejudge)
{
	while (rejudge != NULL && rejudge->answers != NULL) {
		struct fact_box *next = rejudge->answers->next;
		fact_box_free(rejudge->answers);
		rejudge->answers = next;
	}
	free(rejudge);
}

struct fact_stream *rejudge_stream(struct rejudge *rejudge)
{
	return &rejudge->stream;
}

/* ---- which domains ---- */

struct filling {
	struct store *store;
	int64_t run;
	struct arena *arena;
	struct estate_domain domains[FILL_BATCH];
	size_t count;
	uint64_t all;
	struct failure *failure;
};

static int put_batch(struct filling *filling)
{
	int r = arena_has_failed(filling->arena)
			? failure_set_memory(filling->failure, "judge again")
			: estate_run_add(filling->store, filling->run, filling->domains,
					 filling->count, filling->failure);
	arena_reset(filling->arena);
	filling->count = 0;
	return r;
}

static int add_domain(void *context, const struct estate_entry *entry)
{
	struct filling *filling = context;
	filling->domains[filling->count++] = (struct estate_domain){
		arena_copy(filling->arena, entry->domain.name),
		arena_copy(filling->arena, entry->domain.owner),
		arena_copy(filling->arena, entry->domain.group),
	};
	filling->all++;
	return filling->count == FILL_BATCH ? put_batch(filling) : 0;
}

int rejudge_fill(struct rejudge *rejudge, int64_t run, uint64_t *ret_count, struct failure *reterr)
{
	struct filling filling = {
		.store = rejudge->store,
		.run = run,
		.arena = arena_new(FILL_BYTES),
		.failure = reterr,
	};
	int r = filling.arena == NULL ? failure_set_memory(reterr, "judge again")
				      : estate_latest(rejudge->store, rejudge->until, add_domain,
						      &filling, reterr);
	r = r == 0 ? put_batch(&filling) : r;
	r = r == 0 ? estate_run_seal(rejudge->store, run, reterr) : r;
	arena_free(filling.arena);
	if (r == 0) {
		*ret_count = filling.all;
	}
	return r;
}

/* ---- what was known of one ---- */

static int take_newest(void *context, const struct estate_entry *entry)
{
	struct estate_entry *newest = context;
	newest->facts = entry->facts;
	newest->checked_at = entry->checked_at;
	return 1;
}

int rejudge_prepare(struct rejudge *rejudge, const struct scan_item *item, struct facts *facts,
		    int64_t *now, struct failure *reterr)
{
	struct estate_entry newest = {0};
	const struct estate_period period = {0, rejudge->until, /* is_newest_first: */ true};
	int r = estate_history(rejudge->store, item->domain, &period, take_newest, &newest, reterr);
	if (r <= 0) {
		return r;
	}
	*now = newest.checked_at;
	return estate_content_add_facts(rejudge->store, newest.facts, facts, reterr);
}

/* ---- finding a run again ---- */

struct finding_run {
	struct span name;
	int64_t id;
};

/* The newest comes first. */
static int find_run(void *context, const struct estate_run *run)
{
	struct finding_run *finding = context;
	if (run->kind != ESTATE_REJUDGED || !span_equal(run->name, finding->name)) {
		return 0;
	}
	finding->id = run->id;
	return 1;
}

int rejudge_find(struct store *store, struct span name, int64_t *ret_run, struct failure *reterr)
{
	struct finding_run finding = {.name = name};
	int r = estate_runs(store, find_run, &finding, reterr);
	if (r >= 0 && finding.id == 0) {
		return failure_set(reterr, FAILURE_INPUT, "--rejudged",
				   "no judgement \"%.*s\" is kept: scan --rejudge makes one",
				   SPAN_ARG(name));
	}
	*ret_run = finding.id;
	return r < 0 ? r : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Gathers questions, has them answered, and hands the answers out one by one. */
#include "collect/batches.h"

#include <pthread.h>
#include <stdlib.h>

/* How often a thread without work looks whether it is to end. */
#define IDLE_MS 500
/* Questions of one batch: a thousand keys of at most a kilobyte, twice. */
#define WANTS_ARENA_BYTES ((size_t)8 << 20)

struct batches {
	struct fact_source *source;
	struct inbox *inbox;
	struct outbox *outbox;
	size_t max_batch;
	pthread_t thread;
};

static void hand_out(struct batches *batches, const struct facts *facts, struct fact_key key)
{
	const struct fact unasked = {
		.key = key,
		.state = FACT_NOT_OBSERVED,
		.failure = FACT_FAILURE_NOT_ASKED,
	};
	const struct fact *fact = facts_get(facts, key);
	outbox_put_fact(batches->outbox, fact != NULL ? fact : &unasked);
}

static int answer(struct batches *batches, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	int r = batches->source->answer(batches->source, wants, facts, reterr);
	for (size_t i = 0; r == 0 && i < wants_count(wants); i++) {
		hand_out(batches, facts, wants_at(wants, i));
	}
	return r;
}

static int serve(struct batches *batches, const struct errand *errands, struct failure *reterr)
{
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(WANTS_ARENA_BYTES);
	struct facts *facts = facts_new(/* seed */ 0);
	if (arena == NULL || facts == NULL) {
		facts_free(facts);
		return failure_set_memory(reterr, "answer questions");
	}
	struct wants wants = wants_new(arena);
	int r = 0;
	for (const struct errand *at = errands; r == 0 && at != NULL; at = at->next) {
		r = wants_add(&wants, at->key) ? 0 : failure_set_memory(reterr, "answer questions");
		for (const struct fact_box *box = at->known; r == 0 && box != NULL;
		     box = box->next) {
			r = facts_add(facts, box->fact, reterr);
		}
	}
	r = r == 0 ? answer(batches, &wants, facts, reterr) : r;
	facts_free(facts);
	return r;
}

static void *run(void *context)
{
	struct batches *batches = context;
	while (!inbox_is_closed(batches->inbox)) {
		struct errand *errands = inbox_take(batches->inbox, batches->max_batch, IDLE_MS);
		struct failure failure;
		if (errands != NULL && serve(batches, errands, &failure) < 0) {
			outbox_fail(batches->outbox, &failure);
		}
		while (errands != NULL) {
			struct errand *next = errands->next;
			errand_free(errands);
			errands = next;
		}
	}
	return NULL;
}

struct batches *batches_start(struct fact_source *source, struct inbox *inbox,
			      struct outbox *outbox, size_t max_batch)
{
	struct batches *batches = calloc(1, sizeof(*batches));
	if (batches == NULL) {
		return NULL;
	}
	max_batch = max_batch < WANTS_MAX ? max_batch : WANTS_MAX;
	*batches = (struct batches){
		.source = source, .inbox = inbox, .outbox = outbox, .max_batch = max_batch};
	if (pthread_create(&batches->thread, NULL, run, batches) != 0) {
		free(batches);
		return NULL;
	}
	return batches;
}

void batches_end(struct batches *batches)
{
	if (batches != NULL) {
		pthread_join(batches->thread, NULL);
		free(batches);
	}
}

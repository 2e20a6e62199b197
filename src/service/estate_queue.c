/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Leases in, results out. */
#include "service/estate_queue.h"

#include <stdlib.h>

#include "service/estate_content.h"

/* Room for the results of one batch; a full batch is written early. */
#define BATCH_BYTES ((size_t)64 << 20)
#define BATCH_EARLY_BYTES ((size_t)32 << 20)
/* Names of one claim. */
#define LEASE_BYTES ((size_t)ESTATE_CLAIM * 4096)

struct estate_queue {
	struct scan_input input; /* first: the callbacks cast back */
	struct scan_sink sink;
	struct store *store;
	struct estate_queue_options options;
	struct span worker;
	struct arena *lease_arena;
	struct estate_lease leases[ESTATE_CLAIM];
	size_t lease_count;
	size_t lease_at;
	bool may_claim; /* once a second when there was nothing */
	struct arena *batch_arena;
	struct estate_result results[ESTATE_BATCH];
	size_t result_count;
	int64_t ticks;
	uint64_t left; /* at the last look */
	uint64_t lost;
};

static struct estate_queue *queue_of_sink(struct scan_sink *sink)
{
	return (struct estate_queue *)((char *)sink - offsetof(struct estate_queue, sink));
}

static struct estate_claim claim_of(const struct estate_queue *queue)
{
	return (struct estate_claim){
		.run = queue->options.run,
		.worker = queue->worker,
		.lease_seconds = queue->options.lease_seconds,
		.max_count = ESTATE_CLAIM,
		.max_attempts = queue->options.is_standing ? 0 : ESTATE_MAX_ATTEMPTS,
	};
}

/* ---- input ---- */

static int keep_lease(void *context, const struct estate_lease *lease)
{
	struct estate_queue *queue = context;
	struct estate_lease *kept = &queue->leases[queue->lease_count++];
	*kept = *lease;
	kept->domain = arena_copy(queue->lease_arena, lease->domain);
	kept->owner = arena_copy(queue->lease_arena, lease->owner);
	kept->group = arena_copy(queue->lease_arena, lease->group);
	return 0;
}

static int claim_more(struct estate_queue *queue, int64_t *ret_wait_seconds, struct failure *reterr)
{
	arena_reset(queue->lease_arena);
	queue->lease_at = 0;
	queue->lease_count = 0;
	struct estate_claim claim = claim_of(queue);
	int r = estate_claim(queue->store, &claim, keep_lease, queue, ret_wait_seconds, reterr);
	queue->may_claim = queue->lease_count > 0;
	return r == 0 && arena_has_failed(queue->lease_arena)
		       ? failure_set_memory(reterr, "claim domains")
		       : r;
}

/* The ticket carries the domain's id; its epoch is looked up when the result comes. */
static uint64_t ticket_of(const struct estate_lease *lease)
{
	return (uint64_t)lease->domain_id << 24 | ((uint64_t)lease->epoch & 0xffffff);
}

static int next_domain(struct scan_input *input, struct scan_item *ret_item,
		       enum scan_next *ret_next, struct failure *reterr)
{
	struct estate_queue *queue = (struct estate_queue *)input;
	int64_t wait_seconds = 1;
	int r = 0;
	if (queue->lease_at == queue->lease_count && queue->may_claim) {
		r = claim_more(queue, &wait_seconds, reterr);
	}
	if (r < 0) {
		return r;
	}
	if (queue->lease_at == queue->lease_count) {
		const struct estate_queue_options *options = &queue->options;
		bool is_over = options->is_standing ? options->ends_when_idle : wait_seconds == 0;
		*ret_next = is_over ? SCAN_NEXT_END : SCAN_NEXT_WAIT;
		return 0;
	}
	const struct estate_lease *lease = &queue->leases[queue->lease_at++];
	*ret_item = (struct scan_item){lease->domain, lease->owner, lease->group, ticket_of(lease)};
	*ret_next = SCAN_NEXT_ITEM;
	return 0;
}

static uint64_t remaining(struct scan_input *input)
{
	return ((struct estate_queue *)input)->left;
}

/* ---- sink ---- */

int estate_queue_flush(struct estate_queue *queue, struct failure *reterr)
{
	enum estate_outcome outcomes[ESTATE_BATCH];
	int r = estate_finish(queue->store, queue->options.run, queue->results, queue->result_count,
			      outcomes, reterr);
	for (size_t i = 0; r == 0 && i < queue->result_count; i++) {
		queue->lost += outcomes[i] == ESTATE_LOST ? 1 : 0;
	}
	if (r == 0) {
		queue->result_count = 0;
		arena_reset(queue->batch_arena);
	}
	return r;
}

static int take_result(struct scan_sink *sink, const struct scan_result *scanned,
		       struct failure *reterr)
{
	struct estate_queue *queue = queue_of_sink(sink);
	const struct estate_queue_options *options = &queue->options;
	struct estate_result *result = &queue->results[queue->result_count];
	int r = estate_content_make(queue->batch_arena, scanned->facts,
				    scanned->report->results[0].assessment, result, reterr);
	if (r == 0 && options->add_notices != NULL) {
		r = options->add_notices(options->context, queue->batch_arena, scanned, result,
					 reterr);
	}
	if (r < 0) {
		return r;
	}
	result->domain_id = (int64_t)(scanned->item->ticket >> 24);
	result->epoch = (int64_t)(scanned->item->ticket & 0xffffff);
	result->checked_at = scanned->report->checked_at;
	if (options->is_standing) {
		result->next_due_at = options->next_due(options->context, scanned);
	}
	queue->result_count++;
	bool is_full = queue->result_count == ESTATE_BATCH ||
		       arena_used_bytes(queue->batch_arena) > BATCH_EARLY_BYTES;
	return is_full ? estate_queue_flush(queue, reterr) : 0;
}

static int look_at_progress(struct estate_queue *queue, struct failure *reterr)
{
	struct estate_progress progress;
	int r = estate_run_progress(queue->store, queue->options.run, &progress, reterr);
	if (r == 0) {
		queue->left = progress.domains - progress.finished - progress.given_up;
	}
	return r;
}

/* About once a second. */
static int tick(struct scan_sink *sink, struct failure *reterr)
{
	struct estate_queue *queue = queue_of_sink(sink);
	queue->may_claim = true;
	int r = estate_queue_flush(queue, reterr);
	int64_t every = queue->options.lease_seconds / 4 + 1;
	if (r == 0 && queue->ticks % every == 0) {
		struct estate_claim claim = claim_of(queue);
		r = estate_renew(queue->store, &claim, reterr);
	}
	if (r == 0 && queue->ticks % 5 == 0) {
		r = look_at_progress(queue, reterr);
	}
	queue->ticks++;
	return r;
}

int estate_queue_new(struct store *store, const struct estate_queue_options *options,
		     struct estate_queue **ret_queue, struct failure *reterr)
{
	struct estate_queue *queue = calloc(1, sizeof(*queue));
	if (queue == NULL) {
		return failure_set_memory(reterr, "queue");
	}
	*queue = (struct estate_queue){
		.input = {.next = next_domain, .remaining = remaining},
		.sink = {.take = take_result, .tick = tick},
		.store = store,
		.options = *options,
		.lease_arena = arena_new(LEASE_BYTES),
		.batch_arena = arena_new(BATCH_BYTES),
		.may_claim = true,
	};
	queue->worker = options->worker;
	if (queue->options.lease_seconds == 0) {
		queue->options.lease_seconds = ESTATE_LEASE_SECONDS;
	}
	if (queue->lease_arena == NULL || queue->batch_arena == NULL) {
		estate_queue_free(queue);
		return failure_set_memory(reterr, "queue");
	}
	*ret_queue = queue;
	return 0;
}

void estate_queue_free(struct estate_queue *queue)
{
	if (queue != NULL) {
		arena_free(queue->lease_arena);
		arena_free(queue->batch_arena);
		free(queue);
	}
}

struct scan_input *estate_queue_input(struct estate_queue *queue)
{
	return &queue->input;
}

struct scan_sink *estate_queue_sink(struct estate_queue *queue)
{
	return &queue->sink;
}

uint64_t estate_queue_lost(const struct estate_queue *queue)
{
	return queue->lost;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A run in a database between the list, the workers and the results. */
#include "cli/scan_estate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/session.h"
#include "cli/store_options.h"
#include "service/estate_content.h"

/* A run that began so shortly before is being begun by another worker. */
#define BEGINNING_SECONDS 120
#define FILL_BATCH 256
/* One standing at a time. */
#define TALLY_BYTES ((size_t)16 << 20)
#define ESTATE_ARENA_BYTES ((size_t)64 << 10)
/* A name, an owner and a group each. */
#define FILL_BYTES ((size_t)FILL_BATCH * 2048)

struct scan_estate {
	struct scan_sink sink; /* first: the callbacks cast back */
	struct scan_sink *next;
	struct arena *arena;
	struct store *store;
	struct estate_queue *queue;
	struct seen *mine; /* domains that this worker has finished */
	struct span worker;
	int64_t run;
	int64_t lease_seconds;
};

struct span worker_name(struct arena *arena)
{
	char host[256] = "worker";
	(void)gethostname(host, sizeof(host) - 1);
	return arena_printf(arena, "%s-%ld-%04x", host, (long)getpid(),
			    (unsigned)(session_seed() & 0xffff));
}

/* The name is enough to find a run again: the folder a list lies in differs between machines. */
struct span list_name(const char *list)
{
	const char *slash = strrchr(list, '/');
	return span_of_string(slash != NULL ? slash + 1 : list);
}

/* ---- which run ---- */

struct found_run {
	int64_t id;
	int64_t started_at;
};

static int find_run(void *context, const struct estate_run *run)
{
	struct found_run *found = context;
	if (run->id == found->id) {
		found->started_at = run->started_at;
	}
	return 0;
}

/* Nobody holds a lease, and it is not just beginning. */
static int is_left_alone(struct scan_estate *estate, int64_t now, bool *ret_is_left,
			 struct failure *reterr)
{
	struct found_run found = {.id = estate->run};
	struct estate_progress progress;
	int r = estate_runs(estate->store, find_run, &found, reterr);
	if (r == 0) {
		r = estate_run_progress(estate->store, estate->run, &progress, reterr);
	}
	if (r == 0) {
		*ret_is_left = progress.leased == 0 && now - found.started_at > BEGINNING_SECONDS;
	}
	return r;
}

static int open_run(struct scan_estate *estate, const struct scan_estate_options *options,
		    struct span name, int64_t now, bool *ret_is_new, struct failure *reterr)
{
	struct estate_run wanted = {.kind = options->is_rejudging ? ESTATE_REJUDGED : ESTATE_SCAN,
				    .name = name,
				    .started_at = now};
	bool is_left = false;
	int r = estate_run_open(estate->store, &wanted, &estate->run, ret_is_new, reterr);
	if (r < 0 || *ret_is_new || options->is_resumed) {
		return r;
	}
	r = is_left_alone(estate, now, &is_left, reterr);
	if (r < 0 || !is_left) {
		return r;
	}
	complain("note", "an earlier run of this list was never finished; this is a new one "
			 "(--resume goes on with it)");
	r = estate_run_abandon(estate->store, estate->run, now, reterr);
	return r == 0 ? estate_run_open(estate->store, &wanted, &estate->run, ret_is_new, reterr)
		      : r;
}

/* A worker without a list can only join: a run that it would begin has no domain. */
static int check_joined(struct scan_estate *estate, const char *run, bool is_new, int64_t now,
			struct failure *reterr)
{
	int r = is_new ? estate_run_abandon(estate->store, estate->run, now, reterr) : 0;
	return r == 0 && is_new
		       ? failure_set(reterr, FAILURE_INPUT, run,
				     "no run of this name is under way; give the list to begin one")
		       : r;
}

int scan_estate_open(const struct scan_estate_options *options, const char *list, int64_t now,
		     struct scan_estate **ret_estate, struct failure *reterr)
{
	const char *name = options->run != NULL ? options->run : list;
	if (name == NULL) {
		return failure_set(reterr, FAILURE_INPUT, "--db",
				   "needs a list, or --run NAME to join a run");
	}
	struct scan_estate *estate = calloc(1, sizeof(*estate));
	if (estate == NULL) {
		return failure_set_memory(reterr, "scan");
	}
	estate->arena = arena_new(ESTATE_ARENA_BYTES);
	estate->mine = seen_new(session_seed());
	estate->lease_seconds = options->lease_seconds > 0 ? (int64_t)options->lease_seconds
							   : SCAN_ESTATE_LEASE_SECONDS;
	bool is_new = false;
	int r = estate->arena == NULL || estate->mine == NULL
			? failure_set_memory(reterr, "scan")
			: store_open_option(options->database,
					    options->is_rejudging ? STORE_WITH_CHECKS
								  : STORE_MAY_BE_NEW,
					    &estate->store, reterr);
	if (r == 0) {
		estate->worker = worker_name(estate->arena);
		r = open_run(estate, options,
			     options->run != NULL ? span_of_string(name) : list_name(name), now,
			     &is_new, reterr);
	}
	r = r == 0 && list == NULL ? check_joined(estate, name, is_new, now, reterr) : r;
	if (r < 0) {
		scan_estate_close(estate);
		return r;
	}
	*ret_estate = estate;
	return 0;
}

void scan_estate_close(struct scan_estate *estate)
{
	if (estate != NULL) {
		estate_queue_free(estate->queue);
		store_close(estate->store);
		seen_free(estate->mine);
		arena_free(estate->arena);
		free(estate);
	}
}

/* ---- the list ---- */

static int fill_with(struct store *store, int64_t run, struct scan_input *list, struct arena *arena,
		     struct failure *reterr)
{
	struct estate_domain domains[FILL_BATCH];
	size_t count = 0;
	enum scan_next next = SCAN_NEXT_ITEM;
	int r = 0;
	while (r == 0 && next != SCAN_NEXT_END) {
		struct scan_item item;
		r = list->next(list, &item, &next, reterr);
		if (r == 0 && next == SCAN_NEXT_ITEM) {
			domains[count++] = (struct estate_domain){arena_copy(arena, item.domain),
								  arena_copy(arena, item.owner),
								  arena_copy(arena, item.group)};
		}
		if (r == 0 && (count == FILL_BATCH || next == SCAN_NEXT_END)) {
			r = estate_run_add(store, run, domains, count, reterr);
			arena_reset(arena);
			count = 0;
		}
	}
	return r;
}

int estate_fill(struct store *store, int64_t run, struct scan_input *list, struct failure *reterr)
{
	struct arena *arena = arena_new(FILL_BYTES);
	int r = arena != NULL ? fill_with(store, run, list, arena, reterr)
			      : failure_set_memory(reterr, "read the list");
	arena_free(arena);
	return r;
}

int scan_estate_fill(struct scan_estate *estate, struct scan_input *list, struct failure *reterr)
{
	int r = estate_fill(estate->store, estate->run, list, reterr);
	return r == 0 ? estate_run_seal(estate->store, estate->run, reterr) : r;
}

int scan_estate_fill_again(struct scan_estate *estate, struct rejudge *rejudge,
			   struct failure *reterr)
{
	uint64_t count;
	int r = rejudge_fill(rejudge, estate->run, &count, reterr);
	if (r == 0 && count == 0) {
		complain("note", "no check is kept for that time: there is nothing to judge again");
	}
	return r;
}

struct store *scan_estate_store(struct scan_estate *estate)
{
	return estate->store;
}

/* ---- the results ---- */

static int take(struct scan_sink *sink, const struct scan_result *result, struct failure *reterr)
{
	struct scan_estate *estate = (struct scan_estate *)sink;
	struct scan_sink *queue = estate_queue_sink(estate->queue);
	/* A lease that ran out may have come back to us: the domain is told and counted once. */
	bool is_again = seen_add(estate->mine, result->item->domain) == SEEN_BEFORE;
	int r = queue->take(queue, result, reterr);
	return r == 0 && !is_again ? estate->next->take(estate->next, result, reterr) : r;
}

static int tick(struct scan_sink *sink, struct failure *reterr)
{
	struct scan_estate *estate = (struct scan_estate *)sink;
	struct scan_sink *queue = estate_queue_sink(estate->queue);
	int r = queue->tick(queue, reterr);
	return r == 0 && estate->next->tick != NULL ? estate->next->tick(estate->next, reterr) : r;
}

int scan_estate_start(struct scan_estate *estate, struct scan_sink *next, struct failure *reterr)
{
	const struct estate_queue_options options = {
		.run = estate->run,
		.worker = estate->worker,
		.lease_seconds = estate->lease_seconds,
	};
	estate->sink = (struct scan_sink){take, tick};
	estate->next = next;
	return estate_queue_new(estate->store, &options, &estate->queue, reterr);
}

struct scan_input *scan_estate_input(struct scan_estate *estate)
{
	return estate_queue_input(estate->queue);
}

struct scan_sink *scan_estate_sink(struct scan_estate *estate)
{
	return &estate->sink;
}

int scan_estate_finish(struct scan_estate *estate, int64_t now, struct failure *reterr)
{
	bool is_finished;
	struct estate_progress progress;
	int r = estate_queue_flush(estate->queue, reterr);
	if (r == 0) {
		r = estate_release(estate->store, estate->run, estate->worker, reterr);
	}
	if (r == 0) {
		r = estate_run_finish(estate->store, estate->run, now, &is_finished, reterr);
	}
	if (r == 0) {
		r = estate_run_progress(estate->store, estate->run, &progress, reterr);
	}
	if (r == 0 && progress.given_up > 0) {
		complain("note", "%llu domains were given up: every worker that took them stopped",
			 (unsigned long long)progress.given_up);
	}
	if (r == 0 && estate_queue_lost(estate->queue) > 0) {
		complain("note", "%llu results came too late: other workers had those domains",
			 (unsigned long long)estate_queue_lost(estate->queue));
	}
	return r;
}

/* ---- counts of the run ---- */

struct tallying {
	struct scan_estate *estate;
	struct scan_tally *tally;
	struct arena *arena;
	struct failure *failure;
};

static int add_entry(void *context, const struct estate_entry *entry)
{
	struct tallying *tallying = context;
	struct standing standing;
	if (seen_add(tallying->estate->mine, entry->domain.name) == SEEN_BEFORE) {
		return 0;
	}
	arena_reset(tallying->arena);
	int r = estate_content_standing(tallying->arena, entry, &standing, tallying->failure);
	struct facts *facts = NULL;
	if (r == 0) {
		r = estate_content_facts(tallying->estate->store, entry->facts, &facts,
					 tallying->failure);
	}
	if (r == 0) {
		scan_tally_add_standing(tallying->tally, &standing, scan_is_unknown(facts));
	}
	facts_free(facts);
	return r;
}

int scan_estate_tally(struct scan_estate *estate, struct scan_tally *tally, struct failure *reterr)
{
	struct tallying tallying = {estate, tally, arena_new(TALLY_BYTES), reterr};
	int r = tallying.arena != NULL
			? estate_results(estate->store, estate->run, add_entry, &tallying, reterr)
			: failure_set_memory(reterr, "scan");
	arena_free(tallying.arena);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Many domains on one loop: judge, ask, and judge again when the answers are there. */
#include "service/scan.h"

#include <stdlib.h>

#include "facts/cache.h"
#include "service/scan_job.h"
#include "service/scan_questions.h"

/* How long to wait for answers before looking at everything else. */
#define WAIT_MS 100
#define TICK_MS 1000
#define PROGRESS_MS 200
/* An input that has nothing now is asked again after this. */
#define INPUT_PAUSE_MS 500
/* One round of questions: a thousand keys of at most a kilobyte, twice. */
#define WANTS_ARENA_BYTES ((size_t)8 << 20)

struct scan {
	const struct scan_options *options;
	struct scan_input *input;
	struct scan_sink *sink;
	struct facts_cache *cache;
	struct scan_questions *questions;
	struct arena *judging; /* of one judgement at a time */
	struct arena *asking;
	struct scan_job jobs; /* head of a ring of all that are in flight */
	struct scan_job *ready;
	struct scan_progress progress;
	bool is_input_over;
	int64_t now; /* seconds since 1970, looked up once a turn */
	int64_t now_ms;
	int64_t input_after_ms;
	int64_t tick_at_ms;
	int64_t progress_at_ms;
};

static void push_ready(struct scan *scan, struct scan_job *job)
{
	job->next = scan->ready;
	scan->ready = job;
}

static void remove_job(struct scan *scan, struct scan_job *job)
{
	job->older->newer = job->newer;
	job->newer->older = job->older;
	scan_job_free(job);
	scan->progress.in_flight--;
}

static struct check_options check_options_of(const struct scan *scan, const struct scan_job *job)
{
	struct check_options options = {
		.assess = scan->options->assess,
		.profiles = scan->options->profiles,
		.profile_count = scan->options->profile_count,
	};
	if (options.assess.now == 0) {
		options.assess.now = job->now;
	}
	return options;
}

static int hand_out(struct scan *scan, struct scan_job *job, const struct check_report *report,
		    struct failure *reterr)
{
	const struct scan_result result = {
		.item = &job->item,
		.report = report,
		.facts = job->facts,
		.is_unknown = scan_is_unknown(job->facts),
	};
	int r = scan->sink->take(scan->sink, &result, reterr);
	if (r == 0) {
		scan->progress.done++;
		scan->progress.unknown += result.is_unknown ? 1 : 0;
		remove_job(scan, job);
	}
	return r;
}

/* From the cache, or because the domain is dead. */
static int add_known(struct scan *scan, struct scan_job *job, struct fact_key key,
		     bool *ret_is_known, struct failure *reterr)
{
	int r = scan_job_add_dead(job, key, ret_is_known, reterr);
	if (r < 0 || *ret_is_known) {
		return r;
	}
	const struct fact *fact = facts_cache_get(scan->cache, key, scan->now);
	*ret_is_known = fact != NULL;
	scan->progress.shared += fact != NULL ? 1 : 0;
	return fact != NULL ? scan_job_add(job, fact, reterr) : 0;
}

static int ask(struct scan *scan, struct scan_job *job, struct fact_key key, struct failure *reterr)
{
	bool is_new;
	if (!scan_questions_wait(scan->questions, key, job, &is_new)) {
		return failure_set_memory(reterr, "scan");
	}
	job->waits_for++;
	scan->progress.asked += is_new ? 1 : 0;
	scan->progress.shared += is_new ? 0 : 1;
	struct fact_stream *stream = scan->options->stream;
	return is_new ? stream->ask(stream, key, job->facts, reterr) : 0;
}

/* The first question about the domain's own name. */
static size_t find_own(const struct scan_job *job, const struct wants *wants)
{
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct fact_key key = wants_at(wants, i);
		if (key.kind == FACT_DNS && span_equal(key.subject, job->item.domain)) {
			return i;
		}
	}
	return wants_count(wants);
}

static int refuse(struct scan_job *job, struct fact_key key, struct failure *reterr)
{
	const struct fact fact = {
		.key = key, .state = FACT_NOT_OBSERVED, .failure = FACT_FAILURE_LIMIT};
	return facts_add(job->facts, &fact, reterr);
}

static int answer_want(struct scan *scan, struct scan_job *job, struct fact_key key,
		       struct failure *reterr)
{
	if (job->rounds >= SETTLE_MAX_ROUNDS) {
		return refuse(job, key, reterr);
	}
	bool is_known;
	int r = add_known(scan, job, key, &is_known, reterr);
	return r < 0 || is_known ? r : ask(scan, job, key, reterr);
}

static int answer_wants(struct scan *scan, struct scan_job *job, const struct wants *wants,
			struct failure *reterr)
{
	size_t count = wants_count(wants);
	size_t second = job->is_doubtful && !job->has_second ? find_own(job, wants) : count;
	if (second < count) {
		job->has_second = true;
		return answer_want(scan, job, wants_at(wants, second), reterr);
	}
	job->rounds++;
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = answer_want(scan, job, wants_at(wants, i), reterr);
	}
	return r;
}

static int conclude(struct scan *scan, struct scan_job *job, const struct assessment *assessment,
		    const struct check_options *options, struct failure *reterr)
{
	struct check_report report;
	int r = check_conclude(job->facts, assessment, options, scan->judging, &report, reterr);
	return r == 0 ? hand_out(scan, job, &report, reterr) : r;
}

/* Judges once. *ret_is_over: the job has its result and is gone. */
static int judge(struct scan *scan, struct scan_job *job, bool *ret_is_over, struct failure *reterr)
{
	arena_reset(scan->judging);
	arena_reset(scan->asking);
	struct wants wants = wants_new(scan->asking);
	struct inquiry inquiry = {job->facts, &wants};
	const struct check_options options = check_options_of(scan, job);
	struct assessment *assessment;
	int r = assess_domain(scan->judging, &inquiry, job->item.domain, &options.assess,
			      &assessment, reterr);
	*ret_is_over = r == 0 && wants_count(&wants) == 0;
	if (r < 0) {
		return r;
	}
	return *ret_is_over ? conclude(scan, job, assessment, &options, reterr)
			    : answer_wants(scan, job, &wants, reterr);
}

/* As far as it goes with what is known. */
static int advance(struct scan *scan, struct scan_job *job, struct failure *reterr)
{
	bool is_over = false;
	int r = 0;
	/* Past the limit each round refuses what it meets, and what it meets is bounded. */
	for (unsigned i = 0; r == 0 && i < 3 * SETTLE_MAX_ROUNDS; i++) {
		r = judge(scan, job, &is_over, reterr);
		if (r < 0 || is_over || job->waits_for > 0) {
			return r;
		}
	}
	return r < 0 ? r : failure_set(reterr, FAILURE_INTERNAL, "scan", "its questions never end");
}

static int advance_ready(struct scan *scan, struct failure *reterr)
{
	int r = 0;
	while (r == 0 && scan->ready != NULL) {
		struct scan_job *job = scan->ready;
		scan->ready = job->next;
		r = advance(scan, job, reterr);
	}
	return r;
}

/* Without an answer at hand the domain goes on when that comes. */
static int ask_for_servers(struct scan *scan, struct scan_job *job, struct failure *reterr)
{
	struct fact_key key = scan_job_servers(job);
	const struct fact *fact = facts_cache_get(scan->cache, key, scan->now);
	if (fact == NULL) {
		return ask(scan, job, key, reterr);
	}
	scan->progress.shared++;
	int r = scan_job_take(job, fact, reterr);
	return r == 0 ? advance(scan, job, reterr) : r;
}

static int begin(struct scan *scan, const struct scan_item *item, struct failure *reterr)
{
	struct scan_job *job = scan_job_new(item, scan->now, scan->options->seed);
	if (job == NULL) {
		return failure_set_memory(reterr, "scan");
	}
	job->newer = &scan->jobs;
	job->older = scan->jobs.older;
	job->older->newer = job;
	scan->jobs.older = job;
	scan->progress.in_flight++;
	const struct scan_options *options = scan->options;
	int r = options->prepare != NULL ? options->prepare(options->context, &job->item,
							    job->facts, &job->now, reterr)
					 : 0;
	return r == 0 ? ask_for_servers(scan, job, reterr) : r;
}

static bool has_room(const struct scan *scan)
{
	return !scan->is_input_over && scan->progress.in_flight < scan->options->max_in_flight &&
	       scan_questions_count(scan->questions) < SCAN_MAX_QUESTIONS &&
	       scan->now_ms >= scan->input_after_ms;
}

static bool is_stopped(const struct scan *scan)
{
	const struct scan_options *options = scan->options;
	return options->is_stopped != NULL && options->is_stopped(options->context);
}

static int begin_some(struct scan *scan, struct failure *reterr)
{
	int r = 0;
	while (r == 0 && has_room(scan) && !is_stopped(scan)) {
		struct scan_item item = {0};
		enum scan_next next = SCAN_NEXT_END;
		r = scan->input->next(scan->input, &item, &next, reterr);
		if (r < 0) {
			return r;
		}
		if (next == SCAN_NEXT_ITEM) {
			r = begin(scan, &item, reterr);
		} else if (next == SCAN_NEXT_WAIT) {
			scan->input_after_ms = scan->now_ms + INPUT_PAUSE_MS;
		} else {
			scan->is_input_over = true;
		}
	}
	return r;
}

/* To all who wait, and into the cache for those to come. Takes the box over. */
static int deliver(struct scan *scan, struct fact_box *box, struct failure *reterr)
{
	struct scan_waiter *waiter = scan_questions_end(scan->questions, box->fact->key);
	bool is_shared = box->fact->key.kind != FACT_DNS || waiter == NULL || waiter->next != NULL;
	int r = 0;
	while (waiter != NULL) {
		struct scan_waiter *next = waiter->next;
		struct scan_job *job = waiter->job;
		is_shared = is_shared || !scan_job_owns(job, box->fact->key);
		r = r == 0 ? scan_job_take(job, box->fact, reterr) : r;
		if (--job->waits_for == 0) {
			push_ready(scan, job);
		}
		free(waiter);
		waiter = next;
	}
	facts_cache_put(scan->cache, box, is_shared, scan->now);
	return r;
}

static int take_answers(struct scan *scan, struct failure *reterr)
{
	struct fact_stream *stream = scan->options->stream;
	struct fact_box *boxes = NULL;
	int r = stream->take(stream, WAIT_MS, &boxes, reterr);
	while (r == 0 && boxes != NULL) {
		struct fact_box *next = boxes->next;
		r = deliver(scan, boxes, reterr);
		boxes = next;
	}
	while (boxes != NULL) {
		struct fact_box *next = boxes->next;
		fact_box_free(boxes);
		boxes = next;
	}
	return r;
}

static void tell_progress(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	struct scan_input *input = scan->input;
	scan->progress.remaining = input->remaining != NULL ? input->remaining(input) : 0;
	if (options->progress != NULL) {
		options->progress(options->context, &scan->progress);
	}
}

static int look_at_clock(struct scan *scan, struct failure *reterr)
{
	scan->now = scan->options->now(scan->options->context);
	scan->now_ms = scan->options->now_ms(scan->options->context);
	if (scan->now_ms >= scan->progress_at_ms) {
		scan->progress_at_ms = scan->now_ms + PROGRESS_MS;
		tell_progress(scan);
	}
	if (scan->sink->tick != NULL && scan->now_ms >= scan->tick_at_ms) {
		scan->tick_at_ms = scan->now_ms + TICK_MS;
		return scan->sink->tick(scan->sink, reterr);
	}
	return 0;
}

static int run(struct scan *scan, struct failure *reterr)
{
	int r = 0;
	while (r == 0 && !is_stopped(scan)) {
		r = look_at_clock(scan, reterr);
		if (r == 0) {
			r = begin_some(scan, reterr);
		}
		if (r < 0 || (scan->is_input_over && scan->progress.in_flight == 0)) {
			break;
		}
		r = take_answers(scan, reterr);
		/* Once stopped, collectors answer "interrupted": no result may rest on that. */
		if (r == 0 && !is_stopped(scan)) {
			r = advance_ready(scan, reterr);
		}
	}
	if (r == 0) {
		tell_progress(scan);
	}
	return r == 0 && scan->sink->tick != NULL ? scan->sink->tick(scan->sink, reterr) : r;
}

static void clean_up(struct scan *scan)
{
	while (scan->jobs.newer != &scan->jobs) {
		remove_job(scan, scan->jobs.newer);
	}
	scan_questions_free(scan->questions);
	facts_cache_free(scan->cache);
	arena_free(scan->judging);
	arena_free(scan->asking);
}

int scan_run(struct scan_input *input, struct scan_sink *sink, const struct scan_options *options,
	     struct scan_progress *ret_progress, struct failure *reterr)
{
	size_t cache_bytes = options->cache_bytes > 0 ? options->cache_bytes : SCAN_CACHE_BYTES;
	struct scan scan = {
		.options = options,
		.input = input,
		.sink = sink,
		.cache = facts_cache_new(cache_bytes, options->seed),
		.questions = scan_questions_new(options->seed),
		.judging = arena_new(LIMIT_DOMAIN_ARENA),
		.asking = arena_new(WANTS_ARENA_BYTES),
	};
	scan.jobs.newer = scan.jobs.older = &scan.jobs;
	bool has_memory = scan.cache != NULL && scan.questions != NULL && scan.judging != NULL &&
			  scan.asking != NULL;
	int r = has_memory ? run(&scan, reterr) : failure_set_memory(reterr, "scan");
	*ret_progress = scan.progress;
	clean_up(&scan);
	return r;
}

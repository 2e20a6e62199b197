/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One round of wants: ask all, look into what failed, ask that again. */
#include "collect/dns_collector.h"
#include "collect/dns_diagnose.h"

/* A round's raw packets; WANTS_MAX of the largest come to 64 MB. */
#define ROUND_ARENA_BYTES ((size_t)256 << 20)
/* SERVFAIL is cached by libunbound for 5 s; to ask sooner gives the same again. */
#define RETRY_AFTER_MS 5200
/* A retry needs at least this much time to be worth its wait. */
#define RETRY_MIN_MS 1000
/* To find out why look-ups failed, and for each look-up of that. */
#define DIAGNOSE_MS 4000
#define DIAGNOSE_LOOK_UP_MS 1500

/* One call of answer(). */
struct round {
	struct dns_collector *dns;
	struct arena *arena;
	struct dns_ask *asks;
	struct fact *results; /* one for each ask */
	size_t count;
	int64_t began_ms;
	int64_t end_ms;
};

static struct dns_wait wait_of(const struct round *round, unsigned deadline_ms)
{
	const struct dns_collector_options *options = &round->dns->options;
	return (struct dns_wait){
		.deadline_ms = deadline_ms,
		.end_ms = round->end_ms,
		.max_in_flight = options->max_in_flight,
		.context = options->context,
		.is_stopped = options->is_stopped,
		.progress = options->progress,
	};
}

static struct fact result_of(const struct round *round, const struct dns_ask *ask)
{
	const struct dns_collector *dns = round->dns;
	const struct dns_fact_frame frame = {
		.source = dns->source_name,
		.observed_at = dns->options.now(dns->options.context),
		.is_validating = dns->way.is_validating,
	};
	return dns_fact_of_ask(round->arena, ask, &frame);
}

/* libunbound gave no answer, and nothing else is known yet. */
static bool is_unexplained(const struct round *round, size_t i)
{
	return round->asks[i].state == DNS_ASK_FAILED &&
	       round->results[i].failure == FACT_FAILURE_SERVFAIL;
}

static int ask_all(struct round *round, struct failure *reterr)
{
	struct dns_wait wait = wait_of(round, round->dns->options.deadline_ms);
	int r = dns_engine_ask(round->dns->engine, round->arena, round->asks, round->count, &wait,
			       reterr);
	for (size_t i = 0; r == 0 && i < round->count; i++) {
		round->results[i] = result_of(round, &round->asks[i]);
	}
	return r;
}

/* Says why the look-ups failed that libunbound gave up. */
static int diagnose(struct round *round, struct failure *reterr)
{
	struct dns_collector *dns = round->dns;
	struct dns_case *cases = arena_alloc(round->arena, round->count * sizeof(*cases));
	if (cases == NULL) {
		return failure_set_memory(reterr, "look into failed look-ups");
	}
	size_t count = 0;
	for (size_t i = 0; i < round->count; i++) {
		if (is_unexplained(round, i)) {
			cases[count++].key = round->asks[i].key;
		}
	}
	struct dns_wait wait = wait_of(round, DIAGNOSE_LOOK_UP_MS);
	int64_t end_ms = dns_engine_now_ms(dns->engine) + DIAGNOSE_MS;
	wait.end_ms = end_ms < wait.end_ms ? end_ms : wait.end_ms;
	wait.progress = NULL;
	const struct dns_doctor doctor = {
		.engine = dns->engine,
		.wait = &wait,
		.resolvers = dns->resolvers,
		.resolver_count = dns->way.is_forwarding ? dns->resolver_count : 0,
		.stubs = dns->options.stubs,
		.stub_count = dns->options.stub_count,
		.random = &dns->random,
	};
	int r = count > 0 ? dns_diagnose(&doctor, round->arena, cases, count, reterr) : 0;
	for (size_t i = 0, k = 0; r == 0 && k < count; i++) {
		if (is_unexplained(round, i)) {
			round->results[i].failure = cases[k].failure;
			round->results[i].detail = cases[k++].detail;
		}
	}
	return r;
}

/* When the last of the failed look-ups may be asked again; 0 when none failed. */
static int64_t retry_time(const struct round *round)
{
	int64_t at_ms = 0;
	for (size_t i = 0; i < round->count; i++) {
		const struct dns_ask *ask = &round->asks[i];
		if (is_unexplained(round, i) && ask->finished_ms + RETRY_AFTER_MS > at_ms) {
			at_ms = ask->finished_ms + RETRY_AFTER_MS;
		}
	}
	return at_ms;
}

/* Waits until at_ms if that is within all budgets. */
static bool wait_for_retry(struct round *round, int64_t at_ms)
{
	struct dns_collector *dns = round->dns;
	int64_t now_ms = dns_engine_now_ms(dns->engine);
	int64_t wait_ms = at_ms > now_ms ? at_ms - now_ms : 0;
	if (at_ms == 0 || wait_ms > dns->retry_budget_ms ||
	    now_ms + wait_ms + RETRY_MIN_MS > round->end_ms) {
		return false;
	}
	dns->retry_budget_ms -= wait_ms;
	struct dns_wait wait = wait_of(round, /* deadline_ms */ 0);
	wait.end_ms = at_ms;
	dns_engine_sleep(dns->engine, &wait);
	return true;
}

/* Asks the failed ones again, all together. */
static int ask_failed_again(struct round *round, struct failure *reterr)
{
	struct dns_ask *again = arena_alloc(round->arena, round->count * sizeof(*again));
	size_t *where = arena_alloc(round->arena, round->count * sizeof(*where));
	if (again == NULL || where == NULL) {
		return failure_set_memory(reterr, "ask the DNS again");
	}
	size_t count = 0;
	for (size_t i = 0; i < round->count; i++) {
		if (is_unexplained(round, i)) {
			again[count].key = round->asks[i].key;
			where[count++] = i;
		}
	}
	struct dns_wait wait = wait_of(round, round->dns->options.deadline_ms);
	wait.progress = NULL; /* they were counted already */
	int r = dns_engine_ask(round->dns->engine, round->arena, again, count, &wait, reterr);
	for (size_t i = 0; r == 0 && i < count; i++) {
		/* What was found out about the first failure stands for the second. */
		round->asks[where[i]].finished_ms = again[i].finished_ms;
		if (again[i].state == DNS_ASK_ANSWERED) {
			round->asks[where[i]] = again[i];
			round->results[where[i]] = result_of(round, &again[i]);
		}
	}
	return r;
}

static int retry(struct round *round, struct failure *reterr)
{
	int r = 0;
	for (unsigned i = 0; r == 0 && i < round->dns->options.retries; i++) {
		if (!wait_for_retry(round, retry_time(round))) {
			return 0;
		}
		r = ask_failed_again(round, reterr);
	}
	return r;
}

/* What is left of the job's time bounds the round. Mail servers are slow between rounds: that is
 * not ours. */
static void start_clock(struct round *round)
{
	const struct dns_collector *dns = round->dns;
	int64_t left_ms = (int64_t)dns->options.total_ms - dns->spent_ms;
	int64_t round_ms = dns->options.round_ms;
	round->began_ms = dns_engine_now_ms(dns->engine);
	round->end_ms = round->began_ms + (round_ms < left_ms ? round_ms : left_ms);
}

static bool is_out_of_time(const struct round *round)
{
	return dns_engine_now_ms(round->dns->engine) >= round->end_ms;
}

static void refuse_all(struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		round->results[i] = (struct fact){
			.key = round->asks[i].key,
			.state = FACT_NOT_OBSERVED,
			.failure = FACT_FAILURE_LIMIT,
			.detail = SPAN("the time for this domain is used up"),
		};
	}
}

static int observe(struct round *round, struct failure *reterr)
{
	if (is_out_of_time(round)) {
		refuse_all(round);
		return 0;
	}
	int r = ask_all(round, reterr);
	if (r == 0) {
		r = diagnose(round, reterr);
	}
	return r < 0 ? r : retry(round, reterr);
}

static int take_wants(struct round *round, const struct wants *wants, struct failure *reterr)
{
	size_t max = wants_count(wants);
	round->asks = arena_alloc(round->arena, max * sizeof(*round->asks));
	round->results = arena_alloc(round->arena, max * sizeof(*round->results));
	if (round->asks == NULL || round->results == NULL) {
		return failure_set_memory(reterr, "ask the DNS");
	}
	for (size_t i = 0; i < max; i++) {
		if (wants_at(wants, i).kind == FACT_DNS) {
			round->asks[round->count++].key = wants_at(wants, i);
		}
	}
	return 0;
}

static int add_results(const struct round *round, struct facts *facts, struct failure *reterr)
{
	int r = 0;
	if (arena_has_failed(round->arena)) {
		return failure_set_memory(reterr, "take in DNS answers");
	}
	for (size_t i = 0; r == 0 && i < round->count; i++) {
		r = facts_add(facts, &round->results[i], reterr);
	}
	return r;
}

int dns_collector_answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
			 struct failure *reterr)
{
	struct dns_collector *dns = (struct dns_collector *)source;
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(ROUND_ARENA_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "ask the DNS");
	}
	struct round round = {.dns = dns, .arena = arena};
	int r = take_wants(&round, wants, reterr);
	if (r < 0 || round.count == 0) {
		return r;
	}
	r = dns_collector_choose_way(dns, reterr);
	if (r < 0) {
		return r;
	}
	start_clock(&round);
	r = observe(&round, reterr);
	dns->spent_ms += dns_engine_now_ms(dns->engine) - round.began_ms;
	return r < 0 ? r : add_results(&round, facts, reterr);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The DNS collector: one round of wants after the other. */
#include "collect/dns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "collect/dns_collector.h"

/* A round's raw packets; WANTS_MAX of the largest come to 64 MB. */
#define ROUND_ARENA_BYTES ((size_t)256 << 20)
/* Texts that live as long as the collector. */
#define COLLECTOR_ARENA_BYTES ((size_t)4 << 20)
/* SERVFAIL is cached by libunbound for 5 s; to ask sooner gives the same again. */
#define RETRY_AFTER_MS 5200
/* A retry needs at least this much time to be worth its wait. */
#define RETRY_MIN_MS 1000

struct dns_collector_options dns_collector_defaults(void)
{
	return (struct dns_collector_options){
		.deadline_ms = 10000,
		.round_ms = 12000,
		.total_ms = 30000,
		.retries = 1,
		.retry_budget_ms = 2 * RETRY_AFTER_MS,
		.max_in_flight = 1000,
		.max_sockets = 512,
	};
}

/* One call of answer(). */
struct round {
	struct dns_collector *dns;
	struct arena *arena;
	struct dns_ask *asks;
	struct fact *results; /* one an ask */
	size_t count;
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

static bool is_failed_look_up(const struct round *round, size_t i)
{
	return round->asks[i].state == DNS_ASK_FAILED &&
	       round->results[i].failure != FACT_FAILURE_BOGUS;
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

/* When the last of the failed look-ups may be asked again; 0 when none failed. */
static int64_t retry_time(const struct round *round)
{
	int64_t at_ms = 0;
	for (size_t i = 0; i < round->count; i++) {
		const struct dns_ask *ask = &round->asks[i];
		if (is_failed_look_up(round, i) && ask->finished_ms + RETRY_AFTER_MS > at_ms) {
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
		if (is_failed_look_up(round, i)) {
			again[count].key = round->asks[i].key;
			where[count++] = i;
		}
	}
	struct dns_wait wait = wait_of(round, round->dns->options.deadline_ms);
	wait.progress = NULL; /* they were counted already */
	int r = dns_engine_ask(round->dns->engine, round->arena, again, count, &wait, reterr);
	for (size_t i = 0; r == 0 && i < count; i++) {
		round->asks[where[i]] = again[i];
		round->results[where[i]] = result_of(round, &again[i]);
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

/* A round starts late: what is left of the job's time bounds it. */
static void start_clock(struct round *round)
{
	const struct dns_collector *dns = round->dns;
	int64_t now_ms = dns_engine_now_ms(dns->engine);
	int64_t total_end_ms = dns->began_ms + dns->options.total_ms;
	round->end_ms = now_ms + dns->options.round_ms;
	round->end_ms = round->end_ms < total_end_ms ? round->end_ms : total_end_ms;
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

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
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
	return r < 0 ? r : add_results(&round, facts, reterr);
}

static int parse_resolvers(struct dns_collector *dns, struct failure *reterr)
{
	const struct dns_collector_options *options = &dns->options;
	if (options->resolver_count > DNS_MAX_RESOLVERS || options->stub_count > DNS_MAX_STUBS) {
		return failure_set(reterr, FAILURE_INPUT, "use the resolvers", "too many");
	}
	for (size_t i = 0; i < options->resolver_count; i++) {
		struct span text = options->resolvers[i];
		if (!dns_server_parse(text, &dns->resolvers[dns->resolver_count++])) {
			return failure_set(reterr, FAILURE_INPUT, "use the resolver",
					   "\"%.*s\" is not an address such as 192.0.2.53 or "
					   "192.0.2.53@5353",
					   SPAN_ARG(text));
		}
	}
	return 0;
}

/* No file, or nothing in it, means no resolver: then the name servers are asked. */
static int read_resolv_conf(struct dns_collector *dns, struct failure *reterr)
{
	const char *path = dns->options.resolv_conf;
	FILE *file = fopen(path != NULL ? path : "/etc/resolv.conf", "re");
	if (file == NULL) {
		return 0;
	}
	char *text = arena_alloc(dns->arena, DNS_RESOLV_CONF_MAX_BYTES);
	size_t len = text != NULL ? fread(text, 1, DNS_RESOLV_CONF_MAX_BYTES, file) : 0;
	fclose(file);
	dns->resolver_count =
		dns_server_parse_resolv_conf(span_of(text, len), dns->resolvers, DNS_MAX_RESOLVERS);
	return text != NULL ? 0 : failure_set_memory(reterr, "read resolv.conf");
}

static int start(struct dns_collector *dns, struct failure *reterr)
{
	dns->arena = arena_new(COLLECTOR_ARENA_BYTES);
	if (dns->arena == NULL) {
		return failure_set_memory(reterr, "start the DNS collector");
	}
	int r = parse_resolvers(dns, reterr);
	if (r == 0 && dns->options.resolver_count == 0) {
		r = read_resolv_conf(dns, reterr);
	}
	if (r < 0) {
		return r;
	}
	dns->ways = dns_ways_of(&dns->options, dns->resolver_count > 0);
	/* The first one is made here, so that unusable options are told before anything is asked.
	 */
	r = dns_collector_use_way(dns, dns->ways.ways[0], reterr);
	if (r == 0) {
		dns_collector_begin(dns);
	}
	return r;
}

int dns_collector_new(const struct dns_collector_options *options, struct dns_collector **ret_dns,
		      struct failure *reterr)
{
	struct dns_collector *dns = calloc(1, sizeof(*dns));
	if (dns == NULL) {
		return failure_set_memory(reterr, "start the DNS collector");
	}
	dns->source.answer = answer;
	dns->options = *options;
	int r = start(dns, reterr);
	if (r < 0) {
		dns_collector_free(dns);
		return r;
	}
	*ret_dns = dns;
	return 0;
}

void dns_collector_free(struct dns_collector *dns)
{
	if (dns == NULL) {
		return;
	}
	dns_engine_free(dns->engine);
	arena_free(dns->arena);
	free(dns);
}

void dns_collector_begin(struct dns_collector *dns)
{
	dns->began_ms = dns_engine_now_ms(dns->engine);
	dns->retry_budget_ms = dns->options.retry_budget_ms;
}

struct fact_source *dns_collector_source(struct dns_collector *dns)
{
	return &dns->source;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One libunbound context kept full of questions. */
#include "collect/dns_flow.h"

#include <pthread.h>
#include <stdlib.h>

#include "collect/dns_collector.h"
#include "collect/dns_window.h"

/* One answer with its records; a DNS message of the largest size, read, is below this. */
#define FLIGHT_ARENA_BYTES ((size_t)2 << 20)
/* The patient ones wait longer. */
#define FIRST_DEADLINE_MS 6000

/*
 * An operator that has answered before is asked once more by itself, when libunbound has forgotten:
 * it keeps SERVFAIL for 5 s.
 */
#define RETRY_AFTER_MS 5200
#define MAX_TRIES 2

/* One question, from when it comes in until it is answered. In one of three rings. */
struct flight {
	struct flight *older;
	struct flight *newer;
	struct flight *next_done;
	struct dns_ask ask;
	struct arena *arena; /* of what comes back; NULL until it is sent */
	struct errand *errand;
	struct pace_item item;
	unsigned tries;
	int64_t retry_ms; /* when it may go into its line again */
};

struct dns_flow {
	struct dns_client client; /* first: done() casts back */
	struct dns_collector *dns;
	struct dns_flow_boxes boxes;
	struct pace *pace;
	/* Heads of rings; newer is the oldest. */
	struct flight waiting;	 /* in the lines of their operators */
	struct flight resting;	 /* failed once */
	struct flight in_flight; /* in the order they were sent */
	struct flight *done;
	size_t count; /* in flight */
	struct dns_window window;
	unsigned deadline_ms;
	pthread_mutex_t lock; /* of the two below */
	struct dns_way way;
	bool has_way;
	pthread_t thread;
};

static void leave_ring(struct flight *flight)
{
	flight->older->newer = flight->newer;
	flight->newer->older = flight->older;
}

/* As the newest. */
static void enter_ring(struct flight *ring, struct flight *flight)
{
	flight->newer = ring;
	flight->older = ring->older;
	flight->older->newer = flight;
	ring->older = flight;
}

static void note_done(struct dns_client *client, struct dns_ask *ask)
{
	struct dns_flow *flow = (struct dns_flow *)client;
	struct flight *flight =
		(struct flight *)(void *)((char *)ask - offsetof(struct flight, ask));
	leave_ring(flight);
	flight->next_done = flow->done;
	flow->done = flight;
	flow->count--;
	flow->window.answered++;
}

static void flight_free(struct flight *flight)
{
	arena_free(flight->arena);
	errand_free(flight->errand);
	free(flight);
}

static int send_flight(struct dns_flow *flow, struct flight *flight, struct failure *reterr)
{
	leave_ring(flight);
	enter_ring(&flow->in_flight, flight);
	flow->count++;
	flight->tries++;
	flight->ask = (struct dns_ask){.key = flight->errand->key};
	flight->arena = arena_new(FLIGHT_ARENA_BYTES);
	int r = flight->arena != NULL ? dns_engine_send(flow->dns->engine, flight->arena,
							&flight->ask, &flow->client, reterr)
				      : failure_set_memory(reterr, "ask the DNS");
	if (r < 0) {
		note_done(&flow->client, &flight->ask);
	}
	return r;
}

/* Into the line of its operator. */
static int line_up(struct dns_flow *flow, struct flight *flight, struct failure *reterr)
{
	enter_ring(&flow->waiting, flight);
	return pace_put(flow->pace, &flight->item, flight->errand->key)
		       ? 0
		       : failure_set_memory(reterr, "ask the DNS");
}

/* An errand with a fact tells something; without one it asks. */
static int take_in(struct dns_flow *flow, struct errand *errand, struct failure *reterr)
{
	if (errand->known != NULL) {
		pace_learn(flow->pace, errand->known->fact, dns_engine_now_ms(flow->dns->engine));
		errand_free(errand);
		return 0;
	}
	struct flight *flight = calloc(1, sizeof(*flight));
	if (flight == NULL) {
		errand_free(errand);
		return failure_set_memory(reterr, "ask the DNS");
	}
	flight->errand = errand;
	return line_up(flow, flight, reterr);
}

static int take_all_in(struct dns_flow *flow, struct failure *reterr)
{
	struct errand *errands = inbox_take(flow->boxes.questions, SIZE_MAX, /* timeout_ms */ 0);
	int r = 0;
	while (errands != NULL) {
		struct errand *next = errands->next;
		if (r == 0) {
			r = take_in(flow, errands, reterr);
		} else {
			errand_free(errands);
		}
		errands = next;
	}
	return r;
}

static int wake_resting(struct dns_flow *flow, int64_t now_ms, struct failure *reterr)
{
	int r = 0;
	while (r == 0 && flow->resting.newer != &flow->resting &&
	       flow->resting.newer->retry_ms <= now_ms) {
		struct flight *flight = flow->resting.newer;
		leave_ring(flight);
		r = line_up(flow, flight, reterr);
	}
	return r;
}

static int send_some(struct dns_flow *flow, struct failure *reterr)
{
	int64_t now_ms = dns_engine_now_ms(flow->dns->engine);
	int r = take_all_in(flow, reterr);
	r = r == 0 ? wake_resting(flow, now_ms, reterr) : r;
	while (r == 0 && flow->count < dns_window_size(&flow->window)) {
		struct pace_item *item = pace_take(flow->pace, now_ms);
		if (item == NULL) {
			break;
		}
		struct flight *flight =
			(struct flight *)(void *)((char *)item - offsetof(struct flight, item));
		r = send_flight(flow, flight, reterr);
	}
	return r;
}

static void expire(struct dns_flow *flow)
{
	int64_t now_ms = dns_engine_now_ms(flow->dns->engine);
	struct flight *oldest = flow->in_flight.newer;
	while (oldest != &flow->in_flight && now_ms - oldest->ask.started_ms >= flow->deadline_ms) {
		dns_engine_give_up(flow->dns->engine, &oldest->ask, DNS_ASK_TIMED_OUT);
		oldest = flow->in_flight.newer;
	}
}

/* A fault that may be the network's, or our own haste's. */
static bool is_worth_another_try(const struct fact *fact)
{
	return fact->state == FACT_FAILED &&
	       (fact->failure == FACT_FAILURE_SERVFAIL || fact->failure == FACT_FAILURE_TIMEOUT);
}

static struct fact fact_of(const struct dns_flow *flow, struct flight *flight)
{
	const struct dns_collector *dns = flow->dns;
	const struct dns_fact_frame frame = {
		.source = dns->source_name,
		.observed_at = dns->options.now(dns->options.context),
		.is_validating = dns->way.is_validating,
	};
	struct fact fact = dns_fact_of_ask(flight->arena, &flight->ask, &frame);
	if (fact.dns != NULL) {
		/* The octets of every answer of an estate are more than anybody keeps. */
		struct dns_answer *answer = arena_alloc(flight->arena, sizeof(*answer));
		if (answer != NULL) {
			*answer = *fact.dns;
			answer->packet = (struct span){0};
			fact.dns = answer;
		}
	}
	return fact;
}

/* The arena and the ask are done with: the question goes into its line again, after a while. */
static void rest(struct dns_flow *flow, struct flight *flight, int64_t now_ms)
{
	arena_free(flight->arena);
	flight->arena = NULL;
	flight->retry_ms = now_ms + RETRY_AFTER_MS;
	enter_ring(&flow->resting, flight);
}

static bool put_fact(const struct fact *fact, struct fact_box **boxes)
{
	struct fact_box *box = fact_box_new(fact);
	if (box != NULL) {
		box->next = *boxes;
		*boxes = box;
	}
	return box != NULL;
}

/*
 * To the patient ones. When nobody says which servers a domain has, the next that is wanted to know
 * is whether they are dead: whether they say anything about its mail either.
 */
static bool pass_on(struct dns_flow *flow, struct fact_key key)
{
	const struct fact_key mail = {FACT_DNS, RR_MX, key.subject};
	bool is_put = key.type != RR_NS || inbox_put(flow->boxes.failed, mail, /* known */ NULL);
	return is_put && inbox_put(flow->boxes.failed, key, /* known */ NULL);
}

/* Frees the flight, or keeps it for another try. */
static int finish(struct dns_flow *flow, struct flight *flight, struct fact_box **boxes,
		  struct failure *reterr)
{
	struct fact fact = fact_of(flow, flight);
	int64_t now_ms = dns_engine_now_ms(flow->dns->engine);
	bool is_failed = is_worth_another_try(&fact);
	pace_done(flow->pace, &flight->item, is_failed ? PACE_FAILED : PACE_ANSWERED, now_ms);
	pace_learn(flow->pace, &fact, now_ms);
	if (is_failed && flight->tries < MAX_TRIES && pace_is_known(flow->pace, fact.key)) {
		rest(flow, flight, now_ms);
		return 0;
	}
	bool is_put = is_failed ? pass_on(flow, fact.key) : put_fact(&fact, boxes);
	flight_free(flight);
	return is_put ? 0 : failure_set_memory(reterr, "take in DNS answers");
}

static int hand_out(struct dns_flow *flow, struct failure *reterr)
{
	struct fact_box *boxes = NULL;
	int r = 0;
	while (flow->done != NULL) {
		struct flight *flight = flow->done;
		flow->done = flight->next_done;
		if (r == 0) {
			r = finish(flow, flight, &boxes, reterr);
		} else {
			flight_free(flight);
		}
	}
	outbox_put(flow->boxes.answers, boxes);
	return r;
}

static int choose_way(struct dns_flow *flow, struct failure *reterr)
{
	int r = dns_collector_choose_way(flow->dns, reterr);
	if (r == 0) {
		pthread_mutex_lock(&flow->lock);
		flow->way = flow->dns->way;
		flow->has_way = true;
		pthread_mutex_unlock(&flow->lock);
		r = dns_engine_watch(flow->dns->engine, inbox_descriptor(flow->boxes.questions),
				     reterr);
	}
	return r;
}

static int run_loop(struct dns_flow *flow, struct failure *reterr)
{
	int r = choose_way(flow, reterr);
	while (r == 0 && !inbox_is_closed(flow->boxes.questions)) {
		int64_t began_ms = dns_engine_now_ms(flow->dns->engine);
		r = send_some(flow, reterr);
		if (r == 0 && flow->done == NULL) {
			r = dns_engine_turn(flow->dns->engine, reterr);
		}
		expire(flow);
		r = r == 0 ? hand_out(flow, reterr) : r;
		int64_t now_ms = dns_engine_now_ms(flow->dns->engine);
		dns_window_adapt(&flow->window, flow->count, now_ms - began_ms, now_ms);
	}
	return r;
}

static void free_ring(struct flight *ring)
{
	while (ring->newer != ring) {
		struct flight *flight = ring->newer;
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): who has left is not found again */
		leave_ring(flight);
		flight_free(flight);
	}
}

static void *run(void *context)
{
	struct dns_flow *flow = context;
	struct failure failure;
	if (run_loop(flow, &failure) < 0) {
		outbox_fail(flow->boxes.answers, &failure);
	}
	while (flow->in_flight.newer != &flow->in_flight) {
		dns_engine_give_up(flow->dns->engine, &flow->in_flight.newer->ask, DNS_ASK_STOPPED);
	}
	while (flow->done != NULL) {
		struct flight *next = flow->done->next_done;
		flight_free(flow->done);
		flow->done = next;
	}
	free_ring(&flow->waiting);
	free_ring(&flow->resting);
	return NULL;
}

static void flow_free(struct dns_flow *flow)
{
	dns_collector_free(flow->dns);
	pace_free(flow->pace);
	pthread_mutex_destroy(&flow->lock);
	free(flow);
}

static int start(struct dns_flow *flow, const struct dns_collector_options *options,
		 const struct pace_options *pace, struct failure *reterr)
{
	flow->pace = pace_new(pace);
	int r = flow->pace != NULL ? dns_collector_new(options, &flow->dns, reterr)
				   : failure_set_memory(reterr, "start the DNS");
	if (r == 0 && pthread_create(&flow->thread, NULL, run, flow) != 0) {
		r = failure_set(reterr, FAILURE_LIBRARY, "start the DNS", "no thread to be had");
	}
	return r;
}

int dns_flow_start(const struct dns_collector_options *options, const struct pace_options *pace,
		   const struct dns_flow_boxes *boxes, struct dns_flow **ret_flow,
		   struct failure *reterr)
{
	struct dns_flow *flow = calloc(1, sizeof(*flow));
	if (flow == NULL) {
		return failure_set_memory(reterr, "start the DNS");
	}
	flow->client.done = note_done;
	flow->boxes = *boxes;
	flow->in_flight.newer = flow->in_flight.older = &flow->in_flight;
	flow->waiting.newer = flow->waiting.older = &flow->waiting;
	flow->resting.newer = flow->resting.older = &flow->resting;
	pthread_mutex_init(&flow->lock, NULL);
	flow->window = dns_window_new(options->max_in_flight);
	flow->deadline_ms =
		options->deadline_ms < FIRST_DEADLINE_MS ? options->deadline_ms : FIRST_DEADLINE_MS;
	int r = start(flow, options, pace, reterr);
	if (r < 0) {
		flow_free(flow);
		return r;
	}
	*ret_flow = flow;
	return 0;
}

void dns_flow_end(struct dns_flow *flow)
{
	if (flow != NULL) {
		pthread_join(flow->thread, NULL);
		flow_free(flow);
	}
}

bool dns_flow_way(struct dns_flow *flow, struct dns_way *ret_way)
{
	pthread_mutex_lock(&flow->lock);
	bool has_way = flow->has_way;
	*ret_way = flow->way;
	pthread_mutex_unlock(&flow->lock);
	return has_way;
}

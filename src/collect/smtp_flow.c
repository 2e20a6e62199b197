/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Starts and ends runs as their turn comes. */
#include "collect/smtp_flow.h"

#include <pthread.h>
#include <stdlib.h>

#include "collect/smtp_run.h"

/* Counters by hash: two that meet in one share a limit, which does no harm. */
#define COUNTERS 65536
#define NETWORK_BITS_IPV4 24
#define NETWORK_BITS_IPV6 48

struct visit {
	struct smtp_run run; /* first: finished() casts back */
	struct visit *next;  /* waiting, or finished */
	struct visit *older; /* under way, or finished */
	struct visit *newer;
	struct smtp_flow *flow;
	struct errand *errand;
	uint16_t *by_address;
	uint16_t *by_network;
};

struct smtp_flow {
	struct smtp_collector *smtp;
	struct inbox *questions;
	struct outbox *answers;
	struct visit *waiting;
	struct visit **waiting_end;
	struct visit *finished;
	struct visit under_way; /* head of a ring */
	uint16_t by_address[COUNTERS];
	uint16_t by_network[COUNTERS];
	uint64_t seed;
	pthread_t thread;
};

static uint16_t *counter_of(const struct smtp_flow *flow, uint16_t *counters,
			    struct network address, unsigned bits)
{
	size_t len = bits / 8;
	uint64_t hash = map_hash(span_of(address.address, len), flow->seed + address.family);
	return &counters[hash % COUNTERS];
}

static void hand_out(struct smtp_flow *flow, const struct fact *fact)
{
	outbox_put_fact(flow->answers, fact);
}

static void answer_unasked(struct smtp_flow *flow, struct fact_key key, enum fact_failure failure,
			   const char *detail)
{
	const struct fact fact = {
		.key = key,
		.state = FACT_NOT_OBSERVED,
		.failure = failure,
		.detail = span_of_string(detail),
	};
	hand_out(flow, &fact);
}

static void visit_free(struct visit *visit)
{
	errand_free(visit->errand);
	free(visit);
}

/* NULL when the answer is clear without a visit, and given. */
static struct visit *new_visit(struct smtp_flow *flow, struct errand *errand)
{
	struct network address;
	uint16_t port;
	struct span name;
	if (!endpoint_subject_parse(errand->key.subject, &address, &port, &name)) {
		answer_unasked(flow, errand->key, FACT_FAILURE_MALFORMED, "not an endpoint");
		return NULL;
	}
	if (!smtp_may_dial(flow->smtp, address)) {
		answer_unasked(flow, errand->key, FACT_FAILURE_FILTERED,
			       network_scope_name(network_scope_of(address)));
		return NULL;
	}
	struct visit *visit = calloc(1, sizeof(*visit));
	if (visit == NULL) {
		struct failure failure;
		failure_set_memory(&failure, "ask a mail server");
		outbox_fail(flow->answers, &failure);
		return NULL;
	}
	bool is_ipv4 = address.family == NETWORK_IPV4;
	visit->flow = flow;
	visit->errand = errand;
	visit->by_address = counter_of(flow, flow->by_address, address, is_ipv4 ? 32 : 128);
	visit->by_network = counter_of(flow, flow->by_network, address,
				       is_ipv4 ? NETWORK_BITS_IPV4 : NETWORK_BITS_IPV6);
	return visit;
}

static void take_questions(struct smtp_flow *flow)
{
	struct errand *errands = inbox_take(flow->questions, SIZE_MAX, /* timeout_ms */ 0);
	while (errands != NULL) {
		struct errand *next = errands->next;
		struct visit *visit = new_visit(flow, errands);
		if (visit != NULL) {
			*flow->waiting_end = visit;
			flow->waiting_end = &visit->next;
		} else {
			errand_free(errands);
		}
		errands = next;
	}
}

/* From inside the run: it is put away when the loop's turn is over. */
static void note_finished(struct smtp_run *run)
{
	struct visit *visit = (struct visit *)run;
	(*visit->by_address)--;
	(*visit->by_network)--;
	visit->next = visit->flow->finished;
	visit->flow->finished = visit;
}

static void start(struct smtp_flow *flow, struct visit *visit)
{
	if (!smtp_run_start(&visit->run, flow->smtp, visit->errand->key)) {
		struct failure failure;
		failure_set_memory(&failure, "ask a mail server");
		outbox_fail(flow->answers, &failure);
		smtp_run_free(&visit->run);
		visit_free(visit);
		return;
	}
	visit->run.finished = note_finished;
	(*visit->by_address)++;
	(*visit->by_network)++;
	visit->newer = &flow->under_way;
	visit->older = flow->under_way.older;
	visit->older->newer = visit;
	flow->under_way.older = visit;
}

static bool may_start(const struct smtp_flow *flow, const struct visit *visit)
{
	return flow->smtp->open_runs < SMTP_FLOW_MAX_RUNS &&
	       *visit->by_address < SMTP_FLOW_PER_ADDRESS &&
	       *visit->by_network < SMTP_FLOW_PER_NETWORK;
}

static void start_some(struct smtp_flow *flow)
{
	struct visit **at = &flow->waiting;
	while (*at != NULL && flow->smtp->open_runs < SMTP_FLOW_MAX_RUNS) {
		struct visit *visit = *at;
		if (!may_start(flow, visit)) {
			at = &visit->next;
			continue;
		}
		*at = visit->next;
		if (flow->waiting_end == &visit->next) {
			flow->waiting_end = at;
		}
		start(flow, visit);
	}
}

static void put_away(struct smtp_flow *flow, struct visit *visit)
{
	visit->older->newer = visit->newer;
	visit->newer->older = visit->older;
	const struct fact fact = smtp_run_fact(&visit->run);
	hand_out(flow, &fact);
	smtp_run_free(&visit->run);
	visit_free(visit);
}

static void put_finished_away(struct smtp_flow *flow)
{
	while (flow->finished != NULL) {
		struct visit *visit = flow->finished;
		flow->finished = visit->next;
		put_away(flow, visit);
	}
}

/* Asked by the loop after whatever happens. */
static bool is_over(void *context)
{
	struct smtp_flow *flow = context;
	put_finished_away(flow);
	take_questions(flow);
	start_some(flow);
	return inbox_is_closed(flow->questions);
}

static void *run(void *context)
{
	struct smtp_flow *flow = context;
	loop_run(flow->smtp->loop, is_over, flow);
	while (flow->under_way.newer != &flow->under_way) {
		struct visit *visit = flow->under_way.newer;
		if (!visit->run.is_finished) {
			smtp_run_stop(&visit->run);
		}
		put_finished_away(flow);
	}
	while (flow->waiting != NULL) {
		struct visit *next = flow->waiting->next;
		visit_free(flow->waiting);
		flow->waiting = next;
	}
	return NULL;
}

int smtp_flow_start(const struct smtp_collector_options *options, uint64_t deep_ms,
		    struct inbox *questions, struct outbox *answers, struct smtp_flow **ret_flow,
		    struct failure *reterr)
{
	struct smtp_flow *flow = calloc(1, sizeof(*flow));
	if (flow == NULL) {
		return failure_set_memory(reterr, "start the SMTP collector");
	}
	flow->questions = questions;
	flow->answers = answers;
	flow->waiting_end = &flow->waiting;
	flow->under_way.newer = flow->under_way.older = &flow->under_way;
	flow->seed = options->seed;
	int r = smtp_collector_new(options, &flow->smtp, reterr);
	if (r == 0) {
		flow->smtp->is_shallow_first = true;
		flow->smtp->deep_ends_ms =
			deep_ms > 0 ? loop_now_ms(flow->smtp->loop) + (int64_t)deep_ms : 0;
	}
	if (r == 0 && pthread_create(&flow->thread, NULL, run, flow) != 0) {
		r = failure_set(reterr, FAILURE_LIBRARY, "start the SMTP collector",
				"no thread to be had");
	}
	if (r < 0) {
		smtp_collector_free(flow->smtp);
		free(flow);
		return r;
	}
	*ret_flow = flow;
	return 0;
}

void smtp_flow_end(struct smtp_flow *flow)
{
	if (flow == NULL) {
		return;
	}
	pthread_join(flow->thread, NULL);
	smtp_collector_free(flow->smtp);
	free(flow);
}

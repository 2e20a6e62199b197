/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Dials for one endpoint, at its pace. */
#include "collect/smtp_run.h"

#include "collect/address.h"
#include "collect/smtp_pace.h"

/* Lists of a plan and all certificates that are kept. */
#define RUN_ARENA_BYTES ((size_t)8 << 20)
/* One server's words and certificates. */
#define ATTEMPT_ARENA_BYTES ((size_t)2 << 20)
#define FIRST_BACKOFF_MS 1000
/* When all places for connections are taken. */
#define CROWDED_MS 50
/* While others have not had their first look. */
#define DEEP_WAIT_MS 200
/* One among them may be slow. */
#define DEEP_WAIT_MAX_MS 10000

static int64_t now_ms(void *context)
{
	const struct smtp_run *run = context;
	return loop_now_ms(run->smtp->loop);
}

static struct exchange_options exchange_options(const struct smtp_run *run,
						const struct smtp_question *question)
{
	const struct smtp_collector_options *options = &run->smtp->options;
	struct exchange_options exchange = {.deadline_ms = smtp_pace_deadline_ms(run, question)};
	uint16_t port = options->connect_port != 0 ? options->connect_port : run->port;
	address_to_socket(run->address, port, &exchange.peer);
	const struct network *source =
		run->address.family == NETWORK_IPV4 ? &options->source4 : &options->source6;
	if (source->prefix_len > 0) {
		address_to_socket(*source, 0, &exchange.source);
	}
	return exchange;
}

/* The numbers of splitmix64: nothing is kept secret by them. */
static void fill_random(uint64_t *state, uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
		*state += UINT64_C(0x9e3779b97f4a7c15);
		uint64_t number = *state;
		number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
		number ^= number >> 31;
		memcpy(octets + i, &number, sizeof(number));
	}
}

static struct smtp_probe_options probe_options(struct smtp_attempt *attempt)
{
	struct smtp_run *run = attempt->run;
	struct smtp_question *question = &attempt->question;
	const struct smtp_collector_options *options = &run->smtp->options;
	struct span server_name = question->has_sni ? run->endpoint.name : span_of(NULL, 0);
	question->offer.server_name = server_name;
	fill_random(&run->smtp->random, question->offer.random, TLS_RANDOM_LEN);
	return (struct smtp_probe_options){
		.arena = attempt->arena,
		.ehlo_name = options->ehlo_name,
		.tls_deadline_ms = smtp_pace_hello_ms(run, question),
		.offer = question->is_session ? NULL : &question->offer,
		.splits = question->splits,
		.client = run->smtp->client,
		.session = {server_name, question->key, question->max_version},
		.injects = question->injects,
		.renegotiates = question->renegotiates,
		.context = run,
		.now_ms = now_ms,
	};
}

static void release(struct smtp_attempt *attempt)
{
	smtp_probe_free(attempt->probe);
	arena_free(attempt->arena);
	*attempt = (struct smtp_attempt){0};
}

static void pump(struct smtp_run *run);

static void stop_attempts(struct smtp_run *run)
{
	for (size_t i = 0; i < SMTP_MAX_PER_ENDPOINT; i++) {
		if (run->attempts[i].exchange != NULL) {
			exchange_stop(run->attempts[i].exchange);
		}
	}
}

/* True when the question is to be asked again after a rest. */
static bool wait_and_retry(struct smtp_run *run, enum smtp_outcome outcome, enum exchange_end end)
{
	if (run->plan.is_stopped) {
		return false;
	}
	if (outcome == SMTP_OUTCOME_UNREACHED && run->endpoint.reach == ENDPOINT_REFUSED &&
	    !run->is_redialled) {
		run->is_redialled = true;
		run->next_dial_ms = loop_now_ms(run->smtp->loop) + FIRST_BACKOFF_MS;
		return true;
	}
	return outcome == SMTP_OUTCOME_THROTTLED &&
	       smtp_pace_rest(run, /* is_silent */ end == EXCHANGE_TIMEOUT);
}

static void on_end(void *context, enum exchange_end end)
{
	struct smtp_attempt *attempt = context;
	struct smtp_run *run = attempt->run;
	enum smtp_outcome outcome = smtp_outcome_of(attempt->probe, end, run->has_spoken);
	smtp_run_note(run, attempt->probe, end);
	run->in_flight--;
	run->smtp->in_flight--;
	run->endpoint.throttles += outcome == SMTP_OUTCOME_THROTTLED ? 1 : 0;
	if (outcome >= SMTP_OUTCOME_CLOSED && outcome <= SMTP_OUTCOME_PLAIN) {
		run->last_break = outcome;
	}
	if (wait_and_retry(run, outcome, end)) {
		smtp_plan_put_back(&run->plan, &attempt->question);
	} else {
		smtp_plan_take(&run->plan, &attempt->question, outcome, attempt->probe);
	}
	release(attempt);
	/* It is hanging: what is asked beside it would only wait for its own deadline. */
	if (run->plan.is_stopped && end == EXCHANGE_TIMEOUT) {
		stop_attempts(run);
	}
	pump(run);
}

/* Half of the time for an answer to a hello is enough for every server but the silent. */
static unsigned patience_ms(const struct smtp_run *run)
{
	return run->smtp->options.tls_deadline_ms / 2;
}

static struct exchange_next on_event(void *context, enum exchange_event event, struct span octets,
				     struct buffer *send)
{
	struct smtp_attempt *attempt = context;
	struct exchange_next next = smtp_probe_event(attempt->probe, event, octets, send);
	if (smtp_pace_note(attempt) && attempt->question.step == SMTP_STEP_SESSION) {
		/* A little more, as clocks are read at different moments. */
		timer_set(attempt->run->timer, patience_ms(attempt->run) + 10);
	}
	return next;
}

/* The first hello has had no answer for a while. */
static bool is_kept_waiting(const struct smtp_run *run, int64_t time_ms)
{
	for (size_t i = 0; i < SMTP_MAX_PER_ENDPOINT; i++) {
		const struct smtp_attempt *attempt = &run->attempts[i];
		if (attempt->exchange != NULL && attempt->question.step == SMTP_STEP_SESSION) {
			return attempt->tls_ms > 0 && !attempt->probe->has_received_tls &&
			       time_ms >= attempt->tls_ms + patience_ms(run);
		}
	}
	return false;
}

static struct smtp_attempt *free_attempt(struct smtp_run *run)
{
	for (size_t i = 0; i < SMTP_MAX_PER_ENDPOINT; i++) {
		if (run->attempts[i].exchange == NULL) {
			return &run->attempts[i];
		}
	}
	return NULL;
}

/* False when memory is out. */
static bool dial(struct smtp_run *run, const struct smtp_question *question)
{
	struct smtp_attempt *attempt = free_attempt(run);
	if (attempt == NULL) {
		return false;
	}
	*attempt = (struct smtp_attempt){.run = run, .question = *question};
	attempt->arena = arena_new(ATTEMPT_ARENA_BYTES);
	if (attempt->arena == NULL) {
		return false;
	}
	struct smtp_probe_options probe = probe_options(attempt);
	attempt->probe = smtp_probe_new(&probe);
	if (attempt->probe == NULL) {
		release(attempt);
		return false;
	}
	const struct exchange_options options = exchange_options(run, question);
	const struct exchange_dialogue dialogue = {on_event, on_end, attempt};
	attempt->exchange = exchange_new(run->smtp->loop, &options, &dialogue);
	if (attempt->exchange == NULL) {
		release(attempt);
		return false;
	}
	return true;
}

static void finish(struct smtp_run *run)
{
	smtp_run_conclude(run);
	run->is_finished = true;
	run->smtp->open_runs--;
	if (run->finished != NULL) {
		run->finished(run);
	}
}

static void note_first_look(struct smtp_run *run)
{
	if (!run->had_first_look && smtp_plan_had_first_look(&run->plan)) {
		run->had_first_look = true;
		run->smtp->first_looks--;
	}
}

/* True when the deep questions of this run have to wait for the first looks of others. */
static bool must_wait_for_others(struct smtp_run *run, int64_t time_ms)
{
	struct smtp_collector *smtp = run->smtp;
	if (!smtp->is_shallow_first || !run->had_first_look ||
	    run->endpoint.plan == ENDPOINT_QUICK) {
		return false;
	}
	if (smtp->deep_ends_ms > 0 && time_ms >= smtp->deep_ends_ms) {
		smtp_plan_stop(&run->plan, PROBE_NOT_ASKED);
		return false;
	}
	return smtp->first_looks > 0 && run->waited_ms < DEEP_WAIT_MAX_MS;
}

/* Asks the next question. False when there is none now. */
static bool ask(struct smtp_run *run)
{
	struct smtp_question question;
	if (!smtp_plan_next(&run->plan, &question)) {
		return false;
	}
	if (!dial(run, &question)) {
		smtp_plan_put_back(&run->plan, &question);
		smtp_plan_stop(&run->plan, PROBE_INTERRUPTED);
		return false;
	}
	if (run->endpoint.connections == 0) {
		/* From the first dial: waiting for a place among the others does not count. */
		run->ends_at_ms = loop_now_ms(run->smtp->loop) + run->smtp->options.endpoint_ms;
	}
	run->in_flight++;
	run->smtp->in_flight++;
	run->endpoint.connections++;
	run->next_dial_ms = loop_now_ms(run->smtp->loop) + run->smtp->options.gap_ms;
	return true;
}

static unsigned max_at_once(const struct smtp_run *run)
{
	unsigned max = run->smtp->options.max_per_endpoint;
	max = max > SMTP_MAX_PER_ENDPOINT ? SMTP_MAX_PER_ENDPOINT : max;
	return run->backoffs > 0 ? 1 : max;
}

/* Starts what may be started, and finishes the run when nothing is left. */
static void pump(struct smtp_run *run)
{
	int64_t time_ms = loop_now_ms(run->smtp->loop);
	run->plan.is_first_look_alone = run->smtp->is_shallow_first;
	if (time_ms >= run->ends_at_ms) {
		smtp_plan_stop(&run->plan, PROBE_TIMEOUT);
	}
	note_first_look(run);
	if (must_wait_for_others(run, time_ms)) {
		run->ends_at_ms += DEEP_WAIT_MS;
		run->waited_ms += DEEP_WAIT_MS;
		timer_set(run->timer, DEEP_WAIT_MS);
		return;
	}
	if (is_kept_waiting(run, time_ms)) {
		smtp_plan_hurry(&run->plan);
	}
	while (!run->plan.is_stopped && run->in_flight < max_at_once(run)) {
		if (time_ms < run->next_dial_ms) {
			timer_set(run->timer, (unsigned)(run->next_dial_ms - time_ms));
			return;
		}
		if (run->smtp->in_flight >= run->smtp->options.max_in_flight) {
			timer_set(run->timer, CROWDED_MS);
			return;
		}
		if (!ask(run)) {
			break;
		}
	}
	if (run->in_flight == 0 && !run->is_finished && smtp_plan_is_finished(&run->plan)) {
		finish(run);
	}
}

static void on_timer(void *context)
{
	pump(context);
}

bool smtp_run_start(struct smtp_run *run, struct smtp_collector *smtp, struct fact_key key)
{
	*run = (struct smtp_run){.smtp = smtp, .key = key, .hello_ms = -1};
	struct span name;
	if (!endpoint_subject_parse(key.subject, &run->address, &run->port, &name)) {
		return false;
	}
	run->arena = arena_new(RUN_ARENA_BYTES);
	run->timer = timer_new(smtp->loop, on_timer, run);
	if (run->arena == NULL || run->timer == NULL) {
		return false;
	}
	run->endpoint = (struct smtp_endpoint){
		.address = arena_printf(run->arena, "%s", network_format(run->address).text),
		.port = run->port,
		.name = arena_copy(run->arena, name),
		.plan = smtp->options.plan,
		.reach = ENDPOINT_TIMEOUT,
		.connect_ms = -1,
		.greeting_ms = -1,
	};
	smtp_plan_begin(&run->plan, run->arena, &run->endpoint);
	run->ends_at_ms = INT64_MAX;
	smtp->open_runs++;
	smtp->first_looks++;
	timer_set(run->timer, 0);
	return true;
}

void smtp_run_stop(struct smtp_run *run)
{
	smtp_plan_stop(&run->plan, PROBE_INTERRUPTED);
	stop_attempts(run);
	pump(run);
}

void smtp_run_free(struct smtp_run *run)
{
	timer_free(run->timer);
	arena_free(run->arena);
}

static enum fact_state state_of(const struct smtp_endpoint *endpoint)
{
	switch (endpoint->reach) {
	case ENDPOINT_CONNECTED:
		return FACT_PRESENT;
	case ENDPOINT_REFUSED:
		return FACT_ABSENT;
	case ENDPOINT_TIMEOUT:
	case ENDPOINT_UNREACHABLE:
	case ENDPOINT_LOCAL:
	case ENDPOINT_REACH_COUNT:
		break;
	}
	return FACT_FAILED;
}

struct fact smtp_run_fact(const struct smtp_run *run)
{
	const struct smtp_endpoint *endpoint = &run->endpoint;
	struct fact fact = {
		.key = run->key,
		.state = state_of(endpoint),
		.observed_at = run->smtp->options.now(run->smtp->options.context),
		.source = SPAN("smtp"),
		.endpoint = endpoint,
	};
	if (arena_has_failed(run->arena)) {
		return (struct fact){.key = run->key,
				     .state = FACT_FAILED,
				     .failure = FACT_FAILURE_LIMIT,
				     .endpoint = NULL};
	}
	bool was_stopped = run->plan.is_stopped && run->plan.stop_reason == PROBE_INTERRUPTED;
	if (fact.state == FACT_FAILED) {
		bool is_timeout = endpoint->reach == ENDPOINT_TIMEOUT;
		fact.failure = is_timeout ? FACT_FAILURE_TIMEOUT : FACT_FAILURE_NETWORK;
	}
	if (was_stopped && endpoint->reach != ENDPOINT_CONNECTED) {
		fact.state = FACT_NOT_OBSERVED;
		fact.failure = FACT_FAILURE_INTERRUPTED;
		fact.endpoint = NULL;
	}
	return fact;
}

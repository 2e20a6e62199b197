/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The collector of MTA-STS policies: wants -> jobs -> facts. */
#include "collect/policy.h"

#include <stdlib.h>

#include "collect/policy_fetcher.h"
#include "records/name.h"

/* A body, a chain and some words. */
#define JOB_ARENA_BYTES ((size_t)1 << 20)

struct policy_collector {
	struct fact_source source; /* first: answer() casts back */
	struct policy_collector_options options;
	struct x509_trust_store *trust; /* NULL until the first want, or when there is none */
};

/* One call of answer(). */
struct batch {
	struct policy_collector *policy;
	struct facts *facts;
	struct policy_job *jobs;
	size_t count;
};

struct policy_collector_options policy_collector_defaults(void)
{
	return (struct policy_collector_options){
		.trust_file = "/etc/ssl/certs/ca-certificates.crt",
		.connect_ms = 10000,
		/* RFC 8461 3.3 suggests a minute; senders in use wait for 4 to 30 seconds. */
		.deadline_ms = 30000,
		.max_in_flight = 256,
		.max_per_address = 8,
	};
}

static int add_unasked(struct facts *facts, struct fact_key key, enum fact_failure failure,
		       struct span detail, struct failure *reterr)
{
	const struct fact fact = {
		.key = key, .state = FACT_NOT_OBSERVED, .failure = failure, .detail = detail};
	return facts_add(facts, &fact, reterr);
}

static struct fact observed(const struct policy_collector *policy, struct fact_key key,
			    enum fact_state state)
{
	return (struct fact){
		.key = key,
		.state = state,
		.observed_at = policy->options.now(policy->options.context),
		.source = SPAN("https"),
	};
}

/* The host has no address we could dial: that is the answer. */
static int add_unreachable(struct batch *batch, struct fact_key key, const struct policy_host *host,
			   struct failure *reterr)
{
	static const struct policy_fetch not_found = {.outcome = POLICY_DNS};
	struct fact fact = observed(batch->policy, key, FACT_ABSENT);
	switch (host->state) {
	case POLICY_HOST_ABSENT:
		return facts_add(batch->facts, &fact, reterr);
	case POLICY_HOST_UNKNOWN:
		fact.state = FACT_FAILED;
		fact.failure = host->failure;
		fact.policy = &not_found;
		return facts_add(batch->facts, &fact, reterr);
	case POLICY_HOST_FILTERED:
		return add_unasked(batch->facts, key, FACT_FAILURE_FILTERED, host->detail, reterr);
	case POLICY_HOST_NOT_ASKED:
	case POLICY_HOST_KNOWN:
		break;
	}
	return add_unasked(batch->facts, key, FACT_FAILURE_NOT_ASKED,
			   SPAN("the host's addresses were not looked up"), reterr);
}

static int add_job(struct batch *batch, struct fact_key key, struct failure *reterr)
{
	struct arena *arena = arena_new(JOB_ARENA_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "fetch a policy");
	}
	struct policy_host host = policy_host_find(arena, batch->facts, key.subject,
						   batch->policy->options.allows_private);
	int r = 0;
	if (host.state != POLICY_HOST_KNOWN) {
		r = add_unreachable(batch, key, &host, reterr);
	} else if (!name_is_ldh(host.name, /* is_underscore_ok */ true)) {
		r = add_unasked(batch->facts, key, FACT_FAILURE_MALFORMED,
				SPAN("the name cannot stand in a URL"), reterr);
	} else {
		batch->jobs[batch->count++] =
			(struct policy_job){.key = key, .host = host, .arena = arena};
		return 0;
	}
	arena_free(arena);
	return r;
}

static enum fact_failure failure_of(enum policy_outcome outcome)
{
	switch (outcome) {
	case POLICY_TIMEOUT:
		return FACT_FAILURE_TIMEOUT;
	case POLICY_TOO_LARGE:
		return FACT_FAILURE_LIMIT;
	case POLICY_HTTP:
		return FACT_FAILURE_MALFORMED;
	case POLICY_CONNECT:
	case POLICY_TLS:
	case POLICY_CERTIFICATE:
	case POLICY_DNS:
	case POLICY_ANSWERED:
	case POLICY_OUTCOME_COUNT:
		break;
	}
	return FACT_FAILURE_NETWORK;
}

static int add_result(struct batch *batch, const struct policy_job *job, struct failure *reterr)
{
	if (job->state == POLICY_JOB_UNSENT) {
		return add_unasked(batch->facts, job->key, FACT_FAILURE_NETWORK, job->fetch.error,
				   reterr);
	}
	if (job->state != POLICY_JOB_DONE) {
		return add_unasked(batch->facts, job->key, FACT_FAILURE_INTERRUPTED, SPAN(""),
				   reterr);
	}
	if (arena_has_failed(job->arena)) {
		return add_unasked(batch->facts, job->key, FACT_FAILURE_LIMIT, SPAN(""), reterr);
	}
	struct fact fact = observed(batch->policy, job->key, FACT_PRESENT);
	fact.policy = &job->fetch;
	if (job->fetch.outcome != POLICY_ANSWERED) {
		fact.state = FACT_FAILED;
		fact.failure = failure_of(job->fetch.outcome);
		fact.detail = job->fetch.error;
	}
	return facts_add(batch->facts, &fact, reterr);
}

/* Reading a hundred authorities takes a while: only when there is something to fetch. */
static bool has_trust(struct policy_collector *policy)
{
	struct failure failure = {0};
	return policy->trust != NULL ||
	       (policy->options.trust_file != NULL &&
		x509_trust_store_load(policy->options.trust_file, &policy->trust, &failure) == 0);
}

static int refuse_jobs(struct batch *batch, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		r = add_unasked(batch->facts, batch->jobs[i].key, FACT_FAILURE_NOT_ASKED,
				SPAN("no trusted authorities could be read"), reterr);
	}
	return r;
}

static int run_jobs(struct batch *batch, struct failure *reterr)
{
	if (batch->count == 0) {
		return 0;
	}
	if (!has_trust(batch->policy)) {
		return refuse_jobs(batch, reterr);
	}
	const struct policy_fetcher fetcher = {&batch->policy->options, batch->policy->trust};
	int r = policy_fetcher_run(&fetcher, batch->jobs, batch->count, reterr);
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		r = add_result(batch, &batch->jobs[i], reterr);
	}
	return r;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct batch batch = {.policy = (struct policy_collector *)source, .facts = facts};
	batch.jobs = calloc(wants_count(wants), sizeof(*batch.jobs));
	if (batch.jobs == NULL) {
		return failure_set_memory(reterr, "fetch policies");
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < wants_count(wants); i++) {
		if (wants_at(wants, i).kind == FACT_POLICY) {
			r = add_job(&batch, wants_at(wants, i), reterr);
		}
	}
	r = r == 0 ? run_jobs(&batch, reterr) : r;
	for (size_t i = 0; i < batch.count; i++) {
		arena_free(batch.jobs[i].arena);
	}
	free(batch.jobs);
	return r;
}

int policy_collector_new(const struct policy_collector_options *options,
			 struct policy_collector **ret_policy, struct failure *reterr)
{
	int r = policy_fetcher_begin(reterr);
	if (r < 0) {
		return r;
	}
	struct policy_collector *policy = calloc(1, sizeof(*policy));
	if (policy == NULL) {
		policy_fetcher_end();
		return failure_set_memory(reterr, "start the collector of policies");
	}
	policy->source.answer = answer;
	policy->options = *options;
	*ret_policy = policy;
	return 0;
}

void policy_collector_free(struct policy_collector *policy)
{
	if (policy == NULL) {
		return;
	}
	x509_trust_store_free(policy->trust);
	policy_fetcher_end();
	free(policy);
}

struct fact_source *policy_collector_source(struct policy_collector *policy)
{
	return &policy->source;
}

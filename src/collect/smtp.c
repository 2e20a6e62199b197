/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The SMTP collector: wants of endpoints -> runs -> facts. */
#include "collect/smtp.h"

#include <stdio.h>
#include <stdlib.h>

#include "collect/address.h"
#include "collect/smtp_run.h"

struct smtp_collector_options smtp_collector_defaults(void)
{
	return (struct smtp_collector_options){
		.plan = ENDPOINT_NORMAL,
		.ehlo_name = SPAN("localhost"),
		.trust_file = "/etc/ssl/certs/ca-certificates.crt",
		.deadline_ms = 15000,
		.tls_deadline_ms = 5000,
		.endpoint_ms = 90000,
		.max_in_flight = 512,
		.max_per_endpoint = 2,
		.gap_ms = 125,
		.max_backoffs = 4,
	};
}

bool smtp_may_dial(const struct smtp_collector *smtp, struct network address)
{
	return address_may_be_dialled(address, smtp->options.allows_private);
}

/* One call of answer(). */
struct batch {
	struct smtp_collector *smtp;
	struct smtp_run *runs;
	size_t count;
};

static bool is_stopped(const struct smtp_collector *smtp)
{
	const struct smtp_collector_options *options = &smtp->options;
	return options->is_stopped != NULL && options->is_stopped(options->context);
}

static bool is_finished(void *context)
{
	const struct batch *batch = context;
	const struct smtp_collector_options *options = &batch->smtp->options;
	if (options->progress != NULL) {
		options->progress(options->context, batch->count - batch->smtp->open_runs,
				  batch->count);
	}
	return batch->smtp->open_runs == 0 || is_stopped(batch->smtp);
}

static int add_unasked(struct facts *facts, struct fact_key key, enum fact_failure failure,
		       const char *detail, struct failure *reterr)
{
	const struct fact fact = {
		.key = key,
		.state = FACT_NOT_OBSERVED,
		.failure = failure,
		.detail = span_of_string(detail),
	};
	return facts_add(facts, &fact, reterr);
}

/* Starts a run, or says at once why there will be none. */
static int start_run(struct batch *batch, struct fact_key key, struct facts *facts,
		     struct failure *reterr)
{
	struct network address;
	uint16_t port;
	struct span name;
	if (!endpoint_subject_parse(key.subject, &address, &port, &name)) {
		return add_unasked(facts, key, FACT_FAILURE_MALFORMED, "not an endpoint", reterr);
	}
	if (!smtp_may_dial(batch->smtp, address)) {
		return add_unasked(facts, key, FACT_FAILURE_FILTERED,
				   network_scope_name(network_scope_of(address)), reterr);
	}
	struct smtp_run *run = &batch->runs[batch->count];
	if (!smtp_run_start(run, batch->smtp, key)) {
		smtp_run_free(run);
		return failure_set_memory(reterr, "ask a mail server");
	}
	batch->count++;
	return 0;
}

static int run_batch(struct batch *batch, const struct wants *wants, struct facts *facts,
		     struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < wants_count(wants); i++) {
		struct fact_key key = wants_at(wants, i);
		if (key.kind == FACT_ENDPOINT) {
			r = start_run(batch, key, facts, reterr);
		}
	}
	if (r == 0 && batch->count > 0) {
		loop_run(batch->smtp->loop, is_finished, batch);
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct smtp_run *run = &batch->runs[i];
		if (!run->is_finished) {
			smtp_run_stop(run);
		}
		const struct fact fact = smtp_run_fact(run);
		r = r == 0 ? facts_add(facts, &fact, reterr) : r;
		smtp_run_free(run);
	}
	return r;
}

static size_t count_endpoints(const struct wants *wants)
{
	size_t count = 0;
	for (size_t i = 0; i < wants_count(wants); i++) {
		count += wants_at(wants, i).kind == FACT_ENDPOINT ? 1 : 0;
	}
	return count;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct smtp_collector *smtp = (struct smtp_collector *)source;
	size_t count = count_endpoints(wants);
	if (count == 0) {
		return 0;
	}
	struct batch batch = {.smtp = smtp, .runs = calloc(count, sizeof(*batch.runs))};
	if (batch.runs == NULL) {
		return failure_set_memory(reterr, "ask mail servers");
	}
	int r = run_batch(&batch, wants, facts, reterr);
	free(batch.runs);
	return r;
}

static void load_trust(struct smtp_collector *smtp)
{
	const struct smtp_collector_options *options = &smtp->options;
	struct failure failure = {0};
	if (options->trust_file == NULL ||
	    x509_trust_store_load(options->trust_file, &smtp->trust, &failure) == 0 ||
	    options->notice == NULL) {
		return;
	}
	char text[400];
	int len = snprintf(text, sizeof(text),
			   "no trusted authorities (%s: %s): whether certificates are trusted "
			   "stays unknown",
			   failure.what, failure.detail);
	options->notice(options->context, span_of(text, (size_t)(len > 0 ? len : 0)));
}

int smtp_collector_new(const struct smtp_collector_options *options,
		       struct smtp_collector **ret_smtp, struct failure *reterr)
{
	struct smtp_collector *smtp = calloc(1, sizeof(*smtp));
	if (smtp == NULL) {
		return failure_set_memory(reterr, "start the SMTP collector");
	}
	smtp->source.answer = answer;
	smtp->options = *options;
	smtp->random = options->seed;
	smtp->loop = loop_new();
	int r = smtp->loop != NULL ? tls_client_new(&smtp->client, reterr)
				   : failure_set_memory(reterr, "start the SMTP collector");
	if (r < 0) {
		smtp_collector_free(smtp);
		return r;
	}
	load_trust(smtp);
	*ret_smtp = smtp;
	return 0;
}

void smtp_collector_free(struct smtp_collector *smtp)
{
	if (smtp == NULL) {
		return;
	}
	x509_trust_store_free(smtp->trust);
	tls_client_free(smtp->client);
	loop_free(smtp->loop);
	free(smtp);
}

struct fact_source *smtp_collector_source(struct smtp_collector *smtp)
{
	return &smtp->source;
}

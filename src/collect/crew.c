/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Threads, and who gets which question. */
#include "collect/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "collect/batches.h"
#include "collect/dns_flow.h"
#include "collect/patient.h"
#include "collect/smtp_flow.h"
#include "records/name.h"

struct dns_thread {
	struct inbox *questions;
	struct dns_flow *flow;
};

struct source_thread {
	enum fact_kind kind;
	struct inbox *questions;
	struct batches *batches;
};

struct crew {
	struct fact_stream stream; /* first: ask() and take() cast back */
	struct crew_options options;
	struct dns_collector_options dns_options; /* what the threads see */
	pthread_mutex_t notice_lock;
	struct outbox *answers;
	struct inbox *failed;
	struct inbox *servers;
	struct dns_thread dns[CREW_MAX_DNS_THREADS];
	size_t dns_count;
	struct patient *patients[CREW_PATIENT_THREADS];
	struct smtp_flow *smtp;
	struct source_thread sources[CREW_MAX_SOURCES];
	size_t source_count;
};

static void tell(void *context, struct span text)
{
	struct crew *crew = context;
	pthread_mutex_lock(&crew->notice_lock);
	crew->options.dns.notice(crew->options.dns.context, text);
	pthread_mutex_unlock(&crew->notice_lock);
}

static int64_t now(void *context)
{
	const struct crew *crew = context;
	return crew->options.dns.now(crew->options.dns.context);
}

static bool is_stopped(void *context)
{
	const struct crew *crew = context;
	const struct dns_collector_options *dns = &crew->options.dns;
	return inbox_is_closed(crew->failed) ||
	       (dns->is_stopped != NULL && dns->is_stopped(dns->context));
}

/* All of one registered domain to the same thread. */
static struct inbox *dns_inbox(struct crew *crew, struct span name)
{
	if (crew->dns_count == 1) {
		return crew->dns[0].questions;
	}
	struct span owner = crew->options.suffixes != NULL
				    ? public_suffix_organisational(crew->options.suffixes, name)
				    : span_of(NULL, 0);
	uint64_t hash = map_hash(owner.len > 0 ? owner : name, /* seed */ 0);
	return crew->dns[hash % crew->dns_count].questions;
}

static struct inbox *inbox_for(struct crew *crew, struct fact_key key)
{
	for (size_t i = 0; i < crew->source_count; i++) {
		if (crew->sources[i].kind == key.kind) {
			return crew->sources[i].questions;
		}
	}
	switch (key.kind) {
	case FACT_DNS:
		return dns_inbox(crew, key.subject);
	case FACT_ENDPOINT:
		return crew->servers;
	case FACT_POLICY:
	case FACT_REPORTED: /* never wanted */
		break;
	}
	return NULL;
}

/* Adds a copy of what is known to a list. */
static bool copy_known(const struct facts *known, struct fact_key key, struct fact_box **boxes)
{
	const struct fact *fact = facts_get(known, key);
	struct fact_box *box = fact != NULL ? fact_box_new(fact) : NULL;
	if (box != NULL) {
		box->next = *boxes;
		*boxes = box;
	}
	return fact == NULL || box != NULL;
}

/* A policy is fetched from addresses that a judge wanted before. */
static bool gather_known(const struct facts *known, struct fact_key key, struct fact_box **boxes)
{
	if (key.kind != FACT_POLICY) {
		return true;
	}
	struct arena *arena __attribute__((cleanup(arena_free_at))) =
		arena_new((size_t)LIMIT_NAME_ESCAPED * 4);
	struct span host =
		arena != NULL ? name_join(arena, SPAN("mta-sts"), key.subject) : span_of(NULL, 0);
	return host.len == 0 ||
	       (copy_known(known, (struct fact_key){FACT_DNS, RR_A, host}, boxes) &&
		copy_known(known, (struct fact_key){FACT_DNS, RR_AAAA, host}, boxes));
}

static int ask(struct fact_stream *stream, struct fact_key key, const struct facts *known,
	       struct failure *reterr)
{
	struct crew *crew = (struct crew *)stream;
	struct inbox *inbox = inbox_for(crew, key);
	if (inbox == NULL) {
		const struct fact unasked = {
			.key = key,
			.state = FACT_NOT_OBSERVED,
			.failure = FACT_FAILURE_NOT_ASKED,
		};
		outbox_put_fact(crew->answers, &unasked);
		return 0;
	}
	struct fact_box *boxes = NULL;
	bool is_gathered = gather_known(known, key, &boxes);
	bool is_put = inbox_put(inbox, key, boxes);
	return is_gathered && is_put ? 0 : failure_set_memory(reterr, "ask");
}

static int take(struct fact_stream *stream, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr)
{
	struct crew *crew = (struct crew *)stream;
	return outbox_take(crew->answers, timeout_ms, ret_boxes, reterr);
}

/* What a patient look-up has found out about the servers of a zone, for the thread that asks them.
 * Without memory it is only not told. */
static void teach(void *context, const struct fact *fact)
{
	struct crew *crew = context;
	struct fact_box *box = fact_box_new(fact);
	bool is_told = box != NULL && inbox_put(dns_inbox(crew, fact->key.subject), fact->key, box);
	(void)is_told;
}

/* A thread's share. */
static struct pace_options pace_of(const struct crew *crew)
{
	const struct crew_options *options = &crew->options;
	unsigned threads = options->dns_threads > 0 ? options->dns_threads : 1;
	unsigned window = PACE_FIRST_WINDOW / threads;
	unsigned rate = options->dns_rate / threads;
	return (struct pace_options){
		.rate = options->dns_rate > 0 && rate == 0 ? 1 : rate,
		.first_window = window > PACE_LEAST_WINDOW ? window : PACE_LEAST_WINDOW,
		.suffixes = options->suffixes,
		.seed = options->dns.seed,
	};
}

static int start_dns(struct crew *crew, struct failure *reterr)
{
	struct inbox *questions = inbox_new();
	if (questions == NULL) {
		return failure_set_memory(reterr, "start the DNS");
	}
	struct dns_thread *thread = &crew->dns[crew->dns_count++];
	thread->questions = questions;
	const struct dns_flow_boxes boxes = {questions, crew->answers, crew->failed};
	const struct pace_options pace = pace_of(crew);
	return dns_flow_start(&crew->dns_options, &pace, &boxes, &thread->flow, reterr);
}

static int start_patients(struct crew *crew, struct failure *reterr)
{
	const struct patient_options options = {
		.dns = &crew->dns_options,
		.flow = crew->dns[0].flow,
		.failed = crew->failed,
		.answers = crew->answers,
		.context = crew,
		.teach = teach,
	};
	for (size_t i = 0; i < CREW_PATIENT_THREADS; i++) {
		crew->patients[i] = patient_start(&options);
		if (crew->patients[i] == NULL) {
			return failure_set_memory(reterr, "start the DNS");
		}
	}
	return 0;
}

static int start_smtp(struct crew *crew, struct failure *reterr)
{
	crew->servers = inbox_new();
	if (crew->servers == NULL) {
		return failure_set_memory(reterr, "start the SMTP collector");
	}
	return smtp_flow_start(crew->options.smtp, crew->options.deep_ms, crew->servers,
			       crew->answers, &crew->smtp, reterr);
}

static int start(struct crew *crew, struct failure *reterr)
{
	unsigned threads = crew->options.dns_threads > 0 ? crew->options.dns_threads : 1;
	crew->answers = outbox_new();
	crew->failed = inbox_new();
	if (crew->answers == NULL || crew->failed == NULL) {
		return failure_set_memory(reterr, "start the collectors");
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < threads && i < CREW_MAX_DNS_THREADS; i++) {
		r = start_dns(crew, reterr);
		/* What the first one has to say about the way is said once. */
		crew->dns_options.notice = NULL;
	}
	r = r == 0 ? start_patients(crew, reterr) : r;
	return r == 0 && crew->options.smtp != NULL ? start_smtp(crew, reterr) : r;
}

int crew_new(const struct crew_options *options, struct crew **ret_crew, struct failure *reterr)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	if (crew == NULL) {
		return failure_set_memory(reterr, "start the collectors");
	}
	crew->stream = (struct fact_stream){ask, take};
	crew->options = *options;
	pthread_mutex_init(&crew->notice_lock, NULL);
	crew->dns_options = options->dns;
	crew->dns_options.context = crew;
	crew->dns_options.now = now;
	crew->dns_options.is_stopped = is_stopped;
	crew->dns_options.progress = NULL;
	crew->dns_options.notice = options->dns.notice != NULL ? tell : NULL;
	int r = start(crew, reterr);
	if (r < 0) {
		crew_free(crew);
		return r;
	}
	*ret_crew = crew;
	return 0;
}

static void close_inbox(struct inbox *inbox)
{
	if (inbox != NULL) {
		inbox_close(inbox);
	}
}

/* First all are told to end, then each is waited for. */
static void close_all(struct crew *crew)
{
	close_inbox(crew->failed);
	close_inbox(crew->servers);
	for (size_t i = 0; i < crew->dns_count; i++) {
		close_inbox(crew->dns[i].questions);
	}
	for (size_t i = 0; i < crew->source_count; i++) {
		close_inbox(crew->sources[i].questions);
	}
}

void crew_free(struct crew *crew)
{
	if (crew == NULL) {
		return;
	}
	close_all(crew);
	for (size_t i = 0; i < CREW_PATIENT_THREADS; i++) {
		patient_end(crew->patients[i]);
	}
	for (size_t i = 0; i < crew->dns_count; i++) {
		dns_flow_end(crew->dns[i].flow);
		inbox_free(crew->dns[i].questions);
	}
	for (size_t i = 0; i < crew->source_count; i++) {
		batches_end(crew->sources[i].batches);
		inbox_free(crew->sources[i].questions);
	}
	smtp_flow_end(crew->smtp);
	inbox_free(crew->servers);
	inbox_free(crew->failed);
	outbox_free(crew->answers);
	pthread_mutex_destroy(&crew->notice_lock);
	free(crew);
}

int crew_add_source(struct crew *crew, enum fact_kind kind, struct fact_source *source,
		    size_t max_batch, struct failure *reterr)
{
	if (crew->source_count == CREW_MAX_SOURCES) {
		return failure_set(reterr, FAILURE_INTERNAL, "start the collectors", "too many");
	}
	struct inbox *questions = inbox_new();
	struct batches *batches =
		questions != NULL ? batches_start(source, questions, crew->answers, max_batch)
				  : NULL;
	if (batches == NULL) {
		inbox_free(questions);
		return failure_set_memory(reterr, "start the collectors");
	}
	crew->sources[crew->source_count++] = (struct source_thread){kind, questions, batches};
	return 0;
}

struct fact_stream *crew_stream(struct crew *crew)
{
	return &crew->stream;
}

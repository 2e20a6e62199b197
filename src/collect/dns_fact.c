/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Turns results of look-ups into facts. */
#include "collect/dns_fact.h"

#include "collect/dns_answer.h"

/* A broken zone below a broken zone below ...: each adds a prefix. */
#define MAX_WHY_PREFIXES 8

struct span dns_fact_trim_why(struct span why_bogus)
{
	const struct span previous = SPAN_INIT("because of a previous ");
	const struct span failure = SPAN_INIT("validation failure <");
	struct span why = why_bogus;
	for (unsigned i = 0; i < MAX_WHY_PREFIXES; i++) {
		size_t at = span_search(why, previous);
		if (at < why.len) {
			why = span_from(why, at + previous.len);
		}
		size_t end = span_search(why, SPAN(">: "));
		if (!span_starts_with(why, failure) || end == why.len) {
			break;
		}
		why = span_from(why, end + 3);
	}
	return why;
}

static enum dnssec_status dnssec_of(const struct dns_ask *ask, const struct dns_fact_frame *frame)
{
	if (!frame->is_validating) {
		return DNSSEC_UNCHECKED;
	}
	if (ask->is_bogus) {
		return DNSSEC_BOGUS;
	}
	return ask->is_secure ? DNSSEC_SECURE : DNSSEC_INSECURE;
}

static void set_failed(struct fact *fact, enum fact_failure failure, struct span detail)
{
	fact->state = FACT_FAILED;
	fact->failure = failure;
	fact->detail = detail;
	fact->dns = NULL;
}

static void set_answer(struct arena *arena, struct fact *fact, const struct dns_ask *ask,
		       const struct dns_fact_frame *frame)
{
	struct dns_answer *answer = arena_alloc(arena, sizeof(*answer));
	if (answer == NULL) {
		set_failed(fact, FACT_FAILURE_LIMIT, SPAN("the answer is too large"));
		return;
	}
	switch (dns_answer_read(arena, ask->key, ask->packet, answer)) {
	case DNS_ANSWER_PRESENT:
		fact->state = FACT_PRESENT;
		break;
	case DNS_ANSWER_NODATA:
	case DNS_ANSWER_NXDOMAIN:
		fact->state = FACT_ABSENT;
		break;
	case DNS_ANSWER_LOOP:
		set_failed(fact, FACT_FAILURE_MALFORMED, SPAN("its CNAMEs lead in a circle"));
		return;
	case DNS_ANSWER_ERROR:
	case DNS_ANSWER_MALFORMED:
		set_failed(fact, FACT_FAILURE_MALFORMED, (struct span){0});
		return;
	}
	answer->dnssec = dnssec_of(ask, frame);
	fact->dns = answer;
}

/* A bogus answer keeps what was received: a reader wants to see both. */
static void set_bogus(struct arena *arena, struct fact *fact, const struct dns_ask *ask)
{
	struct dns_answer *answer = arena_alloc(arena, sizeof(*answer));
	if (answer == NULL) {
		set_failed(fact, FACT_FAILURE_BOGUS, (struct span){0});
		return;
	}
	if (fact->dns != NULL) {
		*answer = *fact->dns;
	} else {
		answer->rcode = DNS_RCODE_SERVFAIL;
	}
	answer->dnssec = DNSSEC_BOGUS;
	answer->why_bogus = dns_fact_trim_why(ask->why_bogus);
	set_failed(fact, FACT_FAILURE_BOGUS, answer->why_bogus);
	fact->dns = answer;
}

/* Every name fails like this when the resolver loses the root's keys or the trust anchor is wrong:
 * it says nothing about the domain. */
static bool is_fault_of_root(const struct fact *fact)
{
	struct span why = fact->dns != NULL ? fact->dns->why_bogus : (struct span){0};
	return span_search(why, SPAN("for trust anchor . ")) < why.len;
}

struct fact dns_fact_of_ask(struct arena *arena, const struct dns_ask *ask,
			    const struct dns_fact_frame *frame)
{
	struct fact fact = {
		.key = ask->key, .source = frame->source, .observed_at = frame->observed_at};
	switch (ask->state) {
	case DNS_ASK_ANSWERED:
		set_answer(arena, &fact, ask, frame);
		break;
	case DNS_ASK_OPEN:
	case DNS_ASK_FAILED:
		set_failed(&fact, FACT_FAILURE_SERVFAIL, (struct span){0});
		break;
	case DNS_ASK_TIMED_OUT:
		set_failed(&fact, FACT_FAILURE_TIMEOUT, (struct span){0});
		break;
	case DNS_ASK_STOPPED:
		set_failed(&fact, FACT_FAILURE_INTERRUPTED, (struct span){0});
		fact.state = FACT_NOT_OBSERVED;
		fact.observed_at = 0;
		break;
	case DNS_ASK_REFUSED:
		set_failed(&fact, FACT_FAILURE_NOT_ASKED, SPAN("not a name that can be asked for"));
		fact.state = FACT_NOT_OBSERVED;
		fact.observed_at = 0;
		break;
	}
	if (ask->is_bogus && frame->is_validating) {
		set_bogus(arena, &fact, ask);
	}
	if (is_fault_of_root(&fact)) {
		set_failed(&fact, FACT_FAILURE_NETWORK,
			   arena_printf(arena, "DNSSEC fails at the root, for every name: %.*s",
					SPAN_ARG(fact.detail)));
	}
	return fact;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fact without what changes from one look to the next. */
#include "facts/identity.h"

#include <stdlib.h>

#include "facts/save.h"

static int compare_records(const void *a, const void *b)
{
	const struct dns_record *left = a;
	const struct dns_record *right = b;
	return span_compare(left->rdata, right->rdata);
}

/* The records are sorted in a copy, which the caller frees. */
static struct dns_answer bare_answer(const struct fact *fact)
{
	struct dns_answer answer = *fact->dns;
	answer.ttl = 0;
	answer.answer_bytes = 0;
	answer.packet = (struct span){0};
	if (fact->key.type == RR_SOA) {
		answer.record_count = 0;
	}
	size_t size = answer.record_count * sizeof(*answer.records);
	struct dns_record *sorted = size > 0 ? malloc(size) : NULL;
	if (sorted != NULL) {
		memcpy(sorted, answer.records, size);
		qsort(sorted, answer.record_count, sizeof(*sorted), compare_records);
	}
	answer.records = sorted;
	return answer;
}

/* How often a server is seen with and without STARTTLS varies; that it varies is what counts. */
static unsigned at_most_one(unsigned count)
{
	return count > 0 ? 1 : 0;
}

static struct smtp_endpoint bare_endpoint(const struct smtp_endpoint *seen)
{
	struct smtp_endpoint endpoint = *seen;
	endpoint.connections = 0;
	endpoint.throttles = 0;
	endpoint.connect_ms = -1;
	endpoint.greeting_ms = -1;
	endpoint.banner.text = (struct span){0};
	endpoint.starttls_offered = at_most_one(seen->starttls_offered);
	endpoint.starttls_missing = at_most_one(seen->starttls_missing);
	return endpoint;
}

static void write_endpoint(struct fact fact, struct buffer *text)
{
	struct smtp_endpoint endpoint = bare_endpoint(fact.endpoint);
	size_t size = endpoint.presentation_count * sizeof(*endpoint.presentations);
	struct endpoint_presentation *presentations = size > 0 ? malloc(size) : NULL;
	if (endpoint.presentation_count > 0 && presentations == NULL) {
		text->is_failed = true;
		return;
	}
	for (size_t i = 0; i < endpoint.presentation_count; i++) {
		presentations[i] = endpoint.presentations[i];
		presentations[i].ocsp = (struct span){0};
	}
	endpoint.presentations = presentations;
	fact.endpoint = &endpoint;
	facts_write_fact(&fact, text);
	free(presentations);
}

static void write_dns(struct fact fact, struct buffer *text)
{
	struct dns_answer answer = bare_answer(&fact);
	if (answer.record_count > 0 && answer.records == NULL) {
		text->is_failed = true;
		return;
	}
	fact.dns = &answer;
	facts_write_fact(&fact, text);
	free(answer.records);
}

void fact_write_identity(const struct fact *seen, struct buffer *text)
{
	struct fact fact = *seen;
	struct policy_fetch policy;
	fact.source = (struct span){0};
	fact.detail = (struct span){0};
	fact.observed_at = 0;
	if (fact.policy != NULL) {
		policy = *fact.policy;
		policy.elapsed_ms = 0;
		policy.address = (struct span){0};
		fact.policy = &policy;
	}
	if (fact.endpoint != NULL) {
		write_endpoint(fact, text);
	} else if (fact.dns != NULL) {
		write_dns(fact, text);
	} else {
		facts_write_fact(&fact, text);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A DNS message -> records, an answer to the question it carries, a fact. */
#include "fuzz.h"

#include "collect/dns_answer.h"
#include "collect/dns_fact.h"

static void check_answer(struct arena *arena, struct fact_key key, struct span message)
{
	struct dns_answer answer = {0};
	switch (dns_answer_read(arena, key, message, &answer)) {
	case DNS_ANSWER_PRESENT:
		FUZZ_CHECK(answer.record_count > 0 && !answer.is_nxdomain);
		FUZZ_CHECK(answer.ttl <= INT32_MAX);
		break;
	case DNS_ANSWER_NXDOMAIN:
		FUZZ_CHECK(answer.is_nxdomain && answer.rcode == DNS_RCODE_NXDOMAIN);
		FUZZ_CHECK(answer.record_count == 0);
		break;
	case DNS_ANSWER_NODATA:
		FUZZ_CHECK(answer.rcode == DNS_RCODE_NOERROR && answer.record_count == 0);
		break;
	case DNS_ANSWER_LOOP:
		FUZZ_CHECK(answer.cname_count == DNS_ANSWER_MAX_CNAMES);
		break;
	case DNS_ANSWER_ERROR:
		FUZZ_CHECK(answer.rcode != DNS_RCODE_NOERROR && answer.cname_count == 0);
		break;
	case DNS_ANSWER_MALFORMED:
		FUZZ_CHECK(answer.packet.len == 0);
		break;
	}
	FUZZ_CHECK(answer.cname_count <= DNS_ANSWER_MAX_CNAMES);
}

/* Whatever a message says: what validation calls bogus is neither there nor absent. */
static void check_fact(struct arena *arena, struct fact_key key, struct span message)
{
	const struct dns_fact_frame frame = {SPAN_INIT("fuzz"), 1, true};
	const struct dns_ask ask = {.key = key,
				    .state = DNS_ASK_ANSWERED,
				    .packet = message,
				    .is_bogus = true,
				    .why_bogus = message};
	struct fact fact = dns_fact_of_ask(arena, &ask, &frame);
	FUZZ_CHECK(fact_is_unknown(&fact));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct fact_key key = {FACT_DNS, RR_A, SPAN_INIT("a.org")};
	struct dns_packet packet;
	if (dns_packet_read(arena, message, &packet)) {
		key.type = packet.question_type;
		key.subject = packet.question_name;
	}
	check_answer(arena, key, message);
	check_fact(arena, key, message);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The crew without a network: sources in threads, kinds nobody answers, and what travels along. */
#include "unit.h"

#include <time.h>

#include "collect/crew.h"

static int64_t now(void *context)
{
	(void)context;
	return 1;
}

/* Answers policies; present when an address of the policy host was told. */
static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	(void)source;
	const struct fact_key address = {FACT_DNS, RR_A, SPAN_INIT("mta-sts.example.org")};
	for (size_t i = 0; i < wants_count(wants); i++) {
		const struct fact fact = {
			.key = wants_at(wants, i),
			.state = facts_get(facts, address) != NULL ? FACT_PRESENT : FACT_ABSENT,
		};
		int r = facts_add(facts, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static enum fact_state ask(struct crew *crew, struct fact_key key, const struct facts *known)
{
	struct fact_stream *stream = crew_stream(crew);
	struct fact_box *box = NULL;
	struct failure failure;
	assert_int_equal(stream->ask(stream, key, known, &failure), 0);
	for (unsigned i = 0; i < 100 && box == NULL; i++) {
		assert_int_equal(stream->take(stream, 100, &box, &failure), 0);
	}
	assert_non_null(box);
	assert_null(box->next);
	assert_row_span("key", box->fact->key.subject, key.subject);
	enum fact_state state = box->fact->state;
	fact_box_free(box);
	return state;
}

static void test_routes(void **state)
{
	(void)state;
	static const struct span resolver[] = {SPAN_INIT("127.0.0.1@1")};
	const struct fact_key policy = {FACT_POLICY, 0, SPAN_INIT("example.org")};
	const struct fact_key endpoint = {FACT_ENDPOINT, 0,
					  SPAN_INIT("192.0.2.1 25 mx.example.org")};
	struct crew_options options = {.dns = dns_collector_defaults(), .dns_threads = 1};
	struct fact_source source = {answer};
	struct crew *crew;
	struct failure failure;
	options.dns.resolvers = resolver;
	options.dns.resolver_count = 1;
	options.dns.trust_anchor = "none";
	options.dns.now = now;
	assert_int_equal(crew_new(&options, &crew, &failure), 0);
	struct facts *known = facts_new(0);
	assert_int_equal(ask(crew, endpoint, known), FACT_NOT_OBSERVED);
	assert_int_equal(ask(crew, policy, known), FACT_NOT_OBSERVED);
	assert_int_equal(crew_add_source(crew, FACT_POLICY, &source, 10, &failure), 0);
	assert_int_equal(ask(crew, policy, known), FACT_ABSENT);
	const struct fact address = {.key = {FACT_DNS, RR_A, SPAN_INIT("mta-sts.example.org")},
				     .state = FACT_ABSENT};
	assert_int_equal(facts_add(known, &address, &failure), 0);
	assert_int_equal(ask(crew, policy, known), FACT_PRESENT);
	facts_free(known);
	crew_free(crew);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_routes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

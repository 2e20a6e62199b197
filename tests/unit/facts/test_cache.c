/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include <stdio.h>

#include "facts/cache.h"

#define NOW 1000000

static struct fact_key key_of(const char *name)
{
	return (struct fact_key){FACT_DNS, RR_TXT, span_of_string(name)};
}

static void put(struct facts_cache *cache, const char *name, uint32_t ttl, bool is_shared)
{
	const struct dns_answer answer = {.ttl = ttl};
	const struct fact fact = {.key = key_of(name), .state = FACT_ABSENT, .dns = &answer};
	struct fact_box *box = fact_box_new(&fact);
	assert_non_null(box);
	facts_cache_put(cache, box, is_shared, NOW);
}

static void test_ttl(void **state)
{
	(void)state;
	const struct dns_answer short_answer = {.ttl = 5};
	const struct dns_answer answer = {.ttl = 3600};
	const struct dns_answer long_answer = {.ttl = UINT32_MAX};
	static const struct fact_key dns = {.kind = FACT_DNS};
	static const struct fact_key server = {.kind = FACT_ENDPOINT};
	const struct {
		const char *row;
		struct fact fact;
		uint32_t ttl_s;
	} rows[] = {
		{"its own", {.key = dns, .state = FACT_PRESENT, .dns = &answer}, 3600},
		{"absent", {.key = dns, .state = FACT_ABSENT, .dns = &answer}, 3600},
		{"too short", {.key = dns, .state = FACT_PRESENT, .dns = &short_answer}, 60},
		{"too long", {.key = dns, .state = FACT_PRESENT, .dns = &long_answer}, 86400},
		{"failed",
		 {.key = dns, .state = FACT_FAILED, .failure = FACT_FAILURE_TIMEOUT},
		 300},
		{"bogus, with its answer",
		 {.key = dns, .state = FACT_FAILED, .failure = FACT_FAILURE_BOGUS, .dns = &answer},
		 300},
		{"a mail server", {.key = server, .state = FACT_PRESENT}, 86400},
		{"a silent mail server",
		 {.key = server, .state = FACT_FAILED, .failure = FACT_FAILURE_TIMEOUT},
		 300},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].row, facts_cache_ttl_s(&rows[i].fact), rows[i].ttl_s);
	}
}

static void test_age(void **state)
{
	(void)state;
	struct facts_cache *cache = facts_cache_new((size_t)1 << 20, /* seed */ 7);
	put(cache, "example.org", 300, /* is_shared */ false);
	assert_non_null(facts_cache_get(cache, key_of("example.org"), NOW + 299));
	assert_null(facts_cache_get(cache, key_of("example.net"), NOW));
	const struct fact_key other_type = {FACT_DNS, RR_MX, SPAN("example.org")};
	assert_null(facts_cache_get(cache, other_type, NOW));
	assert_null(facts_cache_get(cache, key_of("example.org"), NOW + 300));
	assert_int_equal(facts_cache_count(cache).entries, 0);
	assert_int_equal(facts_cache_count(cache).bytes, 0);
	assert_int_equal(facts_cache_count(cache).hits, 1);
	facts_cache_free(cache);
}

static void test_replaces(void **state)
{
	(void)state;
	struct facts_cache *cache = facts_cache_new((size_t)1 << 20, /* seed */ 7);
	put(cache, "example.org", 300, /* is_shared */ false);
	put(cache, "example.org", 600, /* is_shared */ true);
	assert_int_equal(facts_cache_count(cache).entries, 1);
	assert_non_null(facts_cache_get(cache, key_of("example.org"), NOW + 599));
	facts_cache_free(cache);
}

/* 20,000 names that are wanted once do not push out one that is wanted again, nor a shared one. */
static void test_keeps_what_is_shared(void **state)
{
	(void)state;
	const size_t max_bytes = (size_t)1 << 20;
	struct facts_cache *cache = facts_cache_new(max_bytes, /* seed */ 7);
	put(cache, "wanted-again.example", 3600, /* is_shared */ false);
	put(cache, "shared.example", 3600, /* is_shared */ true);
	put(cache, "once.example", 3600, /* is_shared */ false);
	assert_non_null(facts_cache_get(cache, key_of("wanted-again.example"), NOW));
	for (unsigned i = 0; i < 20000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "d%u.example", i);
		put(cache, name, 3600, /* is_shared */ false);
		assert_true(facts_cache_count(cache).bytes <= max_bytes);
	}
	assert_non_null(facts_cache_get(cache, key_of("wanted-again.example"), NOW));
	assert_non_null(facts_cache_get(cache, key_of("shared.example"), NOW));
	assert_null(facts_cache_get(cache, key_of("once.example"), NOW));
	assert_true(facts_cache_count(cache).evicted > 10000);
	facts_cache_free(cache);
}

/* Only shared ones: those that are wanted stay longest. */
static void test_clock(void **state)
{
	(void)state;
	struct facts_cache *cache = facts_cache_new((size_t)1 << 18, /* seed */ 7);
	put(cache, "busy.example", 3600, /* is_shared */ true);
	put(cache, "idle.example", 3600, /* is_shared */ true);
	for (unsigned i = 0; i < 2000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "mx%u.example", i);
		put(cache, name, 3600, /* is_shared */ true);
		assert_non_null(facts_cache_get(cache, key_of("busy.example"), NOW));
	}
	assert_null(facts_cache_get(cache, key_of("idle.example"), NOW));
	facts_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ttl),	 cmocka_unit_test(test_age),
		cmocka_unit_test(test_replaces), cmocka_unit_test(test_keeps_what_is_shared),
		cmocka_unit_test(test_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

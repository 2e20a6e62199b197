/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the DNS says about a policy host -> what is dialled, or why nothing is. */
#include "unit.h"

#include "collect/policy_host.h"

#define V4(text) SPAN_INIT(text)
#define LOOPBACK V4("\x7f\0\0\1")
#define PUBLIC V4("\x5d\xb8\xd8\x50")
#define PUBLIC6 SPAN_INIT("\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\1")
#define MAPPED SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1")
#define MAX_RECORDS 3

/* One of the two answers; state FACT_WANTED: there is no fact. */
struct answer {
	enum fact_state state;
	enum fact_failure failure;
	bool is_assumed;
	struct span rdata[MAX_RECORDS];
};

#define ABSENT                                                                                     \
	{                                                                                          \
		.state = FACT_ABSENT                                                               \
	}
#define NOTHING                                                                                    \
	{                                                                                          \
		.state = FACT_WANTED                                                               \
	}
#define FAILED(why)                                                                                \
	{                                                                                          \
		.state = FACT_FAILED, .failure = (why)                                             \
	}
#define RECORDS(...)                                                                               \
	{                                                                                          \
		.state = FACT_PRESENT, .rdata = { __VA_ARGS__ }                                    \
	}

static const struct row {
	const char *name;
	struct answer v4;
	struct answer v6;
	bool allows_private;
	enum policy_host_state state;
	size_t count;
} rows[] = {
	{"both families", RECORDS(PUBLIC), RECORDS(PUBLIC6), false, POLICY_HOST_KNOWN, 2},
	{"IPv4 only", RECORDS(PUBLIC), ABSENT, false, POLICY_HOST_KNOWN, 1},
	{"IPv6 only", ABSENT, RECORDS(PUBLIC6), false, POLICY_HOST_KNOWN, 1},
	{"one is enough when the other fails", RECORDS(PUBLIC), FAILED(FACT_FAILURE_SERVFAIL),
	 false, POLICY_HOST_KNOWN, 1},
	{"none", ABSENT, ABSENT, false, POLICY_HOST_ABSENT, 0},
	{"half known is not absent", ABSENT, FAILED(FACT_FAILURE_TIMEOUT), false,
	 POLICY_HOST_UNKNOWN, 0},
	{"bogus", FAILED(FACT_FAILURE_BOGUS), ABSENT, false, POLICY_HOST_UNKNOWN, 0},
	{"loopback", RECORDS(LOOPBACK), ABSENT, false, POLICY_HOST_FILTERED, 0},
	{"loopback in a lab", RECORDS(LOOPBACK), ABSENT, true, POLICY_HOST_KNOWN, 1},
	{"loopback inside IPv6", ABSENT, RECORDS(MAPPED), false, POLICY_HOST_FILTERED, 0},
	{"loopback beside a public one", RECORDS(LOOPBACK, PUBLIC), ABSENT, false,
	 POLICY_HOST_KNOWN, 1},
	{"loopback, and the rest is not known", RECORDS(LOOPBACK), FAILED(FACT_FAILURE_REFUSED),
	 false, POLICY_HOST_UNKNOWN, 0},
	{"nobody, not even in a lab", RECORDS(V4("\0\0\0\0"), V4("\xe0\0\0\1")), ABSENT, true,
	 POLICY_HOST_FILTERED, 0},
	{"not asked", NOTHING, NOTHING, false, POLICY_HOST_NOT_ASKED, 0},
	{"half asked", ABSENT, NOTHING, false, POLICY_HOST_NOT_ASKED, 0},
	{"assumed",
	 {FACT_PRESENT, FACT_FAILURE_NONE, true, {PUBLIC}},
	 ABSENT,
	 false,
	 POLICY_HOST_NOT_ASKED,
	 0},
	{"assumed to be gone",
	 {FACT_ABSENT, FACT_FAILURE_NONE, true, {{0}}},
	 ABSENT,
	 false,
	 POLICY_HOST_ABSENT,
	 0},
	{"not an address", RECORDS(V4("\x5d\xb8\xd8")), ABSENT, false, POLICY_HOST_FILTERED, 0},
};

static void add(struct facts *facts, uint16_t type, const struct answer *from)
{
	struct dns_record records[MAX_RECORDS];
	struct dns_answer answer = {.records = records};
	while (answer.record_count < MAX_RECORDS && from->rdata[answer.record_count].len > 0) {
		records[answer.record_count] =
			(struct dns_record){300, from->rdata[answer.record_count]};
		answer.record_count++;
	}
	const struct fact fact = {
		.key = {FACT_DNS, type, SPAN("mta-sts.example.org")},
		.state = from->state,
		.failure = from->failure,
		.is_assumed = from->is_assumed,
		.dns = &answer,
	};
	struct failure failure;
	if (from->state != FACT_WANTED) {
		assert_int_equal(facts_add(facts, &fact, &failure), 0);
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct arena *arena = arena_new(10000);
		struct facts *facts = facts_new(1);
		add(facts, RR_A, &row->v4);
		add(facts, RR_AAAA, &row->v6);
		struct policy_host host =
			policy_host_find(arena, facts, SPAN("example.org"), row->allows_private);
		assert_row_int(row->name, host.state, row->state);
		assert_row_int(row->name, host.address_count, row->count);
		assert_row_span(row->name, host.name, SPAN("mta-sts.example.org"));
		facts_free(facts);
		arena_free(arena);
	}
}

static void test_reasons(void **state)
{
	(void)state;
	struct arena *arena = arena_new(10000);
	struct facts *facts = facts_new(1);
	add(facts, RR_A, &(struct answer)FAILED(FACT_FAILURE_SERVFAIL));
	add(facts, RR_AAAA, &(struct answer)ABSENT);
	struct policy_host host = policy_host_find(arena, facts, SPAN("example.org"), false);
	assert_int_equal(host.failure, FACT_FAILURE_SERVFAIL);
	facts_free(facts);
	facts = facts_new(1);
	add(facts, RR_A, &(struct answer)RECORDS(LOOPBACK));
	add(facts, RR_AAAA, &(struct answer)ABSENT);
	host = policy_host_find(arena, facts, SPAN("example.org"), false);
	assert_row_span("detail", host.detail, SPAN("loopback"));
	facts_free(facts);
	arena_free(arena);
}

static void test_limits(void **state)
{
	(void)state;
	struct arena *arena = arena_new(10000);
	struct facts *facts = facts_new(1);
	char octets[20][4];
	struct dns_record records[20];
	for (size_t i = 0; i < 20; i++) {
		memcpy(octets[i], (char[]){93, 100, 100, (char)(i + 1)}, 4);
		records[i] = (struct dns_record){300, span_of(octets[i], 4)};
	}
	struct dns_answer answer = {.records = records, .record_count = 20};
	struct fact fact = {.key = {FACT_DNS, RR_A, SPAN("mta-sts.example.org")},
			    .state = FACT_PRESENT,
			    .dns = &answer};
	struct failure failure;
	assert_int_equal(facts_add(facts, &fact, &failure), 0);
	add(facts, RR_AAAA, &(struct answer)ABSENT);
	struct policy_host host = policy_host_find(arena, facts, SPAN("example.org"), false);
	assert_int_equal(host.address_count, POLICY_HOST_MAX_ADDRESSES);

	char name[253];
	memset(name, 'a', sizeof(name));
	for (size_t i = 50; i < sizeof(name); i += 51) {
		name[i] = '.';
	}
	host = policy_host_find(arena, facts, span_of(name, sizeof(name)), false);
	assert_int_equal(host.state, POLICY_HOST_ABSENT);
	facts_free(facts);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

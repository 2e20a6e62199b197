/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports say, into the replay file and back. */
#include "unit.h"

#include "facts/load.h"

static void test_round_trip(void **state)
{
	struct reported_key keys[] = {{SPAN_INIT("s1"), SPAN_INIT("example.org"), 7, 1793577600}};
	struct reported_name names[] = {{SPAN_INIT("news.example.org"), 9, 2, 1}};
	struct span addresses[] = {SPAN_INIT("192.0.2.1"), SPAN_INIT("2001:db8::1")};
	struct reported_sender senders[] = {
		{SPAN_INIT("A \"service\""), SPAN_INIT("legitimate"), 5, 4, 3, addresses, 2},
		{SPAN_INIT("other"), SPAN_INIT("unknown"), 5, 4, 3, NULL, 0},
	};
	struct reported_tls tls[] = {{SPAN_INIT("certificate-expired"), SPAN_INIT("sts"),
				      SPAN_INIT("mx.example.org"), SPAN_INIT("Google"), 11,
				      1793577600}};
	const struct reported rows[] = {
		{.from = 0},
		{.from = 1793577600,
		 .recent_from = 1793577600,
		 .last_at = 1793577600,
		 .tls_last_at = 1793577600,
		 .reporters = 2,
		 .days = 30,
		 .messages = UINT64_C(1) << 40,
		 .spoofed_delivered = 3,
		 .keys = keys,
		 .key_count = 1,
		 .names = names,
		 .name_count = 1,
		 .senders = senders,
		 .sender_count = 2,
		 .tls = tls,
		 .tls_count = 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fact fact = {.key = {FACT_REPORTED, 0, SPAN_INIT("example.org")},
					  .reported = &rows[i]};
		struct buffer first = buffer_new(FACTS_LINE_MAX);
		struct buffer second = buffer_new(FACTS_LINE_MAX);
		facts_write_fact(&fact, &first);
		struct facts *facts = facts_new(0);
		struct failure failure = {0};
		assert_row_int("load", facts_load_line(facts, buffer_span(&first), &failure), 0);
		const struct fact *read = facts_at(facts, 0);
		assert_row_int("messages", read->reported->messages, rows[i].messages);
		assert_row_int("senders", read->reported->sender_count, rows[i].sender_count);
		facts_write_fact(read, &second);
		assert_row_span("again", buffer_span(&second), buffer_span(&first));
		facts_free(facts);
		buffer_free(&first);
		buffer_free(&second);
	}
}

#define FACT(reports)                                                                              \
	"{\"kind\":\"reports\",\"name\":\"example.org\",\"state\":\"present\"" reports "}"

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		struct span line;
	} rows[] = {
		{"no payload", SPAN_INIT(FACT(""))},
		{"payload of another kind", SPAN_INIT(FACT(",\"reports\":[]"))},
		{"negative count", SPAN_INIT(FACT(",\"reports\":{\"messages\":-1}"))},
		{"count that is text", SPAN_INIT(FACT(",\"reports\":{\"spoofed\":\"5\"}"))},
		{"key without a selector",
		 SPAN_INIT(FACT(",\"reports\":{\"keys\":[{\"domain\":\"example.org\"}]}"))},
		{"name that is none",
		 SPAN_INIT(FACT(",\"reports\":{\"names\":[{\"name\":\"a..b\"}]}"))},
		{"list of words", SPAN_INIT(FACT(",\"reports\":{\"senders\":[\"x\"]}"))},
		{"list that is none", SPAN_INIT(FACT(",\"reports\":{\"tls\":{}}"))},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts *facts = facts_new(0);
		struct failure failure = {0};
		assert_row_int(rows[i].name, facts_load_line(facts, rows[i].line, &failure),
			       FAILURE_INPUT);
		facts_free(facts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

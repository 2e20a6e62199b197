/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Policies into the replay file and back. */
#include "unit.h"

#include "facts/load.h"

static void test_round_trip(void **state)
{
	static struct span chain[] = {SPAN_INIT("\x30\x00leaf")};
	static const struct {
		const char *name;
		struct policy_fetch policy;
	} rows[] = {
		{"answered",
		 {.http_status = 200,
		  .content_type = SPAN_INIT("text/plain"),
		  .body = SPAN_INIT("version: STSv1\r\nmode: none\r\n"),
		  .address = SPAN_INIT("192.0.2.1"),
		  .tls_version = 0x0304,
		  .chain = chain,
		  .chain_count = 1,
		  .elapsed_ms = 12}},
		{"body with NUL", {.http_status = 200, .body = SPAN_INIT("a\0b")}},
		{"body that is not UTF-8", {.http_status = 200, .body = SPAN_INIT("a\xff")}},
		{"redirect", {.http_status = 301, .location = SPAN_INIT("https://example.net/")}},
		{"certificate",
		 {.outcome = POLICY_CERTIFICATE,
		  .error = SPAN_INIT("handshake failed"),
		  .certificate_error = SPAN_INIT("certificate has expired")}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fact fact = {.key = {FACT_POLICY, 0, SPAN_INIT("example.org")},
					  .policy = &rows[i].policy};
		struct buffer first = buffer_new(FACTS_LINE_MAX);
		struct buffer second = buffer_new(FACTS_LINE_MAX);
		facts_write_fact(&fact, &first);
		struct facts *facts = facts_new(0);
		struct failure failure = {0};
		assert_row_int(rows[i].name, facts_load_line(facts, buffer_span(&first), &failure),
			       0);
		const struct fact *read = facts_at(facts, 0);
		assert_row_span(rows[i].name, read->policy->body, rows[i].policy.body);
		assert_row_int(rows[i].name, read->policy->outcome, rows[i].policy.outcome);
		facts_write_fact(read, &second);
		assert_row_span(rows[i].name, buffer_span(&second), buffer_span(&first));
		facts_free(facts);
		buffer_free(&first);
		buffer_free(&second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports of TLS sessions name, in words. */
#include "unit.h"

#include "present/report_words.h"

static void test_tls_causes(void **state)
{
	(void)state;
	static const struct {
		const char *result;
		const char *name;
		bool is_explained;
	} rows[] = {
		{"certificate-expired", "certificate-expired", true},
		{"success", "success", false},
		{"a-word-of-their-own", "a-word-of-their-own", true},
		{"", "no cause named", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span result = span_of_string(rows[i].result);
		assert_row_span(rows[i].result, tls_cause_name(result),
				span_of_string(rows[i].name));
		assert_row_int(rows[i].result, tls_cause_sentence(result).len > 0,
			       rows[i].is_explained);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tls_causes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

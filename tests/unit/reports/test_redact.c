/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What stays of addresses. */
#include "unit.h"

#include "reports/redact.h"

static void test_addresses(void **state)
{
	assert_row_span("plain", redact_address(SPAN("ann@our.test")), SPAN("@our.test"));
	assert_row_span("named", redact_address(SPAN("Ann <ann@our.test>")), SPAN("@our.test"));
	assert_row_span("none", redact_address(SPAN("Ann")), SPAN(""));
}

static void test_texts(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		struct span redacted;
	} rows[] = {
		{"property", SPAN_INIT("spf=fail smtp.mailfrom=ann@our.test"),
		 SPAN_INIT("spf=fail smtp.mailfrom=@our.test")},
		{"VERP", SPAN_INIT("smtp.mailfrom=b+ann=our.test@list.test"),
		 SPAN_INIT("smtp.mailfrom=@list.test")},
		{"angle", SPAN_INIT("from <ann.lee@our.test>;"), SPAN_INIT("from <@our.test>;")},
		{"quoted", SPAN_INIT("x \"ann lee\"@our.test"), SPAN_INIT("x @our.test")},
		{"two", SPAN_INIT("a@b.test, c@d.test"), SPAN_INIT("@b.test, @d.test")},
		{"none", SPAN_INIT("dkim=pass"), SPAN_INIT("dkim=pass")},
	};
	struct arena *arena = arena_new(4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].row, redact_text(arena, rows[i].text), rows[i].redacted);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

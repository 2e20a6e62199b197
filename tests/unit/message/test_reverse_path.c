/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MAIL FROM's address. */
#include "unit.h"

#include "message/reverse_path.h"

static void test_hazard_7_reverse_paths(void **state)
{
	static const struct {
		struct span text;
		const char *status;
		const char *domain;
		size_t offset;
	} rows[] = {
		{SPAN_INIT("<a@x.example>"), "ok", "x.example", 0},
		{SPAN_INIT("a.b+c@x.example"), "ok", "x.example", 0},
		{SPAN_INIT("<\"a b\"@x.example>"), "ok", "x.example", 0},
		{SPAN_INIT("<\"a@b\"@x.example>"), "ok", "x.example", 0},
		{SPAN_INIT("<>"), "null", "", 0},
		{SPAN_INIT(""), "null", "", 0},
		{SPAN_INIT("<a@[192.0.2.1]>"), "literal", "[192.0.2.1]", 3},
		{SPAN_INIT("<(any@bank.example>"), "local-part", "", 1},
		{SPAN_INIT("<any@bank.example(a.evil.example>"), "domain", "", 17},
		{SPAN_INIT("<any@bank.example'@any.evil.example>"), "several-at", "", 18},
		{SPAN_INIT("<@bank.example,@b:'any@evil.example>"), "route", "", 1},
		{SPAN_INIT("<a..b@x.example>"), "local-part", "", 2},
		{SPAN_INIT("<a@x.example\0.y>"), "domain", "", 12},
		{SPAN_INIT("<a@>"), "domain", "", 3},
		{SPAN_INIT("<a@x..y>"), "domain", "", 5},
		{SPAN_INIT("<a@x.>"), "domain", "", 5},
		{SPAN_INIT("<nobody>"), "local-part", "", 7},
		{SPAN_INIT("<\"open@x.example>"), "local-part", "", 1},
		{SPAN_INIT("<a@x.example;header.d=y>"), "domain", "", 12},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reverse_path path = reverse_path_parse(rows[i].text);
		assert_row_span(rows[i].text.ptr, span_of_string(reverse_path_name(path.status)),
				span_of_string(rows[i].status));
		assert_row_span(rows[i].text.ptr, path.domain, span_of_string(rows[i].domain));
		assert_row_int(rows[i].text.ptr, path.offset, rows[i].offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hazard_7_reverse_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MX record data. */
#include "unit.h"

#include "records/mx.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span rdata;
		struct span text; /* ptr NULL: malformed */
		bool is_null;
		size_t error_count;
		struct span problem; /* of the only problem; ptr NULL: none */
		size_t offset;
	} rows[] = {
		{"plain",
		 SPAN_INIT("\0\12\4Mail\7example\3org\0"),
		 SPAN_INIT("10 mail.example.org."),
		 false,
		 0,
		 {NULL, 0},
		 0},
		{"null MX", SPAN_INIT("\0\0\0"), SPAN_INIT("0 ."), true, 0, {NULL, 0}, 0},
		{"null MX with preference", SPAN_INIT("\0\12\0"), SPAN_INIT("10 ."), true, 0,
		 SPAN_INIT("a null MX with a preference"), 0},
		{"address",
		 SPAN_INIT("\0\12\x03"
			   "192\1\60\1\62\1\61\0"),
		 SPAN_INIT("10 192.0.2.1."), false, 1,
		 SPAN_INIT("an IP address where a name belongs"), 3},
		{"odd character", SPAN_INIT("\0\1\3a b\3org\0"), SPAN_INIT("1 a\\032b.org."), false,
		 1, SPAN_INIT("not a host name"), 2},
		{"underscore", SPAN_INIT("\0\1\3a_b\3org\0"), SPAN_INIT("1 a_b.org."), false, 0,
		 SPAN_INIT("an underscore in a host name"), 2},
		{"one label", SPAN_INIT("\xff\xff\4mail\0"), SPAN_INIT("65535 mail."), false, 0,
		 SPAN_INIT("a name without a domain"), 6},
		{"empty", SPAN_INIT(""), {NULL, 0}, false, 0, {NULL, 0}, 0},
		{"no host", SPAN_INIT("\0\1"), {NULL, 0}, false, 0, {NULL, 0}, 0},
		{"pointer", SPAN_INIT("\0\1\1a\xc0\0"), {NULL, 0}, false, 0, {NULL, 0}, 0},
		{"more", SPAN_INIT("\0\1\1a\0\0"), {NULL, 0}, false, 0, {NULL, 0}, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(10000);
		struct buffer text = buffer_new(1000);
		struct mx mx = {.preference = 0};
		bool is_ok = mx_parse(arena, rows[i].rdata, &mx);
		assert_row_int(rows[i].name, is_ok, rows[i].text.ptr != NULL);
		if (is_ok) {
			mx_write(&mx, &text);
		}
		assert_row_span(rows[i].name, buffer_span(&text), rows[i].text);
		assert_row_int(rows[i].name, mx.is_null, rows[i].is_null);
		assert_row_int(rows[i].name, mx.problems.error_count, rows[i].error_count);
		assert_row_int(rows[i].name, problem_count(&mx.problems),
			       rows[i].problem.ptr != NULL);
		if (problem_count(&mx.problems) > 0) {
			const struct problem *problem = problem_at(&mx.problems, 0);
			assert_row_span(rows[i].name, problem->what, rows[i].problem);
			assert_row_int(rows[i].name, problem->offset, rows[i].offset);
		}
		buffer_free(&text);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

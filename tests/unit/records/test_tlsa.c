/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLSA record data. */
#include "unit.h"

#include "records/tlsa.h"

#define OCTETS_31 "x123456789abcdef0123456789abcde"
#define OCTETS_32 OCTETS_31 "f"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span rdata;
		bool is_ok;
		size_t problem_count;
		struct span problem; /* the first */
		size_t offset;
		size_t len;
	} rows[] = {
		{"3 1 1", SPAN_INIT("\3\1\1" OCTETS_32), true, 0, {NULL, 0}, 0, 0},
		{"2 0 2", SPAN_INIT("\2\0\2" OCTETS_32 OCTETS_32), true, 0, {NULL, 0}, 0, 0},
		{"3 1 0",
		 SPAN_INIT("\3\1\0\x30\x03"
			   "abc"),
		 true,
		 0,
		 {NULL, 0},
		 0,
		 0},
		{"short digest", SPAN_INIT("\3\1\1" OCTETS_31), true, 1,
		 SPAN_INIT("31 octets of digest"), 6, 62},
		{"digest of the other kind", SPAN_INIT("\3\1\2" OCTETS_32), true, 1,
		 SPAN_INIT("32 octets of digest"), 6, 64},
		{"no digest", SPAN_INIT("\3\1\1"), true, 1, SPAN_INIT("0 octets of digest"), 6, 0},
		{"digest given as whole", SPAN_INIT("\3\1\0" OCTETS_32), true, 1,
		 SPAN_INIT("not a DER structure"), 6, 64},
		{"usage", SPAN_INIT("\4\1\1" OCTETS_32), true, 1,
		 SPAN_INIT("unknown certificate usage"), 0, 1},
		{"selector", SPAN_INIT("\3\2\1" OCTETS_32), true, 1, SPAN_INIT("unknown selector"),
		 2, 1},
		{"matching", SPAN_INIT("\3\1\xff" OCTETS_31), true, 1,
		 SPAN_INIT("unknown matching type"), 4, 3},
		{"everything", SPAN_INIT("\xff\xff\xff"), true, 3,
		 SPAN_INIT("unknown certificate usage"), 0, 3},
		{"too short", SPAN_INIT("\3\1"), false, 0, {NULL, 0}, 0, 0},
		{"empty", SPAN_INIT(""), false, 0, {NULL, 0}, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(10000);
		struct tlsa tlsa = {.usage = 0};
		assert_row_int(rows[i].name, tlsa_parse(arena, rows[i].rdata, &tlsa),
			       rows[i].is_ok);
		assert_row_int(rows[i].name, tlsa.is_usable,
			       rows[i].is_ok && rows[i].problem_count == 0);
		assert_row_int(rows[i].name, problem_count(&tlsa.problems), rows[i].problem_count);
		if (rows[i].problem_count > 0) {
			const struct problem *problem = problem_at(&tlsa.problems, 0);
			assert_row_span(rows[i].name, problem->what, rows[i].problem);
			assert_row_int(rows[i].name, problem->offset, rows[i].offset);
			assert_row_int(rows[i].name, problem->len, rows[i].len);
		}
		arena_free(arena);
	}
}

static void test_write(void **state)
{
	(void)state;
	struct arena *arena = arena_new(10000);
	struct buffer text = buffer_new(1000);
	struct tlsa tlsa;
	assert_true(tlsa_parse(arena, SPAN("\3\1\1\0\xab"), &tlsa));
	tlsa_write(&tlsa, &text);
	assert_row_span("text", buffer_span(&text), SPAN("3 1 1 00ab"));
	assert_string_equal(tlsa_usage_name(tlsa.usage), "DANE-EE");
	assert_string_equal(tlsa_selector_name(tlsa.selector), "SPKI");
	assert_string_equal(tlsa_matching_name(tlsa.matching), "SHA2-256");
	assert_string_equal(tlsa_usage_name(4), "unassigned");
	assert_string_equal(tlsa_matching_name(255), "private");
	buffer_free(&text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

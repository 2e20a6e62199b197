/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How problems are told: guesses, quotes, order. */
#include "unit.h"

#include "records/nearest.h"
#include "records/problem.h"

static void test_nearest(void **state)
{
	(void)state;
	static const struct span words[] = {SPAN_INIT("include"), SPAN_INIT("a"), SPAN_INIT("mx"),
					    SPAN_INIT("ip4"), SPAN_INIT("reject")};
	static const struct {
		const char *name;
		struct span word;
		struct span nearest;
	} rows[] = {
		{"lost letter", SPAN_INIT("nclude"), SPAN_INIT("include")},
		{"swapped", SPAN_INIT("inlcude"), SPAN_INIT("include")},
		{"two changes", SPAN_INIT("includse"), SPAN_INIT("include")},
		{"three changes", SPAN_INIT("inlcudses"), SPAN_INIT("")},
		{"other case", SPAN_INIT("REJCT"), SPAN_INIT("reject")},
		{"extra letter", SPAN_INIT("ipv4"), SPAN_INIT("ip4")},
		{"two changes in a short word", SPAN_INIT("xp5"), SPAN_INIT("")},
		{"one letter is no guess", SPAN_INIT("b"), SPAN_INIT("")},
		{"too long", SPAN_INIT("includeincludeinclude"), SPAN_INIT("")},
		{"empty", SPAN_INIT(""), SPAN_INIT("")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].name,
				nearest_word(rows[i].word, words, sizeof(words) / sizeof(words[0])),
				rows[i].nearest);
	}
}

static void test_quote(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		struct span quoted;
	} rows[] = {
		{"plain", SPAN_INIT("a b"), SPAN_INIT("\"a b\"")},
		{"NUL and 255", SPAN_INIT("\0\xff"), SPAN_INIT("\"\\000\\255\"")},
		{"UTF-8", SPAN_INIT("\xc3\xbc"), SPAN_INIT("\"\xc3\xbc\"")},
		{"right-to-left override", SPAN_INIT("\xe2\x80\xae"),
		 SPAN_INIT("\"\\226\\128\\174\"")},
		{"empty", SPAN_INIT(""), SPAN_INIT("\"\"")},
		{"cut",
		 SPAN_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		 SPAN_INIT("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"")},
	};
	struct arena *arena = arena_new(10000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].name, problem_quote(arena, rows[i].text), rows[i].quoted);
	}
	arena_free(arena);
}

static void test_sort(void **state)
{
	(void)state;
	static const size_t offsets[] = {5, 3, 9, 3, 0};
	struct arena *arena = arena_new(100000);
	struct problems problems = {0};
	for (size_t i = 0; i < 5; i++) {
		problem_add(&problems, arena, (struct problem){.offset = offsets[i], .len = i});
	}
	problem_sort(&problems);
	static const size_t order[] = {4, 1, 3, 0, 2};
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(problem_at(&problems, i)->len, order[i]);
	}
	for (size_t i = 0; i < 2 * PROBLEM_MAX; i++) {
		problem_add(&problems, arena, (struct problem){.weight = PROBLEM_ERROR});
	}
	assert_int_equal(problem_count(&problems), PROBLEM_MAX);
	assert_int_equal(problems.error_count, 5 + 2 * PROBLEM_MAX);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_sort),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

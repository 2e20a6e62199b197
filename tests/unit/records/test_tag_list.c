/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tag lists: splitting, offsets, limits. */
#include <stdio.h>

#include "problem_rows.h"

#include "base/buffer.h"
#include "records/tag_list.h"

static void test_split(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct problems problems = {0};
	struct tag_list list =
		tag_list_parse(arena, SPAN(" v = X ;p=a=b; P = ;\tq\t=\r\n c d ; "), &problems);
	static const struct {
		const char *name;
		struct span value;
		size_t name_offset;
		size_t value_offset;
	} rows[] = {
		{"v", SPAN_INIT("X"), 1, 5},
		{"p", SPAN_INIT("a=b"), 8, 10},
		{"P", SPAN_INIT(""), 15, 19},
		{"q", SPAN_INIT("c d"), 21, 27},
	};
	assert_int_equal(list.tag_count, 4);
	assert_int_equal(problem_count(&problems), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_row_span(rows[i].name, list.tags[i].name, span_of_string(rows[i].name));
		assert_row_span(rows[i].name, list.tags[i].value, rows[i].value);
		assert_row_int(rows[i].name, list.tags[i].name_offset, rows[i].name_offset);
		assert_row_int(rows[i].name, list.tags[i].value_offset, rows[i].value_offset);
		assert_ptr_equal(tag_list_find(&list, list.tags[i].name), &list.tags[i]);
	}
	assert_null(tag_list_find(&list, SPAN("Q")));
	arena_free(arena);
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"no equals", SPAN_INIT("a=1; b"), PROBLEM_ERROR, 5, 1, SPAN_INIT("\"b\" without"),
		 SPAN_INIT("name=value")},
		{"no name", SPAN_INIT("a=1; = 2"), PROBLEM_ERROR, 5, 3, SPAN_INIT("tag name"),
		 SPAN_INIT("name=value")},
		{"empty part", SPAN_INIT("a=1; ;b=2"), PROBLEM_WARN, 5, 0, SPAN_INIT("nothing"),
		 SPAN_INIT("one")},
		{"empty first", SPAN_INIT(";a=1"), PROBLEM_WARN, 0, 0, SPAN_INIT("nothing"),
		 SPAN_INIT("one")},
		{"repeated", SPAN_INIT("a=1;b=2;a=3"), PROBLEM_ERROR, 8, 1,
		 SPAN_INIT("second \"a\""), SPAN_INIT("first")},
		{"address", SPAN_INIT("a=1;mailto:x"), PROBLEM_ERROR, 4, 8, SPAN_INIT("without"),
		 SPAN_INIT("a comma")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(100000);
		struct problems problems = {0};
		(void)tag_list_parse(arena, rows[i].text, &problems);
		assert_row_problem(&rows[i], &problems);
		assert_row_int(rows[i].name, problem_count(&problems), 1);
		arena_free(arena);
	}
}

static void test_limit(void **state)
{
	(void)state;
	struct buffer text = buffer_new(100000);
	for (int i = 0; i < 2 * TAG_LIST_MAX; i++) {
		buffer_printf(&text, "t%d=1;", i);
	}
	struct arena *arena = arena_new(100000);
	struct problems problems = {0};
	struct tag_list list = tag_list_parse(arena, buffer_span(&text), &problems);
	assert_int_equal(list.tag_count, TAG_LIST_MAX);
	assert_int_equal(problems.error_count, 1);
	assert_int_equal(tag_list_parse(arena, span_of(NULL, 0), &problems).tag_count, 0);
	arena_free(arena);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Organisational domains with a small list of our own; the arguments are its path and that of one
 * without rules. */
#include "unit.h"

#include <stdlib.h>

#include "records/public_suffix.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char *list_path;
static const char *empty_list_path;

static void test_small_list(void **state)
{
	(void)state;
	static const struct {
		struct span name;
		bool is_suffix;
		struct span organisational;
	} rows[] = {
		{SPAN_INIT("test"), true, SPAN_INIT("")},
		{SPAN_INIT("a.test"), false, SPAN_INIT("a.test")},
		{SPAN_INIT("b.a.test"), false, SPAN_INIT("a.test")},
		{SPAN_INIT("co.test"), true, SPAN_INIT("")},
		{SPAN_INIT("c.b.a.co.test"), false, SPAN_INIT("a.co.test")},
		{SPAN_INIT("x.wild.test"), true, SPAN_INIT("")},
		{SPAN_INIT("a.x.wild.test"), false, SPAN_INIT("a.x.wild.test")},
		{SPAN_INIT("city.wild.test"), false, SPAN_INIT("city.wild.test")},
		{SPAN_INIT("a.city.wild.test"), false, SPAN_INIT("city.wild.test")},
		{SPAN_INIT("unlisted"), true, SPAN_INIT("")},
		{SPAN_INIT("b.a.unlisted"), false, SPAN_INIT("a.unlisted")},
		{SPAN_INIT("xn--bcher-kva"), true, SPAN_INIT("")},
		{SPAN_INIT("b.a.xn--bcher-kva"), false, SPAN_INIT("a.xn--bcher-kva")},
		{SPAN_INIT("b\\.co.test"), false, SPAN_INIT("b\\.co.test")},
		{SPAN_INIT("x\\\\.co.test"), false, SPAN_INIT("x\\\\.co.test")},
		{SPAN_INIT("a\\000b.test"), false, SPAN_INIT("a\\000b.test")},
		{SPAN_INIT("."), true, SPAN_INIT("")},
	};
	struct public_suffix_list *list;
	struct failure failure;
	assert_int_equal(public_suffix_list_load(list_path, &list, &failure), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name.ptr, public_suffix_is(list, rows[i].name),
			       rows[i].is_suffix);
		assert_row_span(rows[i].name.ptr, public_suffix_organisational(list, rows[i].name),
				rows[i].organisational);
	}
	assert_false(public_suffix_is(list, SPAN("")));
	public_suffix_list_free(list);
}

static void test_installed_list(void **state)
{
	(void)state;
	struct public_suffix_list *list;
	struct failure failure;
	assert_int_equal(public_suffix_list_load(/* path */ NULL, &list, &failure), 0);
	assert_true(public_suffix_is(list, SPAN("co.uk")));
	assert_row_span("gov.uk", public_suffix_organisational(list, SPAN("mail.example.gov.uk")),
			SPAN("example.gov.uk"));
	public_suffix_list_free(list);
}

static void test_unreadable(void **state)
{
	(void)state;
	struct public_suffix_list *list = NULL;
	struct failure failure;
	assert_int_equal(public_suffix_list_load("/nonexistent/list", &list, &failure), FAILURE_IO);
	assert_string_equal(failure.what, "load the public suffix list");
	assert_int_equal(public_suffix_list_load(empty_list_path, &list, &failure), FAILURE_INPUT);
	assert_null(list);
	public_suffix_list_free(NULL);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		return EXIT_FAILURE;
	}
	list_path = argv[1];
	empty_list_path = argv[2];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_list),
		cmocka_unit_test(test_installed_list),
		cmocka_unit_test(test_unreadable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

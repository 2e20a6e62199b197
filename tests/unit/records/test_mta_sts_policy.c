/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS policies: both readings, exact places, patterns. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/mta_sts_policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GOOD "version: STSv1\r\nmode: enforce\r\nmx: mx.b.org\r\nmax_age: 604800\r\n"

static void test_readings(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_usable;
		bool is_strict;
		enum mta_sts_mode mode;
		uint64_t max_age_s;
		size_t mx_count;
	} rows[] = {
		{"good", SPAN_INIT(GOOD), true, true, MTA_STS_MODE_ENFORCE, 604800, 1},
		{"line feeds",
		 SPAN_INIT("version:STSv1\nmode:testing\nmax_age:1\nmx:a.b\nmx:*.c.d"), true, true,
		 MTA_STS_MODE_TESTING, 1, 2},
		{"any order", SPAN_INIT("mx: a.b\nmax_age: 1\nmode: testing\nversion: STSv1\n"),
		 true, true, MTA_STS_MODE_TESTING, 1, 1},
		{"white space at line ends", SPAN_INIT("version: STSv1 \nmode: none\t\nmax_age: 0"),
		 true, true, MTA_STS_MODE_NONE, 0, 0},
		{"extension", SPAN_INIT(GOOD "x-note: a b\n"), true, true, MTA_STS_MODE_ENFORCE,
		 604800, 1},
		{"repeated mode", SPAN_INIT(GOOD "mode: none\n"), true, true, MTA_STS_MODE_ENFORCE,
		 604800, 1},
		{"empty line", SPAN_INIT("version: STSv1\n\nmode: none\nmax_age: 1\n"), true, true,
		 MTA_STS_MODE_NONE, 1, 0},
		{"byte order mark", SPAN_INIT("\xef\xbb\xbf" GOOD), true, false,
		 MTA_STS_MODE_ENFORCE, 604800, 1},
		{"case", SPAN_INIT("Version: stsv1\nMode: Enforce\nMX: a.b\nMax_Age: 1\n"), true,
		 false, MTA_STS_MODE_ENFORCE, 1, 1},
		{"indented", SPAN_INIT("version: STSv1\n mode: none\nmax_age: 1\n"), true, false,
		 MTA_STS_MODE_NONE, 1, 0},
		{"space before colon", SPAN_INIT("version : STSv1\nmode: none\nmax_age: 1\n"), true,
		 false, MTA_STS_MODE_NONE, 1, 0},
		{"line without colon", SPAN_INIT(GOOD "hello\n"), true, false, MTA_STS_MODE_ENFORCE,
		 604800, 1},
		{"age too long", SPAN_INIT("version: STSv1\nmode: none\nmax_age: 99999999\n"), true,
		 false, MTA_STS_MODE_NONE, 31557600, 0},
		{"age no number", SPAN_INIT("version: STSv1\nmode: none\nmax_age: 1d\n"), false,
		 false, MTA_STS_MODE_NONE, 0, 0},
		{"no age", SPAN_INIT("version: STSv1\nmode: none\n"), false, false,
		 MTA_STS_MODE_NONE, 0, 0},
		{"no mx", SPAN_INIT("version: STSv1\nmode: enforce\nmax_age: 1\n"), false, false,
		 MTA_STS_MODE_ENFORCE, 1, 0},
		{"one mx of two wrong", SPAN_INIT(GOOD "mx: a..b\n"), true, false,
		 MTA_STS_MODE_ENFORCE, 604800, 2},
		{"mode word", SPAN_INIT("version: STSv1\nmode: enforced\nmx: a.b\nmax_age: 1\n"),
		 false, false, MTA_STS_MODE_INVALID, 1, 1},
		{"version word", SPAN_INIT("version: STSv2\nmode: none\nmax_age: 1\n"), false,
		 false, MTA_STS_MODE_NONE, 1, 0},
		{"web page", SPAN_INIT("\n <html>mode: none</html>"), false, false,
		 MTA_STS_MODE_ABSENT, 0, 0},
		{"empty", SPAN_INIT(""), false, false, MTA_STS_MODE_ABSENT, 0, 0},
		{"nothing", {NULL, 0}, false, false, MTA_STS_MODE_ABSENT, 0, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct mta_sts_policy *policy = mta_sts_policy_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, mta_sts_policy_is_usable(policy), rows[i].is_usable);
		assert_row_int(name, mta_sts_policy_is_strict(policy), rows[i].is_strict);
		assert_row_int(name, policy->mode, rows[i].mode);
		assert_row_int(name, policy->max_age_s, rows[i].max_age_s);
		assert_row_int(name, policy->mx_count, rows[i].mx_count);
		arena_free(arena);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"byte order mark", SPAN_INIT("\xef\xbb\xbf" GOOD), PROBLEM_ERROR, 0, 3,
		 SPAN_INIT("byte order mark"), SPAN_INIT("delete")},
		{"mode word", SPAN_INIT("version: STSv1\nmode: enforced\n"), PROBLEM_ERROR, 21, 8,
		 SPAN_INIT("mode is \"enforced\""), SPAN_INIT("\"enforce\"")},
		{"mode case", SPAN_INIT("mode: Enforce\n"), PROBLEM_ERROR, 6, 7,
		 SPAN_INIT("another case"), SPAN_INIT("\"enforce\"")},
		{"field spelling", SPAN_INIT("max-age: 1\n"), PROBLEM_WARN, 0, 7,
		 SPAN_INIT("unknown field"), SPAN_INIT("\"max_age\"")},
		{"age", SPAN_INIT("max_age: 31557601\n"), PROBLEM_ERROR, 9, 8,
		 SPAN_INIT("31557601"), SPAN_INIT("31557600")},
		{"age sign", SPAN_INIT("max_age: -1\n"), PROBLEM_ERROR, 9, 2, SPAN_INIT("\"-1\""),
		 SPAN_INIT("seconds")},
		{"mx list", SPAN_INIT("mx: a.b, c.d\n"), PROBLEM_ERROR, 4, 8, SPAN_INIT("mx is"),
		 SPAN_INIT("line of its own")},
		{"mx dot in front", SPAN_INIT("mx: .b.org\n"), PROBLEM_ERROR, 4, 6,
		 SPAN_INIT("mx is"), SPAN_INIT("\"*.b.org\"")},
		{"mx inner star", SPAN_INIT("mx: a.*.org\n"), PROBLEM_ERROR, 4, 7,
		 SPAN_INIT("mx is"), SPAN_INIT("a host name")},
		{"mx address", SPAN_INIT("mx: 192.0.2.1\n"), PROBLEM_ERROR, 4, 9,
		 SPAN_INIT("mx is"), SPAN_INIT("a host name")},
		{"mx dot at the end", SPAN_INIT("mx: a.b.\n"), PROBLEM_ERROR, 7, 1,
		 SPAN_INIT("dot"), SPAN_INIT("without")},
		{"mx empty", SPAN_INIT("mx:\n"), PROBLEM_ERROR, 3, 0, SPAN_INIT("mx is"),
		 SPAN_INIT("a host name")},
		{"no colon", SPAN_INIT("mode enforce\n"), PROBLEM_ERROR, 0, 12,
		 SPAN_INIT("without \":\""), SPAN_INIT("name: value")},
		{"empty line", SPAN_INIT("mode: none\n\nmax_age: 1\n"), PROBLEM_WARN, 11, 0,
		 SPAN_INIT("empty line"), SPAN_INIT("name: value")},
		{"bare carriage return", SPAN_INIT("mode: none\rmax_age: 1\n"), PROBLEM_ERROR, 10,
		 1, SPAN_INIT("carriage return"), SPAN_INIT("LF")},
		{"repeated", SPAN_INIT("mode: none\nmode: enforce\n"), PROBLEM_WARN, 11, 4,
		 SPAN_INIT("second \"mode\""), SPAN_INIT("one")},
		{"missing version", SPAN_INIT("mode: none\n"), PROBLEM_ERROR, 11, 0,
		 SPAN_INIT("no \"version\""), SPAN_INIT("version:")},
		{"web page", SPAN_INIT(" <!DOCTYPE html>"), PROBLEM_ERROR, 1, 1,
		 SPAN_INIT("web page"), SPAN_INIT("plain text")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct mta_sts_policy *policy = mta_sts_policy_parse(arena, rows[i].text);
		assert_row_problem(&rows[i], &policy->problems);
		arena_free(arena);
	}
}

static void test_mx(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span host;
		bool is_allowed;
	} rows[] = {
		{"named", SPAN_INIT("mx.b.org"), true},
		{"wildcard", SPAN_INIT("one.c.org"), true},
		{"two labels for a star", SPAN_INIT("two.one.c.org"), false},
		{"the wildcard's own name", SPAN_INIT("c.org"), false},
		{"look-alike", SPAN_INIT("evil-c.org"), false},
		{"below a name", SPAN_INIT("x.mx.b.org"), false},
		{"broken pattern", SPAN_INIT("a..b"), false},
		{"root", SPAN_INIT("."), false},
	};
	struct arena *arena = arena_new(100000);
	struct mta_sts_policy *policy =
		mta_sts_policy_parse(arena, SPAN("mx: MX.b.org\nmx: *.C.org\nmx: a..b\n"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name, mta_sts_policy_allows_mx(policy, rows[i].host),
			       rows[i].is_allowed);
	}
	arena_free(arena);
}

static void test_limits(void **state)
{
	(void)state;
	struct buffer text = buffer_new((size_t)1 << 20);
	buffer_puts(&text, "version: STSv1\nmode: enforce\nmax_age: 1\n");
	for (int i = 0; i < 20000; i++) {
		buffer_printf(&text, "mx: m%d.org\n", i);
	}
	struct arena *arena = arena_new((size_t)4 << 20);
	struct mta_sts_policy *policy = mta_sts_policy_parse(arena, buffer_span(&text));
	assert_int_equal(policy->mx_count, MTA_STS_POLICY_MAX_MX);
	assert_true(mta_sts_policy_is_usable(policy));
	assert_false(mta_sts_policy_is_strict(policy));
	arena_free(arena);
	buffer_free(&text);
}

static void test_write(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct buffer written = buffer_new(1000);
	mta_sts_policy_write(mta_sts_policy_parse(arena, SPAN(GOOD)), &written);
	assert_row_span("same", buffer_span(&written), SPAN(GOOD));
	buffer_free(&written);
	arena_free(arena);
}

static void test_ambiguous(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_ambiguous;
	} rows[] = {
		{"good", SPAN_INIT(GOOD), false},
		{"two modes", SPAN_INIT(GOOD "mode: none\n"), true},
		{"the same mode twice", SPAN_INIT(GOOD "mode: enforce\n"), false},
		{"two ages", SPAN_INIT(GOOD "max_age: 1\n"), true},
		{"two hosts", SPAN_INIT(GOOD "mx: other.example\n"), false},
		{"extension", SPAN_INIT(GOOD "x-note: a\n"), false},
		{"empty line inside", SPAN_INIT("version: STSv1\n\nmode: none\nmax_age: 1\n"),
		 true},
		{"empty line at the end", SPAN_INIT(GOOD "\r\n"), true},
	};
	struct arena *arena = arena_new(100000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct mta_sts_policy *policy = mta_sts_policy_parse(arena, rows[i].text);
		assert_non_null(policy);
		assert_row_int(rows[i].name, policy->is_ambiguous, rows[i].is_ambiguous);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readings), cmocka_unit_test(test_problems),
		cmocka_unit_test(test_mx),	 cmocka_unit_test(test_limits),
		cmocka_unit_test(test_write),	 cmocka_unit_test(test_ambiguous),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

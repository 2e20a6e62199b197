/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS TXT records. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/mta_sts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_valid(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_sts;
		bool is_near_miss;
		bool is_valid;
		struct span id;
	} rows[] = {
		{"plain", SPAN_INIT("v=STSv1; id=20260131T120000;"), true, false, true,
		 SPAN_INIT("20260131T120000")},
		{"no last semicolon", SPAN_INIT("v=STSv1;id=1"), true, false, true, SPAN_INIT("1")},
		{"space before semicolon", SPAN_INIT("v=STSv1 ; id=1 ;"), true, false, true,
		 SPAN_INIT("1")},
		{"32", SPAN_INIT("v=STSv1; id=abcdefghijklmnopqrstuvwxyz012345"), true, false, true,
		 SPAN_INIT("abcdefghijklmnopqrstuvwxyz012345")},
		{"33", SPAN_INIT("v=STSv1; id=abcdefghijklmnopqrstuvwxyz0123456"), true, false,
		 false, SPAN_INIT("abcdefghijklmnopqrstuvwxyz0123456")},
		{"extension", SPAN_INIT("v=STSv1; x-y=1; id=2"), true, false, true, SPAN_INIT("2")},
		{"hyphen in id", SPAN_INIT("v=STSv1; id=2026-01-31"), true, false, false,
		 SPAN_INIT("2026-01-31")},
		{"empty id", SPAN_INIT("v=STSv1; id=;"), true, false, false, SPAN_INIT("")},
		{"no id", SPAN_INIT("v=STSv1;"), true, false, false, SPAN_INIT("")},
		{"two semicolons", SPAN_INIT("v=STSv1;; id=1"), true, false, false, SPAN_INIT("1")},
		{"two at the end", SPAN_INIT("v=STSv1; id=1; ;"), true, false, false,
		 SPAN_INIT("1")},
		{"version alone", SPAN_INIT("v=STSv1"), false, true, false, SPAN_INIT("")},
		{"no semicolon", SPAN_INIT("v=STSv1 id=1;"), false, true, false, SPAN_INIT("")},
		{"case", SPAN_INIT("v=stsv1; id=1"), false, true, false, SPAN_INIT("1")},
		{"space beside equals", SPAN_INIT("v= STSv1; id=1"), false, true, false,
		 SPAN_INIT("1")},
		{"no v", SPAN_INIT("STSv1; id=1"), false, true, false, SPAN_INIT("1")},
		{"not first", SPAN_INIT("id=1; v=STSv1;"), false, true, false, SPAN_INIT("1")},
		{"another", SPAN_INIT("v=spf1 -all"), false, false, false, SPAN_INIT("")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct mta_sts_record *record = mta_sts_record_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, mta_sts_record_is_sts(rows[i].text), rows[i].is_sts);
		assert_row_int(name, mta_sts_record_is_near_miss(rows[i].text),
			       rows[i].is_near_miss);
		assert_row_int(name, mta_sts_record_is_valid(record), rows[i].is_valid);
		assert_row_span(name, record->id, rows[i].id);
		arena_free(arena);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"hyphen", SPAN_INIT("v=STSv1; id=2026-01-31"), PROBLEM_ERROR, 16, 1,
		 SPAN_INIT("\"-\" inside the id"), SPAN_INIT("1 to 32")},
		{"too long", SPAN_INIT("v=STSv1; id=abcdefghijklmnopqrstuvwxyz0123456"),
		 PROBLEM_ERROR, 44, 1, SPAN_INIT("33 characters"), SPAN_INIT("1 to 32")},
		{"empty", SPAN_INIT("v=STSv1; id="), PROBLEM_ERROR, 12, 0, SPAN_INIT("empty id"),
		 SPAN_INIT("1 to 32")},
		{"no id", SPAN_INIT("v=STSv1;"), PROBLEM_ERROR, 8, 0, SPAN_INIT("no \"id\""),
		 SPAN_INIT("id=")},
		{"space", SPAN_INIT("v=STSv1; id= 1"), PROBLEM_ERROR, 12, 1,
		 SPAN_INIT("white space"), SPAN_INIT("no white space")},
		{"space before equals", SPAN_INIT("v=STSv1; id =1"), PROBLEM_ERROR, 11, 1,
		 SPAN_INIT("white space"), SPAN_INIT("no white space")},
		{"upper-case tag", SPAN_INIT("v=STSv1; ID=1"), PROBLEM_WARN, 9, 2,
		 SPAN_INIT("unknown tag \"ID\""), SPAN_INIT("did you mean \"id\"")},
		{"extension name", SPAN_INIT("v=STSv1; id=1; a%=1"), PROBLEM_ERROR, 15, 2,
		 SPAN_INIT("as the name"), SPAN_INIT("32 letters")},
		{"extension value", SPAN_INIT("v=STSv1; id=1; a=1=2"), PROBLEM_ERROR, 17, 3,
		 SPAN_INIT("as the value"), SPAN_INIT("visible")},
		{"no semicolon", SPAN_INIT("v=STSv1 id=1;"), PROBLEM_ERROR, 8, 2,
		 SPAN_INIT("no \";\" before \"id=\""), SPAN_INIT("\";\"")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct mta_sts_record *record = mta_sts_record_parse(arena, rows[i].text);
		assert_row_problem(&rows[i], &record->problems);
		arena_free(arena);
	}
}

static void test_write(void **state)
{
	(void)state;
	struct buffer written = buffer_new(1000);
	mta_sts_record_write(&(struct mta_sts_record){.id = SPAN("2026")}, &written);
	assert_row_span("made", buffer_span(&written), SPAN("v=STSv1; id=2026;"));
	buffer_clear(&written);
	struct arena *arena = arena_new(100000);
	mta_sts_record_write(mta_sts_record_parse(arena, SPAN("v=STSv1;a=b ;id=1")), &written);
	assert_row_span("read", buffer_span(&written), SPAN("v=STSv1; id=1; a=b;"));
	arena_free(arena);
	buffer_free(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

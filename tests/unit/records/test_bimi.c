/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* BIMI assertion records. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/bimi.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_records(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_declined;
		bool is_location_valid;
		bool is_evidence_valid;
		enum bimi_avatar avatar;
		size_t error_count;
	} rows[] = {
		{"image", SPAN_INIT("v=BIMI1; l=https://b.org/logo.svg"), false, true, false,
		 BIMI_AVATAR_BRAND, 0},
		{"image and certificate",
		 SPAN_INIT("v=BIMI1; l=https://b.org/logo.svg; a=https://b.org/vmc.pem"), false,
		 true, true, BIMI_AVATAR_BRAND, 0},
		{"self-asserted", SPAN_INIT("v=BIMI1; l=https://b.org/logo.svg; a=;"), false, true,
		 false, BIMI_AVATAR_BRAND, 0},
		{"personal", SPAN_INIT("v=BIMI1; l=https://b.org/l.svg; avp=personal; lps=a,b"),
		 false, true, false, BIMI_AVATAR_PERSONAL, 0},
		{"declined", SPAN_INIT("v=BIMI1; l=; a=;"), true, false, false, BIMI_AVATAR_BRAND,
		 0},
		{"declined, short", SPAN_INIT("v=BIMI1; l="), true, false, false, BIMI_AVATAR_BRAND,
		 0},
		{"no l", SPAN_INIT("v=BIMI1"), false, false, false, BIMI_AVATAR_BRAND, 1},
		{"http", SPAN_INIT("v=BIMI1; l=http://b.org/logo.svg"), false, false, false,
		 BIMI_AVATAR_BRAND, 1},
		{"certificate alone", SPAN_INIT("v=BIMI1; l=; a=https://b.org/vmc.pem"), false,
		 false, true, BIMI_AVATAR_BRAND, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct bimi_record *record = bimi_record_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, bimi_record_is_declined(record), rows[i].is_declined);
		assert_row_int(name, record->is_location_valid, rows[i].is_location_valid);
		assert_row_int(name, record->is_evidence_valid, rows[i].is_evidence_valid);
		assert_row_int(name, record->avatar, rows[i].avatar);
		assert_row_int(name, record->problems.error_count, rows[i].error_count);
		arena_free(arena);
	}
}

static void test_is_bimi(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_bimi;
		bool is_near_miss;
	} rows[] = {
		{"plain", SPAN_INIT("v=BIMI1; l=;"), true, false},
		{"white space", SPAN_INIT("v = BIMI1 ;l="), true, false},
		{"case", SPAN_INIT("v=bimi1; l="), false, true},
		{"no v", SPAN_INIT("BIMI1; l="), false, true},
		{"not first", SPAN_INIT("l=; v=BIMI1"), false, true},
		{"another", SPAN_INIT("v=spf1 -all"), false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name, bimi_record_is_bimi(rows[i].text), rows[i].is_bimi);
		assert_row_int(rows[i].name, bimi_record_is_near_miss(rows[i].text),
			       rows[i].is_near_miss);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"http", SPAN_INIT("v=BIMI1; l=http://b.org/l.svg"), PROBLEM_ERROR, 11, 18,
		 SPAN_INIT("not an https address"), SPAN_INIT("SVG")},
		{"two images", SPAN_INIT("v=BIMI1; l=https://b.org/l,https://c.org/l"),
		 PROBLEM_ERROR, 26, 16, SPAN_INIT("more than one"), SPAN_INIT("%2C")},
		{"certificate alone", SPAN_INIT("v=BIMI1; l=; a=https://b.org/c"), PROBLEM_ERROR,
		 11, 0, SPAN_INIT("no image"), SPAN_INIT("SVG")},
		{"avatar", SPAN_INIT("v=BIMI1; l=; avp=brnd"), PROBLEM_ERROR, 17, 4,
		 SPAN_INIT("brnd"), SPAN_INIT("did you mean \"brand\"")},
		{"no semicolon", SPAN_INIT("v=BIMI1; l=https://b.org/l a=https://b.org/c"),
		 PROBLEM_ERROR, 27, 1, SPAN_INIT("no \";\" before \"a=\""), SPAN_INIT("\";\"")},
		{"no l", SPAN_INIT("v=BIMI1; a="), PROBLEM_ERROR, 11, 0, SPAN_INIT("no \"l\""),
		 SPAN_INIT("decline")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct bimi_record *record = bimi_record_parse(arena, rows[i].text);
		assert_row_problem(&rows[i], &record->problems);
		arena_free(arena);
	}
}

static void test_write(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct buffer written = buffer_new(1000);
	bimi_record_write(&(struct bimi_record){.has_location = true, .has_evidence = true},
			  &written);
	assert_row_span("declined", buffer_span(&written), SPAN("v=BIMI1; l=; a=;"));
	buffer_clear(&written);
	bimi_record_write(
		bimi_record_parse(arena, SPAN("v=BIMI1;lps=x;avp=personal;l=https://a.b/c")),
		&written);
	assert_row_span("all", buffer_span(&written),
			SPAN("v=BIMI1; l=https://a.b/c; avp=personal; lps=x;"));
	buffer_free(&written);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_is_bimi),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

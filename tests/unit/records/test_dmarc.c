/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC records: versions, policies, tags gone wrong, what a receiver acts on. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/dmarc.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_is_dmarc(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_dmarc;
		bool is_near_miss;
	} rows[] = {
		{"plain", SPAN_INIT("v=DMARC1; p=none"), true, false},
		{"alone", SPAN_INIT("v=DMARC1"), true, false},
		{"white space", SPAN_INIT("v \t=  DMARC1 ;p=none"), true, false},
		{"lower case", SPAN_INIT("v=dmarc1; p=none"), false, true},
		{"upper v", SPAN_INIT("V=DMARC1; p=none"), false, true},
		{"ten", SPAN_INIT("v=DMARC10; p=none"), false, true},
		{"no semicolon", SPAN_INIT("v=DMARC1 p=none"), false, true},
		{"leading space", SPAN_INIT(" v=DMARC1; p=none"), false, true},
		{"quoted", SPAN_INIT("\"v=DMARC1; p=none\""), false, true},
		{"no v", SPAN_INIT("DMARC1; p=none"), false, true},
		{"no number", SPAN_INIT("v=DMARC; p=none"), false, true},
		{"space inside", SPAN_INIT("v=DMARC 1; p=none"), false, true},
		{"colon", SPAN_INIT("v:DMARC1; p=none"), false, true},
		{"p first", SPAN_INIT("p=none; v=DMARC1"), false, true},
		{"spf", SPAN_INIT("v=spf1 -all"), false, false},
		{"verification", SPAN_INIT("dmarc-check=abc"), false, false},
		{"empty", SPAN_INIT(""), false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name, dmarc_record_is_dmarc(rows[i].text), rows[i].is_dmarc);
		assert_row_int(rows[i].name, dmarc_record_is_near_miss(rows[i].text),
			       rows[i].is_near_miss);
	}
}

static void test_policies(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_usable;
		bool is_usable_rfc7489;
		enum dmarc_policy own;
		enum dmarc_policy subdomain;
		enum dmarc_policy nonexistent;
	} rows[] = {
		{"p", SPAN_INIT("v=DMARC1; p=reject"), true, true, DMARC_POLICY_REJECT,
		 DMARC_POLICY_REJECT, DMARC_POLICY_REJECT},
		{"case", SPAN_INIT("v=DMARC1; p=Reject ; "), true, true, DMARC_POLICY_REJECT,
		 DMARC_POLICY_REJECT, DMARC_POLICY_REJECT},
		{"sp", SPAN_INIT("v=DMARC1; p=reject; sp=none"), true, true, DMARC_POLICY_REJECT,
		 DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"np", SPAN_INIT("v=DMARC1; p=none; sp=quarantine; np=reject"), true, true,
		 DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT},
		{"any order", SPAN_INIT("v=DMARC1; rua=mailto:a@b.org; p=quarantine"), true, true,
		 DMARC_POLICY_QUARANTINE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_QUARANTINE},
		{"no p, no rua", SPAN_INIT("v=DMARC1"), false, false, DMARC_POLICY_NONE,
		 DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"p twice", SPAN_INIT("v=DMARC1; p=reject; p=none; rua=mailto:a@b.org"), false,
		 false, DMARC_POLICY_REJECT, DMARC_POLICY_REJECT, DMARC_POLICY_REJECT},
		{"no p, rua", SPAN_INIT("v=DMARC1; rua=mailto:a@b.org"), true, true,
		 DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"p wrong, bare address", SPAN_INIT("v=DMARC1; p=bogus; rua=a@b.org"), false, false,
		 DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"sp wrong, rua", SPAN_INIT("v=DMARC1; p=reject; sp=x; rua=mailto:a@b.org"), true,
		 true, DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"np wrong, no rua", SPAN_INIT("v=DMARC1; p=reject; np=x"), false, true,
		 DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
		{"size suffix is no fault", SPAN_INIT("v=DMARC1; rua=mailto:a@b.org!10m"), true,
		 true, DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct dmarc_record *record = dmarc_record_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, dmarc_record_is_usable(record), rows[i].is_usable);
		assert_row_int(name, dmarc_record_is_usable_rfc7489(record),
			       rows[i].is_usable_rfc7489);
		assert_row_int(name, dmarc_record_policy(record), rows[i].own);
		assert_row_int(name, dmarc_record_subdomain_policy(record), rows[i].subdomain);
		assert_row_int(name, dmarc_record_nonexistent_policy(record), rows[i].nonexistent);
		arena_free(arena);
	}
	assert_int_equal(dmarc_policy_lowered(DMARC_POLICY_REJECT), DMARC_POLICY_QUARANTINE);
	assert_int_equal(dmarc_policy_lowered(DMARC_POLICY_QUARANTINE), DMARC_POLICY_NONE);
	assert_int_equal(dmarc_policy_lowered(DMARC_POLICY_NONE), DMARC_POLICY_NONE);
}

static void test_tags(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct dmarc_record *record = dmarc_record_parse(
		arena,
		SPAN("v=DMARC1; p=reject; adkim=s; aspf=S; psd=n; t=y; pct=20; rf=afrf; "
		     "ri=3600; fo=1:d; rua=mailto:a@b.org,https://c.org/d; ruf=mailto:e@f.g"));
	assert_int_equal(record->adkim, DMARC_STRICT);
	assert_int_equal(record->aspf, DMARC_STRICT);
	assert_int_equal(record->psd, DMARC_PSD_NO);
	assert_true(record->is_testing && record->has_pct && record->has_rf && record->has_ri);
	assert_int_equal(record->pct, 20);
	assert_row_span("fo", record->fo, SPAN("1:d"));
	assert_int_equal(record->rua_count, 2);
	assert_int_equal(record->ruf_count, 1);
	assert_int_equal(record->problems.error_count, 0);
	struct buffer written = buffer_new(1000);
	dmarc_record_write(record, &written);
	assert_row_span("written", buffer_span(&written),
			SPAN("v=DMARC1; p=reject; adkim=s; aspf=s; psd=n; t=y; fo=1:d; pct=20; "
			     "rua=mailto:a@b.org,https://c.org/d; ruf=mailto:e@f.g; rf=afrf; "
			     "ri=3600"));
	buffer_free(&written);
	record = dmarc_record_parse(arena, SPAN("v=DMARC1; p=none"));
	assert_int_equal(record->pct, 100);
	assert_false(record->has_pct || record->is_testing);
	assert_int_equal(record->psd, DMARC_PSD_UNKNOWN);
	arena_free(arena);
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"no semicolon after version", SPAN_INIT("v=DMARC1 p=none"), PROBLEM_ERROR, 9, 1,
		 SPAN_INIT("no \";\" before \"p=\""), SPAN_INIT("\";\"")},
		{"no semicolon after p", SPAN_INIT("v=DMARC1; p=none rua=mailto:a@b.org"),
		 PROBLEM_ERROR, 17, 3, SPAN_INIT("no \";\" before \"rua=\""), SPAN_INIT("\";\"")},
		{"version case", SPAN_INIT("v=dmarc1; p=none"), PROBLEM_ERROR, 2, 6,
		 SPAN_INIT("dmarc1"), SPAN_INIT("DMARC1")},
		{"version not first", SPAN_INIT("p=none; v=DMARC1"), PROBLEM_ERROR, 8, 1,
		 SPAN_INIT("does not start"), SPAN_INIT("first tag")},
		{"policy word", SPAN_INIT("v=DMARC1; p=rejct"), PROBLEM_ERROR, 12, 5,
		 SPAN_INIT("\"p\" has the value \"rejct\""),
		 SPAN_INIT("none, quarantine or reject; did you mean \"reject\"")},
		{"quoted word", SPAN_INIT("v=DMARC1; p=\"none\""), PROBLEM_ERROR, 12, 6,
		 SPAN_INIT("has the value"), SPAN_INIT("did you mean \"none\"")},
		{"no p", SPAN_INIT("v=DMARC1"), PROBLEM_ERROR, 8, 0, SPAN_INIT("no \"p\" tag"),
		 SPAN_INIT("p=none")},
		{"no p but rua", SPAN_INIT("v=DMARC1; rua=mailto:a@b.org"), PROBLEM_WARN, 28, 0,
		 SPAN_INIT("no \"p\" tag"), SPAN_INIT("p=none")},
		{"upper-case tag", SPAN_INIT("v=DMARC1; P=none"), PROBLEM_WARN, 10, 1,
		 SPAN_INIT("unknown tag \"P\""), SPAN_INIT("did you mean \"p\"")},
		{"two semicolons", SPAN_INIT("v=DMARC1;; p=none"), PROBLEM_WARN, 9, 0,
		 SPAN_INIT("nothing between"), SPAN_INIT("one")},
		{"duplicate", SPAN_INIT("v=DMARC1; p=none; p=reject"), PROBLEM_ERROR, 18, 1,
		 SPAN_INIT("second \"p\""), SPAN_INIT("once")},
		{"no equals", SPAN_INIT("v=DMARC1; p=none; reject"), PROBLEM_ERROR, 18, 6,
		 SPAN_INIT("\"reject\" without \"=\""), SPAN_INIT("name=value")},
		{"no name", SPAN_INIT("v=DMARC1; p=none; =x"), PROBLEM_ERROR, 18, 2,
		 SPAN_INIT("without a tag name"), SPAN_INIT("name=value")},
		{"semicolon between addresses",
		 SPAN_INIT("v=DMARC1; p=none; rua=mailto:a@b.org;mailto:c@d.org"), PROBLEM_ERROR,
		 37, 14, SPAN_INIT("without \"=\""), SPAN_INIT("a comma")},
		{"pct", SPAN_INIT("v=DMARC1; p=none; pct=101"), PROBLEM_ERROR, 22, 3,
		 SPAN_INIT("\"pct\""), SPAN_INIT("0 to 100")},
		{"fo", SPAN_INIT("v=DMARC1; p=none; fo=1:x"), PROBLEM_ERROR, 23, 1,
		 SPAN_INIT("\"x\""), SPAN_INIT("0, 1, d or s")},
		{"fo 0 and 1", SPAN_INIT("v=DMARC1; p=none; fo=0:1"), PROBLEM_WARN, 21, 3,
		 SPAN_INIT("exclude"), SPAN_INIT("either")},
		{"adkim", SPAN_INIT("v=DMARC1; p=none; adkim=strict"), PROBLEM_ERROR, 24, 6,
		 SPAN_INIT("strict"), SPAN_INIT("r or s")},
		{"psd", SPAN_INIT("v=DMARC1; p=none; psd=x"), PROBLEM_ERROR, 22, 1,
		 SPAN_INIT("\"psd\""), SPAN_INIT("y, n or u")},
		{"t", SPAN_INIT("v=DMARC1; p=none; t=1"), PROBLEM_ERROR, 20, 1, SPAN_INIT("\"t\""),
		 SPAN_INIT("y or n")},
		{"not mailto", SPAN_INIT("v=DMARC1; p=none; rua=https://a.org/b"), PROBLEM_WARN, 22,
		 15, SPAN_INIT("do not send"), SPAN_INIT("mailto:")},
		{"rua without address", SPAN_INIT("v=DMARC1; p=none; rua="), PROBLEM_ERROR, 22, 0,
		 SPAN_INIT("no report address"), SPAN_INIT("mailto:")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct dmarc_record *record = dmarc_record_parse(arena, rows[i].text);
		assert_non_null(record);
		assert_row_problem(&rows[i], &record->problems);
		arena_free(arena);
	}
}

static void test_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct arena *arena = arena_new(100000);
		arena_fail_after(arena, i);
		struct dmarc_record *record = dmarc_record_parse(
			arena, SPAN("v=DMARC1; p=rejct; rua=mailto:a%40@b.org,c; x=y; sp=z"));
		assert_true((record == NULL) == arena_has_failed(arena));
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_dmarc), cmocka_unit_test(test_policies),
		cmocka_unit_test(test_tags),	 cmocka_unit_test(test_problems),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP TLS reporting records. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/tls_rpt.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_usable(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_tls_rpt;
		bool is_near_miss;
		bool is_usable;
		size_t rua_count;
		size_t error_count;
	} rows[] = {
		{"mailto", SPAN_INIT("v=TLSRPTv1; rua=mailto:t@b.org"), true, false, true, 1, 0},
		{"both", SPAN_INIT("v=TLSRPTv1;rua=mailto:t@b.org , https://c.org/v1;"), true,
		 false, true, 2, 0},
		{"extension", SPAN_INIT("v=TLSRPTv1; x=1; rua=mailto:t@b.org"), true, false, true,
		 1, 0},
		{"one of two", SPAN_INIT("v=TLSRPTv1; rua=t@b.org,mailto:t@b.org"), true, false,
		 true, 2, 1},
		{"other scheme", SPAN_INIT("v=TLSRPTv1; rua=ftp://b.org/x"), true, false, false, 1,
		 1},
		{"bare", SPAN_INIT("v=TLSRPTv1; rua=t@b.org"), true, false, false, 1, 1},
		{"no rua", SPAN_INIT("v=TLSRPTv1;"), true, false, false, 0, 1},
		{"empty rua", SPAN_INIT("v=TLSRPTv1; rua="), true, false, false, 0, 1},
		{"no semicolon", SPAN_INIT("v=TLSRPTv1 rua=mailto:t@b.org"), false, true, false, 0,
		 2},
		{"case", SPAN_INIT("v=tlsrptv1; rua=mailto:t@b.org"), false, true, false, 1, 1},
		{"version", SPAN_INIT("v=TLSRPT1; rua=mailto:t@b.org"), false, true, false, 1, 1},
		{"hyphen", SPAN_INIT("v=TLS-RPTv1; rua=mailto:t@b.org"), false, true, false, 1, 1},
		{"not first", SPAN_INIT("rua=mailto:t@b.org; v=TLSRPTv1;"), false, true, false, 1,
		 1},
		{"another", SPAN_INIT("v=DMARC1; p=none"), false, false, false, 0, 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct tls_rpt_record *record = tls_rpt_record_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, tls_rpt_record_is_tls_rpt(rows[i].text), rows[i].is_tls_rpt);
		assert_row_int(name, tls_rpt_record_is_near_miss(rows[i].text),
			       rows[i].is_near_miss);
		assert_row_int(name, tls_rpt_record_is_usable(record), rows[i].is_usable);
		assert_row_int(name, record->rua_count, rows[i].rua_count);
		assert_row_int(name, record->problems.error_count, rows[i].error_count);
		arena_free(arena);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"scheme", SPAN_INIT("v=TLSRPTv1; rua=http://b.org/x"), PROBLEM_ERROR, 16, 14,
		 SPAN_INIT("neither mailto nor https"), SPAN_INIT("mailto:")},
		{"https without host", SPAN_INIT("v=TLSRPTv1; rua=https:///x"), PROBLEM_ERROR, 16,
		 10, SPAN_INIT("without a host name"), SPAN_INIT("https://")},
		{"tag spelling", SPAN_INIT("v=TLSRPTv1; ruf=mailto:t@b.org"), PROBLEM_WARN, 12, 3,
		 SPAN_INIT("unknown tag"), SPAN_INIT("did you mean \"rua\"")},
		{"no rua", SPAN_INIT("v=TLSRPTv1;"), PROBLEM_ERROR, 11, 0, SPAN_INIT("no \"rua\""),
		 SPAN_INIT("mailto:")},
		{"space", SPAN_INIT("v=TLSRPTv1; rua =mailto:t@b.org"), PROBLEM_ERROR, 15, 1,
		 SPAN_INIT("white space"), SPAN_INIT("no white space")},
		{"version case", SPAN_INIT("v=tlsrptv1; rua=mailto:t@b.org"), PROBLEM_ERROR, 2, 8,
		 SPAN_INIT("tlsrptv1"), SPAN_INIT("TLSRPTv1")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct tls_rpt_record *record = tls_rpt_record_parse(arena, rows[i].text);
		assert_row_problem(&rows[i], &record->problems);
		arena_free(arena);
	}
}

static void test_write(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct buffer written = buffer_new(1000);
	tls_rpt_record_write(
		tls_rpt_record_parse(arena,
				     SPAN("v=TLSRPTv1;x=1;rua=mailto:a@b.org , https://c.d/")),
		&written);
	assert_row_span("text", buffer_span(&written),
			SPAN("v=TLSRPTv1; rua=mailto:a@b.org,https://c.d/; x=1;"));
	buffer_free(&written);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

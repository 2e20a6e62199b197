/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* CAA record data. */
#include "unit.h"

#include "records/caa.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void test_issue(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span value;
		struct span issuer;
		const char *parameters; /* name=value, joined by "|" */
		struct span problem;	/* ptr NULL: none */
		size_t offset;
		bool is_error;
	} rows[] = {
		{"authority",
		 SPAN_INIT("CA.example"),
		 SPAN_INIT("ca.example"),
		 "",
		 {NULL, 0},
		 0,
		 false},
		{"spaces",
		 SPAN_INIT(" \tca.example "),
		 SPAN_INIT("ca.example"),
		 "",
		 {NULL, 0},
		 0,
		 false},
		{"nobody", SPAN_INIT(";"), SPAN_INIT(""), "", {NULL, 0}, 0, false},
		{"nothing", SPAN_INIT(""), SPAN_INIT(""), "", {NULL, 0}, 0, false},
		{"parameters",
		 SPAN_INIT("ca.example; a=b ;c-d = e=f,g"),
		 SPAN_INIT("ca.example"),
		 "a=b|c-d=e=f,g",
		 {NULL, 0},
		 0,
		 false},
		{"empty parameter value",
		 SPAN_INIT("ca.example;a="),
		 SPAN_INIT("ca.example"),
		 "a=",
		 {NULL, 0},
		 0,
		 false},
		{"parameters of nobody",
		 SPAN_INIT("; a=b"),
		 SPAN_INIT(""),
		 "a=b",
		 {NULL, 0},
		 0,
		 false},
		{"semicolon at the end", SPAN_INIT("ca.example; a=b; "), SPAN_INIT("ca.example"),
		 "a=b", SPAN_INIT("\";\" after the last parameter"), 15, false},
		{"semicolon, no parameter",
		 SPAN_INIT("ca.example; "),
		 SPAN_INIT("ca.example"),
		 "",
		 {NULL, 0},
		 0,
		 false},
		{"URL", SPAN_INIT("https://ca.example"), SPAN_INIT(""), "",
		 SPAN_INIT("not a domain name"), 0, true},
		{"trailing dot", SPAN_INIT(" ca.example."), SPAN_INIT(""), "",
		 SPAN_INIT("not a domain name"), 1, true},
		{"two authorities", SPAN_INIT("ca.example ca.test"), SPAN_INIT(""), "",
		 SPAN_INIT("more than an authority's name"), 11, true},
		{"no equals sign", SPAN_INIT("ca.example; ab"), SPAN_INIT(""), "",
		 SPAN_INIT("not a parameter"), 12, true},
		{"space between parameters", SPAN_INIT("ca.example; a=b c=d"), SPAN_INIT(""), "",
		 SPAN_INIT("characters that no parameter may have"), 16, true},
		{"hyphen first", SPAN_INIT("ca.example; -a=b"), SPAN_INIT(""), "",
		 SPAN_INIT("not a parameter"), 12, true},
		{"two semicolons", SPAN_INIT("ca.example;; a=b"), SPAN_INIT(""), "",
		 SPAN_INIT("not a parameter"), 11, true},
		{"other octets", SPAN_INIT("ca.example; a=b\xff"), SPAN_INIT(""), "",
		 SPAN_INIT("characters that no parameter may have"), 15, true},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(10000);
		struct buffer joined = buffer_new(1000);
		struct buffer rdata = buffer_new(1000);
		struct caa caa;
		buffer_append(&rdata, SPAN("\0\5issue"));
		buffer_append(&rdata, rows[i].value);
		assert_true(caa_parse(arena, buffer_span(&rdata), &caa));
		assert_row_span(rows[i].name, caa.value, rows[i].value);
		assert_row_span(rows[i].name, caa.issuer, rows[i].issuer);
		for (size_t k = 0; k < caa.parameter_count; k++) {
			buffer_printf(&joined, "%s%.*s=%.*s", k > 0 ? "|" : "",
				      SPAN_ARG(caa.parameters[k].name),
				      SPAN_ARG(caa.parameters[k].value));
		}
		assert_row_span(rows[i].name, buffer_span(&joined),
				span_of_string(rows[i].parameters));
		assert_row_int(rows[i].name, problem_count(&caa.problems),
			       rows[i].problem.ptr != NULL);
		assert_row_int(rows[i].name, caa.problems.error_count, rows[i].is_error);
		if (problem_count(&caa.problems) > 0) {
			const struct problem *problem = problem_at(&caa.problems, 0);
			assert_row_span(rows[i].name, problem->what, rows[i].problem);
			assert_row_int(rows[i].name, problem->offset, rows[i].offset);
		}
		buffer_free(&joined);
		buffer_free(&rdata);
		arena_free(arena);
	}
}

static void test_properties(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span rdata;
		enum caa_property property;
		bool is_critical;
		struct span text;
		struct span problem; /* ptr NULL: none */
	} rows[] = {
		{"issuewild",
		 SPAN_INIT("\0\11issuewild;"),
		 CAA_ISSUEWILD,
		 false,
		 SPAN_INIT("0 issuewild \";\""),
		 {NULL, 0}},
		{"upper case",
		 SPAN_INIT("\0\11issueMAILa.b"),
		 CAA_ISSUEMAIL,
		 false,
		 SPAN_INIT("0 issuemail \"a.b\""),
		 {NULL, 0}},
		{"issuevmc",
		 SPAN_INIT("\0\10issuevmca.b"),
		 CAA_ISSUEVMC,
		 false,
		 SPAN_INIT("0 issuevmc \"a.b\""),
		 {NULL, 0}},
		{"iodef",
		 SPAN_INIT("\0\5iodefmailto:a@b"),
		 CAA_IODEF,
		 false,
		 SPAN_INIT("0 iodef \"mailto:a@b\""),
		 {NULL, 0}},
		{"iodef without scheme", SPAN_INIT("\0\5iodefa@b"), CAA_IODEF, false,
		 SPAN_INIT("0 iodef \"a@b\""), SPAN_INIT("nowhere to report to")},
		{"contactemail", SPAN_INIT("\0\14contactemaila.b"), CAA_CONTACTEMAIL, false,
		 SPAN_INIT("0 contactemail \"a.b\""), SPAN_INIT("not an email address")},
		{"contactphone",
		 SPAN_INIT("\0\14contactphone+1"),
		 CAA_CONTACTPHONE,
		 false,
		 SPAN_INIT("0 contactphone \"+1\""),
		 {NULL, 0}},
		{"unknown and critical",
		 SPAN_INIT("\x80\3tbsx\""),
		 CAA_UNKNOWN,
		 true,
		 SPAN_INIT("128 tbs \"x\\\"\""),
		 {NULL, 0}},
		{"meaningless flag", SPAN_INIT("\1\5issuea.b"), CAA_ISSUE, false,
		 SPAN_INIT("1 issue \"a.b\""), SPAN_INIT("flags without meaning")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(10000);
		struct buffer text = buffer_new(1000);
		struct caa caa;
		assert_true(caa_parse(arena, rows[i].rdata, &caa));
		caa_write(&caa, &text);
		assert_row_span(rows[i].name, buffer_span(&text), rows[i].text);
		assert_row_int(rows[i].name, caa.property, rows[i].property);
		assert_row_int(rows[i].name, caa.is_critical, rows[i].is_critical);
		assert_row_int(rows[i].name, problem_count(&caa.problems),
			       rows[i].problem.ptr != NULL);
		if (problem_count(&caa.problems) > 0) {
			assert_row_span(rows[i].name, problem_at(&caa.problems, 0)->what,
					rows[i].problem);
		}
		buffer_free(&text);
		arena_free(arena);
	}
}

static void test_malformed(void **state)
{
	(void)state;
	static const struct span rows[] = {
		SPAN_INIT(""),	       SPAN_INIT("\0"),	     SPAN_INIT("\0\0a"),
		SPAN_INIT("\0\5issu"), SPAN_INIT("\0\3a-b"),
	};
	struct arena *arena = arena_new(10000);
	struct caa caa;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_false(caa_parse(arena, rows[i], &caa));
	}
	arena_fail_after(arena, 0);
	assert_false(caa_parse(arena, SPAN("\0\5issue;"), &caa));
	arena_free(arena);
}

static void test_many_parameters(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct buffer rdata = buffer_new(10000);
	struct caa caa;
	buffer_append(&rdata, SPAN("\0\5issueca.example"));
	for (size_t i = 0; i < 1000; i++) {
		buffer_puts(&rdata, ";a=b");
	}
	assert_true(caa_parse(arena, buffer_span(&rdata), &caa));
	assert_int_equal(caa.parameter_count, CAA_PARAMETER_MAX);
	assert_int_equal(problem_count(&caa.problems), PROBLEM_MAX);
	assert_row_span("issuer", caa.issuer, SPAN("ca.example"));
	buffer_free(&rdata);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_issue),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_many_parameters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

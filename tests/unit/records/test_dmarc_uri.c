/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Report addresses. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/dmarc_uri.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct dmarc_uri_list parse(struct arena *arena, struct span value,
				   struct problems *problems)
{
	struct tag tag = {.name = SPAN("rua"), .value = value, .value_offset = 100};
	return dmarc_uri_list_parse(arena, &tag, problems);
}

static void test_uri(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_mailto;
		bool is_valid;
		struct span address;
		struct span host;
		bool has_size_suffix;
	} rows[] = {
		{"plain", SPAN_INIT("mailto:a@B.org"), true, true, SPAN_INIT("a@B.org"),
		 SPAN_INIT("b.org"), false},
		{"upper scheme", SPAN_INIT("MAILTO:a@b.org"), true, true, SPAN_INIT("a@b.org"),
		 SPAN_INIT("b.org"), false},
		{"size", SPAN_INIT("mailto:a@b.org!10m"), true, true, SPAN_INIT("a@b.org"),
		 SPAN_INIT("b.org"), true},
		{"size without unit", SPAN_INIT("mailto:a@b.org!10"), true, true,
		 SPAN_INIT("a@b.org"), SPAN_INIT("b.org"), true},
		{"escape", SPAN_INIT("mailto:a%2Bb@c.org"), true, true, SPAN_INIT("a+b@c.org"),
		 SPAN_INIT("c.org"), false},
		{"escaped exclamation", SPAN_INIT("mailto:a%21@c.org"), true, true,
		 SPAN_INIT("a!@c.org"), SPAN_INIT("c.org"), false},
		{"hazard 49: header fields", SPAN_INIT("mailto:a@b.org?subject=x"), true, true,
		 SPAN_INIT("a@b.org"), SPAN_INIT("b.org"), false},
		{"size and header fields", SPAN_INIT("mailto:a@b.org!1g?x=y"), true, true,
		 SPAN_INIT("a@b.org"), SPAN_INIT("b.org"), true},
		{"hazard 49: line end",
		 SPAN_INIT("mailto:a%0d%0ab@c.org"),
		 true,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"escaped at",
		 SPAN_INIT("mailto:a%40b@c.org"),
		 true,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"bad escape",
		 SPAN_INIT("mailto:a%4@b.org"),
		 false,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"bare", SPAN_INIT("a@b.org"), false, false, {NULL, 0}, {NULL, 0}, false},
		{"no domain", SPAN_INIT("mailto:a"), true, false, {NULL, 0}, {NULL, 0}, false},
		{"empty domain", SPAN_INIT("mailto:a@"), true, false, {NULL, 0}, {NULL, 0}, false},
		{"root", SPAN_INIT("mailto:a@."), true, false, {NULL, 0}, {NULL, 0}, false},
		{"empty local part",
		 SPAN_INIT("mailto:@b.org"),
		 true,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"master-file escape",
		 SPAN_INIT("mailto:a@%5C098.org"),
		 true,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"double mailto",
		 SPAN_INIT("mailto:mailto:a@b.org"),
		 true,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"https",
		 SPAN_INIT("https://u@A.org:8443/x?y#z"),
		 false,
		 true,
		 {NULL, 0},
		 SPAN_INIT("a.org"),
		 false},
		{"https without host",
		 SPAN_INIT("https:/x"),
		 false,
		 false,
		 {NULL, 0},
		 {NULL, 0},
		 false},
		{"other scheme", SPAN_INIT("tel:123"), false, true, {NULL, 0}, {NULL, 0}, false},
		{"scheme only", SPAN_INIT("x:"), false, false, {NULL, 0}, {NULL, 0}, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct problems problems = {0};
		struct dmarc_uri_list list = parse(arena, rows[i].text, &problems);
		const char *name = rows[i].name;
		assert_row_int(name, list.count, 1);
		assert_row_int(name, list.uris[0].is_mailto, rows[i].is_mailto);
		assert_row_int(name, list.uris[0].is_valid, rows[i].is_valid);
		assert_row_int(name, problems.error_count == 0, rows[i].is_valid);
		assert_row_span(name, list.uris[0].address, rows[i].address);
		assert_row_span(name, list.uris[0].host, rows[i].host);
		assert_row_int(name, list.uris[0].has_size_suffix, rows[i].has_size_suffix);
		arena_free(arena);
	}
}

static void test_list(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"bare address", SPAN_INIT("mailto:a@b.org, c@d.org"), PROBLEM_ERROR, 116, 7,
		 SPAN_INIT("an address, not a URI"), SPAN_INIT("mailto:")},
		{"trailing comma", SPAN_INIT("mailto:a@b.org,"), PROBLEM_WARN, 115, 0,
		 SPAN_INIT("no address"), SPAN_INIT("no comma")},
		{"space inside", SPAN_INIT("mailto: a@b.org"), PROBLEM_ERROR, 107, 1,
		 SPAN_INIT("\" \" inside"), SPAN_INIT("a comma")},
		{"angle", SPAN_INIT("mailto:<a@b.org>"), PROBLEM_ERROR, 107, 1, SPAN_INIT("\"<\""),
		 SPAN_INIT("URI")},
		{"escape", SPAN_INIT("mailto:a%zz@b.org"), PROBLEM_ERROR, 108, 1,
		 SPAN_INIT("starts no escape"), SPAN_INIT("hexadecimal")},
		{"suffix", SPAN_INIT("mailto:a@b.org!10m"), PROBLEM_WARN, 114, 4,
		 SPAN_INIT("size limit"), SPAN_INIT("alone")},
		{"header fields", SPAN_INIT("mailto:a@b.org?subject=x"), PROBLEM_WARN, 114, 10,
		 SPAN_INIT("header fields"), SPAN_INIT("alone")},
		{"empty", SPAN_INIT(""), PROBLEM_ERROR, 100, 0, SPAN_INIT("no report address"),
		 SPAN_INIT("mailto:")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct problems problems = {0};
		(void)parse(arena, rows[i].text, &problems);
		assert_row_problem(&rows[i], &problems);
		arena_free(arena);
	}
}

static void test_hazard_49_ten_thousand_addresses(void **state)
{
	(void)state;
	struct buffer text = buffer_new((size_t)1 << 20);
	for (int i = 0; i < 10000; i++) {
		buffer_printf(&text, "mailto:a%d@b.org,", i);
	}
	struct arena *arena = arena_new(100000);
	struct problems problems = {0};
	struct dmarc_uri_list list = parse(arena, buffer_span(&text), &problems);
	assert_int_equal(list.count, DMARC_MAX_URIS);
	assert_int_equal(problem_count(&problems), 1);
	assert_true(dmarc_uri_list_has_valid(list.uris, list.count));
	assert_false(arena_has_failed(arena));
	arena_free(arena);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_hazard_49_ten_thousand_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

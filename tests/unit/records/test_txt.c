/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TXT record data: joining, splitting, zone-file text. */
#include "unit.h"

#include "records/txt.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span rdata;
		bool is_ok;
		struct span text;
		size_t string_count;
		size_t longest;
	} rows[] = {
		{"one", SPAN_INIT("\6v=spf1"), true, SPAN_INIT("v=spf1"), 1, 6},
		{"two without separator", SPAN_INIT("\3v=s\4pf1 "), true, SPAN_INIT("v=spf1 "), 2,
		 4},
		{"an empty string", SPAN_INIT("\0"), true, SPAN_INIT(""), 1, 0},
		{"empty between", SPAN_INIT("\1a\0\1b"), true, SPAN_INIT("ab"), 3, 1},
		{"NUL is data", SPAN_INIT("\2\0a"), true, SPAN_INIT("\0a"), 1, 2},
		{"no string", SPAN_INIT(""), false, {NULL, 0}, 0, 0},
		{"length past the end", SPAN_INIT("\4abc"), false, {NULL, 0}, 0, 0},
		{"second past the end", SPAN_INIT("\1a\1"), false, {NULL, 0}, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(1000);
		struct txt txt = {.string_count = 0};
		assert_row_int(rows[i].name, txt_parse(arena, rows[i].rdata, &txt), rows[i].is_ok);
		assert_row_span(rows[i].name, txt.text, rows[i].text);
		assert_row_int(rows[i].name, txt.string_count, rows[i].string_count);
		assert_row_int(rows[i].name, txt.longest, rows[i].longest);
		arena_free(arena);
	}
}

static void test_split(void **state)
{
	(void)state;
	char text[600];
	memset(text, 'x', sizeof(text));
	struct arena *arena = arena_new(10000);
	struct buffer rdata = buffer_new(1000);
	txt_to_rdata(span_of(text, sizeof(text)), &rdata);
	assert_int_equal(rdata.len, 603);
	struct txt txt;
	assert_true(txt_parse(arena, buffer_span(&rdata), &txt));
	assert_row_span("text", txt.text, span_of(text, sizeof(text)));
	assert_int_equal(txt.string_count, 3);
	assert_int_equal(txt.longest, 255);
	buffer_clear(&rdata);
	txt_to_rdata(span_of(text, 255), &rdata);
	assert_int_equal(rdata.len, 256);
	buffer_clear(&rdata);
	txt_to_rdata(SPAN(""), &rdata);
	assert_row_span("empty", buffer_span(&rdata), SPAN("\0"));
	buffer_free(&rdata);
	arena_free(arena);
}

static void test_presentation(void **state)
{
	(void)state;
	struct buffer text = buffer_new(2000);
	txt_write_presentation(SPAN("a\"b\\c;\x00\xc3 ~"), &text);
	assert_row_span("escapes", buffer_span(&text), SPAN("\"a\\\"b\\\\c;\\000\\195 ~\""));
	buffer_clear(&text);
	txt_write_presentation(SPAN(""), &text);
	assert_row_span("empty", buffer_span(&text), SPAN("\"\""));
	buffer_clear(&text);
	char long_text[256];
	memset(long_text, 'y', sizeof(long_text));
	txt_write_presentation(span_of(long_text, sizeof(long_text)), &text);
	assert_int_equal(text.len, 256 + 2 + 1 + 2);
	assert_row_span("split", span_from(buffer_span(&text), 254), SPAN("yy\" \"y\""));
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_presentation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Check results to text and back, also when the text is not ours. */
#include "unit.h"

#include "service/evidence.h"

static void test_there_and_back(void **state)
{
	static const struct {
		const char *row;
		struct evidence_item item;
		const char *text;
	} rows[] = {
		{"dkim",
		 {true, SPAN_INIT("pass"), SPAN_INIT("example.org"), SPAN_INIT("s1")},
		 "dkim pass example.org s1\n"},
		{"spf",
		 {false, SPAN_INIT("fail"), SPAN_INIT("bounce.example.net"), SPAN_INIT("mfrom")},
		 "spf fail bounce.example.net mfrom\n"},
		{"nothing said", {false, {NULL, 0}, {NULL, 0}, {NULL, 0}}, "spf - - -\n"},
		{"upper case",
		 {true, SPAN_INIT("PASS"), SPAN_INIT("Example.ORG"), SPAN_INIT("S1")},
		 "dkim pass example.org s1\n"},
		{"line end and blank inside",
		 {true, SPAN_INIT("pass"), SPAN_INIT("a\nspf pass b"), SPAN_INIT("s 1")},
		 "dkim pass a?spf?pass?b s?1\n"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer text = buffer_new(1000);
		struct evidence_item read;
		evidence_write(&text, &rows[i].item);
		assert_row_span(rows[i].row, buffer_span(&text), span_of_string(rows[i].text));
		struct span rest = buffer_span(&text);
		assert_row_int(rows[i].row, evidence_next(&rest, &read), true);
		assert_row_int(rows[i].row, read.is_dkim, rows[i].item.is_dkim);
		assert_row_int(rows[i].row, read.domain.len, rows[i].item.domain.len);
		assert_row_int(rows[i].row, read.detail.len, rows[i].item.detail.len);
		assert_row_int(rows[i].row, evidence_next(&rest, &read), false);
		buffer_free(&text);
	}
}

static void test_what_is_not_understood_is_left_out(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		int items;
	} rows[] = {
		{"empty", SPAN_INIT(""), 0},
		{"only a line end", SPAN_INIT("\n\n"), 0},
		{"too few words", SPAN_INIT("dkim pass\n"), 0},
		{"another mechanism", SPAN_INIT("arc pass a b\n"), 0},
		{"no line end", SPAN_INIT("spf pass a mfrom"), 1},
		{"between others", SPAN_INIT("dkim pass a s\nnonsense\nspf pass a mfrom\n"), 2},
		{"octets", SPAN_INIT("\0\xff dkim\n dkim pass a s\nspf \xff \xfe \0\n"), 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span rest = rows[i].text;
		struct evidence_item item;
		int items = 0;
		while (evidence_next(&rest, &item)) {
			items++;
		}
		assert_row_int(rows[i].row, items, rows[i].items);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_what_is_not_understood_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

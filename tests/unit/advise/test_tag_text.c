/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "advise/tag_text.h"

#include "unit.h"

static const struct span names[] = {SPAN_INIT("p"), SPAN_INIT("rua"), SPAN_INIT("pct")};
static const struct tag_grammar grammar = {SPAN_INIT("dmarc"), SPAN_INIT("DMARC1"), names, 3};

static void test_mend(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		const char *mended;
	} rows[] = {
		{"nothing wrong", "v=DMARC1; p=none; rua=mailto:a@b.example",
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"lower case", "v=dmarc1; p=none", "v=DMARC1; p=none"},
		{"no number", "v=DMARC; p=none", "v=DMARC1; p=none"},
		{"no v", "DMARC1; p=none", "v=DMARC1; p=none"},
		{"quotes", "\"v=DMARC1; p=none\"", "v=DMARC1; p=none"},
		{"spaces", " v = DMARC1 ; p=none", "v=DMARC1; p=none"},
		{"colon", "v:DMARC1; p=none", "v=DMARC1; p=none"},
		{"comma", "v=DMARC1, p=none", "v=DMARC1; p=none"},
		{"no semicolon behind the version", "v=DMARC1 p=none", "v=DMARC1; p=none"},
		{"no semicolon", "v=DMARC1; p=none rua=mailto:a@b.example pct=50",
		 "v=DMARC1; p=none ;rua=mailto:a@b.example ;pct=50"},
		{"space around equals", "v=DMARC1; p = none; rua = mailto:a@b.example",
		 "v=DMARC1; p = none; rua = mailto:a@b.example"},
		{"semicolon between addresses",
		 "v=DMARC1; rua=mailto:a@b.example; mailto:c@d.example",
		 "v=DMARC1; rua=mailto:a@b.example, mailto:c@d.example"},
		{"a word that is no tag", "v=DMARC1; p=none policy=x", "v=DMARC1; p=none policy=x"},
		{"another record", "v=spf1 -all", "v=spf1 -all"},
		{"nothing", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		assert_row_span(rows[i].row,
				tag_text_mend(arena, span_of_string(rows[i].text), &grammar),
				span_of_string(rows[i].mended));
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

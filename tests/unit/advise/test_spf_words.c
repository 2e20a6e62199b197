/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "advise/spf_words.h"

#include "unit.h"

#define ARENA_BYTES ((size_t)4 << 20)

static void test_repair(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		const char *repaired; /* NULL: not certain */
	} rows[] = {
		{"nothing wrong", "v=spf1 include:spf.example.net -all",
		 "v=spf1 include:spf.example.net -all"},
		{"a letter is missing", "v=spf1 nclude:spf.example.net -all",
		 "v=spf1 include:spf.example.net -all"},
		{"letters swapped", "v=spf1 inlcude:spf.example.net ~all",
		 "v=spf1 include:spf.example.net ~all"},
		{"stray bracket", "v=spf1 mx -all]", "v=spf1 mx -all"},
		{"stray semicolon", "v=spf1 mx; -all;", "v=spf1 mx -all"},
		{"stray quotes", "v=spf1 \"mx\" -all", "v=spf1 mx -all"},
		{"only a stray", "v=spf1 mx , -all", "v=spf1 mx -all"},
		{"version twice", "v=spf1 v=spf1 mx -all", "v=spf1 mx -all"},
		{"ipv4", "v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"},
		{"ip for IPv4", "v=spf1 ip:192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.0/24 -all"},
		{"ip for IPv6", "v=spf1 ip:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"},
		{"ip4 for IPv6", "v=spf1 ip4:2001:db8::/32 -all", "v=spf1 ip6:2001:db8::/32 -all"},
		{"bare address", "v=spf1 192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"},
		{"bare IPv6 range", "v=spf1 2001:db8::/32 -all", "v=spf1 ip6:2001:db8::/32 -all"},
		{"equals for colon", "v=spf1 ip4=192.0.2.1 -all", "v=spf1 ip4=192.0.2.1 -all"},
		{"colon for equals", "v=spf1 redirect:spf.example.net",
		 "v=spf1 redirect=spf.example.net"},
		{"space behind the colon", "v=spf1 include: spf.example.net -all",
		 "v=spf1 include:spf.example.net -all"},
		{"two terms in one", "v=spf1 include:a.exampleinclude:b.example -all",
		 "v=spf1 include:a.example include:b.example -all"},
		{"all run in", "v=spf1 ip4:192.0.2.1~all", "v=spf1 ip4:192.0.2.1 ~all"},
		{"all run into a name", "v=spf1 include:spf.example.net-all",
		 "v=spf1 include:spf.example.net -all"},
		{"modifier in front", "v=spf1 exp=why.example.org mx -all",
		 "v=spf1 mx -all exp=why.example.org"},
		{"unknown modifier stays", "v=spf1 include=spf.example.net -all",
		 "v=spf1 include=spf.example.net -all"},
		{"no such address", "v=spf1 ip4:192.0.2.256 -all", NULL},
		{"no such mask", "v=spf1 ip4:192.0.2.0/33 -all", NULL},
		{"a host name alone", "v=spf1 mail.example.org -all", NULL},
		{"nothing like it", "v=spf1 authorised -all", NULL},
		{"half an include", "v=spf1 include: -all", NULL},
		{"a second redirect", "v=spf1 redirect=a.example redirect=b.example", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct spf_words words = spf_words_of(arena, span_of_string(rows[i].text));
		bool is_certain = spf_words_repair(&words);
		assert_row_int(rows[i].row, is_certain, rows[i].repaired != NULL);
		if (is_certain) {
			assert_row_span(rows[i].row, spf_words_write(&words),
					span_of_string(rows[i].repaired));
		}
		arena_free(arena);
	}
}

static void test_near_miss(void **state)
{
	static const struct {
		const char *text;
		const char *repaired; /* NULL: not certain */
	} rows[] = {
		{" v=spf1 -all", "v=spf1 -all"},
		{"\"v=spf1 mx -all\"", "v=spf1 mx -all"},
		{"spf1 mx -all", "v=spf1 mx -all"},
		{"v=spf mx -all", "v=spf1 mx -all"},
		{"v=spf2 -all", "v=spf1 -all"},
		{"v=spf1; mx; -all", "v=spf1 mx -all"},
		{"v:spf1 mx -all", "v=spf1 mx -all"},
		{"v = spf1 mx -all", "v=spf1 mx -all"},
		{"v=spf1.0 mx -all", "v=spf1 mx -all"},
		{"v=spf1", "v=spf1"},
		{"v=spf1mx -all", NULL},
		{"our spf1 record", NULL},
		{"v=DKIM1; p=", NULL},
		{"v=spf2 authorised", NULL},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct spf_words words;
		bool is_certain =
			spf_words_of_near_miss(arena, span_of_string(rows[i].text), &words);
		assert_row_int(rows[i].text, is_certain, rows[i].repaired != NULL);
		if (is_certain) {
			assert_row_span(rows[i].text, spf_words_write(&words),
					span_of_string(rows[i].repaired));
		}
		arena_free(arena);
	}
}

static void test_edit(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct spf_words words = spf_words_of(arena, SPAN("v=spf1  mx a mx  ?all "));
	assert_false(spf_words_drop(&words, SPAN("ip4:192.0.2.1")));
	assert_true(spf_words_drop(&words, SPAN("MX")));
	assert_row_span("the last one goes", spf_words_write(&words), SPAN("v=spf1 mx a ?all"));
	spf_words_add(&words, SPAN("ip4:192.0.2.1"));
	spf_words_add(&words, SPAN("A"));
	assert_row_span("added in front of all", spf_words_write(&words),
			SPAN("v=spf1 mx a ip4:192.0.2.1 ?all"));
	spf_words_end_in(&words, SPAN("~all"));
	spf_words_end_in(&words, SPAN("~all"));
	assert_row_span("one all", spf_words_write(&words), SPAN("v=spf1 mx a ip4:192.0.2.1 ~all"));
	struct spf_words empty = spf_words_of(arena, SPAN("v=spf1"));
	spf_words_add(&empty, SPAN("mx"));
	assert_row_span("without all", spf_words_write(&empty), SPAN("v=spf1 mx"));
	spf_words_add(&empty, SPAN("nclude:x"));
	assert_row_span("never an error", spf_words_write(&empty), SPAN(""));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_near_miss),
		cmocka_unit_test(test_edit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

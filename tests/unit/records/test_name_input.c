/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What people type: names in any script, and everything that is no name. */
#include "unit.h"

#include "records/name_input.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define BUECHER                                                                                    \
	"b\xc3\xbc"                                                                                \
	"cher"

static void check_row(const char *row, struct span text, const struct name_input_result *expected)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct name_input_result result = name_input_parse(arena, text);
	assert_row_span(row, span_of_string(name_input_explain(result.status)),
			span_of_string(name_input_explain(expected->status)));
	assert_row_span(row, result.name, expected->name);
	assert_row_span(row, result.unicode,
			expected->unicode.ptr != NULL ? expected->unicode : expected->name);
	assert_row_span(row, result.hint, expected->hint);
	assert_row_int(row, result.offset, expected->offset);
	arena_free(arena);
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		struct span canonical;
		struct span unicode; /* ptr NULL: the same */
	} rows[] = {
		{"plain", SPAN_INIT("example.org"), SPAN_INIT("example.org"), {NULL, 0}},
		{"upper case and dot",
		 SPAN_INIT("EXAMPLE.org."),
		 SPAN_INIT("example.org"),
		 {NULL, 0}},
		{"white space",
		 SPAN_INIT(" \t example.org\r\n"),
		 SPAN_INIT("example.org"),
		 {NULL, 0}},
		{"pasted spaces",
		 SPAN_INIT("\xef\xbb\xbf\xc2\xa0"
			   "example.org\xe3\x80\x80\xe2\x80\x8b"),
		 SPAN_INIT("example.org"),
		 {NULL, 0}},
		{"service name",
		 SPAN_INIT("_dmarc.example.org"),
		 SPAN_INIT("_dmarc.example.org"),
		 {NULL, 0}},
		{"hyphens in third place",
		 SPAN_INIT("r3---sn.example"),
		 SPAN_INIT("r3---sn.example"),
		 {NULL, 0}},
		{"U-label", SPAN_INIT(BUECHER ".Example"), SPAN_INIT("xn--bcher-kva.example"),
		 SPAN_INIT(BUECHER ".example")},
		{"A-label", SPAN_INIT("XN--Bcher-KVA.example"), SPAN_INIT("xn--bcher-kva.example"),
		 SPAN_INIT(BUECHER ".example")},
		{"decomposed",
		 SPAN_INIT("bu\xcc\x88"
			   "cher.example"),
		 SPAN_INIT("xn--bcher-kva.example"), SPAN_INIT(BUECHER ".example")},
		{"sharp s stays", SPAN_INIT("fa\xc3\x9f.example"), SPAN_INIT("xn--fa-hia.example"),
		 SPAN_INIT("fa\xc3\x9f.example")},
		{"ideographic dot",
		 SPAN_INIT("example\xe3\x80\x82org"),
		 SPAN_INIT("example.org"),
		 {NULL, 0}},
		{"full-width dot and letters",
		 SPAN_INIT("\xef\xbd\x85x\xef\xbc\x8eorg"),
		 SPAN_INIT("ex.org"),
		 {NULL, 0}},
		{"half-width dot at the end",
		 SPAN_INIT("example.org\xef\xbd\xa1"),
		 SPAN_INIT("example.org"),
		 {NULL, 0}},
		{"Cyrillic a among Latin",
		 SPAN_INIT("\xd0\xb0pple.com"),
		 SPAN_INIT("xn--pple-43d.com"),
		 {NULL, 0}},
		{"label of 63", SPAN_INIT(LABEL_63 ".org"), SPAN_INIT(LABEL_63 ".org"), {NULL, 0}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct name_input_result expected = {
			.status = NAME_INPUT_OK,
			.name = rows[i].canonical,
			.unicode = rows[i].unicode,
		};
		check_row(rows[i].name, rows[i].text, &expected);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		enum name_input status;
		struct span hint;
		size_t offset;
	} rows[] = {
		{"nothing", SPAN_INIT(""), NAME_INPUT_EMPTY, {NULL, 0}, 0},
		{"white space only", SPAN_INIT(" \t\xc2\xa0"), NAME_INPUT_EMPTY, {NULL, 0}, 0},
		{"URL", SPAN_INIT("https://www.Example.org/y?z#f"), NAME_INPUT_URL,
		 SPAN_INIT("www.example.org"), 0},
		{"URL with all", SPAN_INIT("https://a:b@" BUECHER ".org:8443/@x"), NAME_INPUT_URL,
		 SPAN_INIT(BUECHER ".org"), 0},
		{"URL of one word", SPAN_INIT("https://x/y"), NAME_INPUT_URL, {NULL, 0}, 0},
		{"URL of an address", SPAN_INIT("http://[::1]/"), NAME_INPUT_URL, {NULL, 0}, 0},
		{"scheme only", SPAN_INIT("http:"), NAME_INPUT_URL, {NULL, 0}, 0},
		{"slashes only", SPAN_INIT("//"), NAME_INPUT_URL, {NULL, 0}, 0},
		{"path", SPAN_INIT("example.org/path"), NAME_INPUT_URL, SPAN_INIT("example.org"),
		 0},
		{"port", SPAN_INIT("example.org:25"), NAME_INPUT_URL, SPAN_INIT("example.org"), 0},
		{"email", SPAN_INIT("joe@Example.org"), NAME_INPUT_EMAIL, SPAN_INIT("example.org"),
		 0},
		{"email with name", SPAN_INIT("Joe <joe@example.org>"), NAME_INPUT_EMAIL,
		 SPAN_INIT("example.org"), 0},
		{"mailto", SPAN_INIT("mailto:joe@example.org"), NAME_INPUT_EMAIL,
		 SPAN_INIT("example.org"), 0},
		{"email at one word", SPAN_INIT("a@b"), NAME_INPUT_EMAIL, {NULL, 0}, 0},
		{"only @", SPAN_INIT("@"), NAME_INPUT_EMAIL, {NULL, 0}, 0},
		{"IPv4", SPAN_INIT("192.0.2.1"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"IPv4 prefix", SPAN_INIT("192.0.2.0/24"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"IPv6", SPAN_INIT("2001:db8::1"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"IPv6 in brackets", SPAN_INIT("[::1]"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"mail literal", SPAN_INIT("[IPv6:::1]"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"open bracket", SPAN_INIT("[example"), NAME_INPUT_CHARACTER, {NULL, 0}, 0},
		{"numbers only", SPAN_INIT("300.1.1"), NAME_INPUT_ADDRESS, {NULL, 0}, 0},
		{"full-width address",
		 SPAN_INIT("\xef\xbc\x91.2.3.4"),
		 NAME_INPUT_ADDRESS,
		 {NULL, 0},
		 0},
		{"label of 64", SPAN_INIT(LABEL_63 "h.org"), NAME_INPUT_LABEL, {NULL, 0}, 0},
		{"U-label too long",
		 SPAN_INIT("\xc3\xbc" LABEL_63 ".org"),
		 NAME_INPUT_LABEL,
		 {NULL, 0},
		 0},
		{"leading dot", SPAN_INIT(".example.org"), NAME_INPUT_LABEL, {NULL, 0}, 0},
		{"two dots", SPAN_INIT("example..org"), NAME_INPUT_LABEL, {NULL, 0}, 0},
		{"two dots at the end", SPAN_INIT("example.org.."), NAME_INPUT_LABEL, {NULL, 0}, 0},
		{"dot", SPAN_INIT("."), NAME_INPUT_LABEL, {NULL, 0}, 0},
		{"space inside", SPAN_INIT("  exam ple.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 6},
		{"comma", SPAN_INIT("a.org,b.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 5},
		{"wildcard", SPAN_INIT("*.example.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 0},
		{"NUL", SPAN_INIT("a.org\0.b"), NAME_INPUT_CHARACTER, {NULL, 0}, 5},
		{"bad UTF-8", SPAN_INIT("a\xff.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 1},
		{"zero-width space",
		 SPAN_INIT("exa\xe2\x80\x8bmple.org"),
		 NAME_INPUT_CHARACTER,
		 {NULL, 0},
		 3},
		{"right-to-left override",
		 SPAN_INIT("a\xe2\x80\xae.org"),
		 NAME_INPUT_CHARACTER,
		 {NULL, 0},
		 1},
		{"hyphen first", SPAN_INIT("www.-a.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 4},
		{"hyphen last", SPAN_INIT("ab-.org"), NAME_INPUT_CHARACTER, {NULL, 0}, 2},
		{"emoji", SPAN_INIT("\xf0\x9f\x93\xa7.example"), NAME_INPUT_IDNA, {NULL, 0}, 0},
		{"bad punycode",
		 SPAN_INIT("xn--zzzzzz99999.example"),
		 NAME_INPUT_IDNA,
		 {NULL, 0},
		 0},
		{"nothing behind xn--", SPAN_INIT("xn--.example"), NAME_INPUT_IDNA, {NULL, 0}, 0},
		{"digit before Hebrew",
		 SPAN_INIT("1\xd7\x90.example"),
		 NAME_INPUT_IDNA,
		 {NULL, 0},
		 0},
		{"joiner out of place",
		 SPAN_INIT("a\xe2\x80\x8d"
			   "b.example"),
		 NAME_INPUT_IDNA,
		 {NULL, 0},
		 0},
		{"top-level domain", SPAN_INIT("uk"), NAME_INPUT_SINGLE_LABEL, {NULL, 0}, 0},
		{"top-level domain with dot",
		 SPAN_INIT("com."),
		 NAME_INPUT_SINGLE_LABEL,
		 {NULL, 0},
		 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct name_input_result expected = {
			.status = rows[i].status,
			.hint = rows[i].hint,
			.offset = rows[i].offset,
		};
		check_row(rows[i].name, rows[i].text, &expected);
	}
}

static void test_lengths(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t len;
		enum name_input status;
	} rows[] = {
		{"253", 253, NAME_INPUT_OK},
		{"253 and a dot", 254, NAME_INPUT_OK},
		{"255", 255, NAME_INPUT_TOO_LONG},
		{"300", 300, NAME_INPUT_TOO_LONG},
		{"100000", 100000, NAME_INPUT_TOO_LONG},
	};
	static char text[100000];
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = i % 2 == 0 ? 'a' : '.';
	}
	struct arena *arena = arena_new((size_t)1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span typed = span_of(text, rows[i].len);
		assert_row_int(rows[i].name, name_input_parse(arena, typed).status, rows[i].status);
	}
	/* 126 labels of one U-label character each are 126 * 2 octets, but much longer A-labels. */
	struct buffer long_unicode = buffer_new(1000);
	for (size_t i = 0; i < 126; i++) {
		buffer_puts(&long_unicode, "\xc3\xbc.");
	}
	assert_int_equal(name_input_parse(arena, buffer_span(&long_unicode)).status,
			 NAME_INPUT_TOO_LONG);
	buffer_free(&long_unicode);
	arena_free(arena);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (size_t successes = 0; successes < 3; successes++) {
		struct arena *arena = arena_new(10000);
		arena_fail_after(arena, successes);
		struct name_input_result result =
			name_input_parse(arena, SPAN(BUECHER "." BUECHER ".example"));
		assert_true(arena_has_failed(arena));
		assert_int_not_equal(result.status, NAME_INPUT_OK);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

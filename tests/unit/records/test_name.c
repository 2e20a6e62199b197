/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Names: canonical text, wire form with compression, labels, display. */
#include "unit.h"

#include "records/name.h"

#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define LABEL_61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

struct fixture {
	struct arena *arena;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture.arena = arena_new((size_t)1 << 20);
	*state = &fixture;
	return fixture.arena == NULL;
}

static int tear_down(void **state)
{
	arena_free(((struct fixture *)*state)->arena);
	return 0;
}

static void test_canonical(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	static const struct {
		const char *name;
		struct span text;
		struct span canonical; /* ptr NULL: refused */
	} rows[] = {
		{"plain", SPAN_INIT("example.org"), SPAN_INIT("example.org")},
		{"upper case", SPAN_INIT("EXAMPLE.Org"), SPAN_INIT("example.org")},
		{"trailing dot", SPAN_INIT("example.org."), SPAN_INIT("example.org")},
		{"root", SPAN_INIT("."), SPAN_INIT(".")},
		{"underscore", SPAN_INIT("_dmarc.Example.org"), SPAN_INIT("_dmarc.example.org")},
		{"octets", SPAN_INIT("a\xc3\xa9 \x00z.org"),
		 SPAN_INIT("a\\195\\169\\032\\000z.org")},
		{"escaped dot", SPAN_INIT("john\\.doe.example.org"),
		 SPAN_INIT("john\\.doe.example.org")},
		{"escaped number of a dot", SPAN_INIT("a\\046b.org"), SPAN_INIT("a\\.b.org")},
		{"escaped letter", SPAN_INIT("\\065\\B.org"), SPAN_INIT("ab.org")},
		{"escaped backslash", SPAN_INIT("a\\\\.org"), SPAN_INIT("a\\\\.org")},
		{"master file signs", SPAN_INIT("a\"(;)@$.org"),
		 SPAN_INIT("a\\\"\\(\\;\\)\\@\\$.org")},
		{"label of 63", SPAN_INIT(LABEL_63 ".org"), SPAN_INIT(LABEL_63 ".org")},
		{"253 octets", SPAN_INIT(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61),
		 SPAN_INIT(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61)},
		{"254 octets",
		 SPAN_INIT(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61 "g"),
		 {NULL, 0}},
		{"label of 64", SPAN_INIT(LABEL_63 "h.org"), {NULL, 0}},
		{"empty", SPAN_INIT(""), {NULL, 0}},
		{"leading dot", SPAN_INIT(".org"), {NULL, 0}},
		{"empty label", SPAN_INIT("a..org"), {NULL, 0}},
		{"two trailing dots", SPAN_INIT("a.org.."), {NULL, 0}},
		{"only dots", SPAN_INIT(".."), {NULL, 0}},
		{"backslash at the end", SPAN_INIT("a\\"), {NULL, 0}},
		{"escape above 255", SPAN_INIT("a\\256"), {NULL, 0}},
		{"short escape", SPAN_INIT("a\\25"), {NULL, 0}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span name = span_of(NULL, 0);
		struct span again = span_of(NULL, 0);
		assert_row_int(rows[i].name, name_canonical(arena, rows[i].text, &name),
			       rows[i].canonical.ptr != NULL);
		assert_row_span(rows[i].name, name, rows[i].canonical);
		if (name.ptr != NULL) {
			assert_true(name_canonical(arena, name, &again));
			assert_row_span(rows[i].name, again, name);
		}
	}
}

static void test_ldh(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_ldh;
		bool is_with_underscore;
	} rows[] = {
		{"plain", SPAN_INIT("mail-1.example.org"), true, true},
		{"digits", SPAN_INIT("123.456"), true, true},
		{"underscore", SPAN_INIT("_dmarc.example.org"), false, true},
		{"hyphen first", SPAN_INIT("-a.org"), false, false},
		{"hyphen last", SPAN_INIT("a-.org"), false, false},
		{"hyphen at the end", SPAN_INIT("a.org-"), false, false},
		{"escaped", SPAN_INIT("a\\.b.org"), false, false},
		{"root", SPAN_INIT("."), false, false},
		{"empty", SPAN_INIT(""), false, false},
		{"trailing dot", SPAN_INIT("a.org."), false, false},
		{"label of 64", SPAN_INIT(LABEL_63 "h.org"), false, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].name,
			       name_is_ldh(rows[i].text, /* is_underscore_ok */ false),
			       rows[i].is_ldh);
		assert_row_int(rows[i].name, name_is_ldh(rows[i].text, /* is_underscore_ok */ true),
			       rows[i].is_with_underscore);
	}
}

static void test_from_wire(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	static const struct {
		const char *name;
		struct span message;
		size_t at;
		struct span expected; /* ptr NULL: refused */
		size_t end;
	} rows[] = {
		{"plain", SPAN_INIT("\3wWw\3org\0rest"), 0, SPAN_INIT("www.org"), 9},
		{"root", SPAN_INIT("\0"), 0, SPAN_INIT("."), 1},
		{"pointer", SPAN_INIT("\3org\0\1a\xc0\0rest"), 5, SPAN_INIT("a.org"), 9},
		{"pointer only", SPAN_INIT("\3org\0\xc0\0"), 5, SPAN_INIT("org"), 7},
		{"pointer to pointer", SPAN_INIT("\1o\0\1b\xc0\0\1a\xc0\3"), 7, SPAN_INIT("a.b.o"),
		 11},
		{"dot in a label", SPAN_INIT("\3a.b\0"), 0, SPAN_INIT("a\\.b"), 5},
		{"pointer to itself", SPAN_INIT("\xc0\0"), 0, {NULL, 0}, 0},
		{"pointer into its own run", SPAN_INIT("\1a\xc0\0"), 0, {NULL, 0}, 0},
		{"pointer forwards", SPAN_INIT("\xc0\2\1a\0"), 0, {NULL, 0}, 0},
		{"two that point at each other", SPAN_INIT("\xc0\2\xc0\0"), 2, {NULL, 0}, 0},
		{"pointer past the end", SPAN_INIT("\1a\0\xff\xff"), 3, {NULL, 0}, 0},
		{"half a pointer", SPAN_INIT("\1a\0\xc0"), 3, {NULL, 0}, 0},
		{"reserved 01",
		 SPAN_INIT("\x41"
			   "a\0"),
		 0,
		 {NULL, 0},
		 0},
		{"reserved 10", SPAN_INIT("\1a\0\x80\0"), 3, {NULL, 0}, 0},
		{"label past the end", SPAN_INIT("\5abc"), 0, {NULL, 0}, 0},
		{"no root", SPAN_INIT("\3abc"), 0, {NULL, 0}, 0},
		{"nothing", SPAN_INIT(""), 0, {NULL, 0}, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cursor cursor = cursor_of(rows[i].message);
		struct span name = span_of(NULL, 0);
		cursor.at = rows[i].at;
		bool is_ok = name_from_wire(&cursor, arena, &name);
		assert_row_int(rows[i].name, is_ok, rows[i].expected.ptr != NULL);
		assert_row_int(rows[i].name, cursor.is_failed, !is_ok);
		assert_row_span(rows[i].name, name, rows[i].expected);
		if (is_ok) {
			assert_row_int(rows[i].name, cursor.at, rows[i].end);
		}
	}
}

/* A message of 200 pointers, each to the one before: legal step by step, refused in sum. */
static void test_from_wire_many_jumps(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	char message[1 + 2 * 200];
	message[0] = '\0';
	for (size_t i = 0; i < 200; i++) {
		size_t target = i == 0 ? 0 : 2 * i - 1;
		message[1 + 2 * i] = (char)(0xc0 | target >> 8);
		message[2 + 2 * i] = (char)(target & 0xff);
	}
	struct span name;
	struct cursor few = cursor_of(span_of(message, sizeof(message)));
	few.at = 1 + 2 * 100;
	assert_true(name_from_wire(&few, arena, &name));
	assert_row_span("few", name, SPAN("."));
	struct cursor many = cursor_of(span_of(message, sizeof(message)));
	many.at = 1 + 2 * 199;
	assert_false(name_from_wire(&many, arena, &name));
}

static void test_to_wire(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	struct buffer wire = buffer_new(LIMIT_NAME_WIRE);
	assert_true(name_to_wire(SPAN("a\\.b\\000.org"), &wire));
	assert_row_span("escaped", buffer_span(&wire), SPAN("\4a.b\0\3org\0"));
	buffer_clear(&wire);
	assert_true(name_to_wire(SPAN("."), &wire));
	assert_row_span("root", buffer_span(&wire), SPAN("\0"));
	buffer_clear(&wire);
	assert_false(name_to_wire(SPAN("a..b"), &wire));
	assert_int_equal(wire.len, 0);

	struct span longest = SPAN(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61);
	assert_true(name_to_wire(longest, &wire));
	assert_int_equal(wire.len, LIMIT_NAME_WIRE);
	struct cursor cursor = cursor_of(buffer_span(&wire));
	struct span name;
	assert_true(name_from_wire(&cursor, arena, &name));
	assert_row_span("longest", name, longest);
	cursor = cursor_of(buffer_span(&wire));
	struct buffer text = buffer_new(LIMIT_NAME_ESCAPED);
	assert_true(name_write_from_wire(&cursor, &text));
	assert_int_equal(text.len, LIMIT_NAME_TEXT + 1);
	buffer_free(&text);
	buffer_free(&wire);
}

static void test_labels(void **state)
{
	(void)state;
	assert_int_equal(name_label_count(SPAN(".")), 0);
	assert_int_equal(name_label_count(SPAN("org")), 1);
	assert_int_equal(name_label_count(SPAN("example.org")), 2);
	assert_int_equal(name_label_count(SPAN("a\\.b.org")), 2);
	assert_int_equal(name_label_count(SPAN("a\\\\.b.org")), 3);
	assert_row_span("parent", name_parent(SPAN("a.b.org")), SPAN("b.org"));
	assert_row_span("parent of one label", name_parent(SPAN("org")), SPAN("."));
	assert_row_span("parent of the root", name_parent(SPAN(".")), SPAN("."));
	assert_row_span("parent, escaped", name_parent(SPAN("a\\.b.org")), SPAN("org"));
	assert_row_span("last 2", name_last_labels(SPAN("a.b.c.org"), 2), SPAN("c.org"));
	assert_row_span("last 9", name_last_labels(SPAN("a.b.c.org"), 9), SPAN("a.b.c.org"));
	assert_row_span("last 0", name_last_labels(SPAN("a.org"), 0), SPAN("."));
	assert_row_span("first", name_first_label(SPAN("a\\.b.org")), SPAN("a\\.b"));
}

static void test_at_or_under(void **state)
{
	(void)state;
	static const struct {
		struct span name;
		struct span ancestor;
		bool is_under;
	} rows[] = {
		{SPAN_INIT("example.org"), SPAN_INIT("example.org"), true},
		{SPAN_INIT("a.example.org"), SPAN_INIT("example.org"), true},
		{SPAN_INIT("evilexample.org"), SPAN_INIT("example.org"), false},
		{SPAN_INIT("org"), SPAN_INIT("example.org"), false},
		{SPAN_INIT("a\\.example.org"), SPAN_INIT("example.org"), false},
		{SPAN_INIT("a\\\\.example.org"), SPAN_INIT("example.org"), true},
		{SPAN_INIT("a.org"), SPAN_INIT("."), true},
		{SPAN_INIT("."), SPAN_INIT("."), true},
		{SPAN_INIT("."), SPAN_INIT("org"), false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].name.ptr,
			       name_is_at_or_under(rows[i].name, rows[i].ancestor),
			       rows[i].is_under);
	}
}

static void test_join(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	assert_row_span("plain", name_join(arena, SPAN("_dmarc"), SPAN("example.org")),
			SPAN("_dmarc.example.org"));
	assert_row_span("two labels", name_join(arena, SPAN("S1._domainkey"), SPAN("a.org")),
			SPAN("s1._domainkey.a.org"));
	assert_row_span("root", name_join(arena, SPAN("_dmarc"), SPAN(".")), SPAN("_dmarc"));
	assert_row_span("backslash", name_join(arena, SPAN("a\\"), SPAN("org")), SPAN(""));
	assert_row_span("empty label", name_join(arena, SPAN("a..b"), SPAN("org")), SPAN(""));
	struct span upper = SPAN(LABEL_63 "." LABEL_63 "." LABEL_63);
	assert_int_equal(name_join(arena, SPAN(LABEL_61), upper).len, LIMIT_NAME_TEXT);
	assert_int_equal(name_join(arena, SPAN(LABEL_63), upper).len, 0);
	arena_fail_after(arena, 0);
	assert_int_equal(name_join(arena, SPAN("a"), SPAN("org")).len, 0);
}

static void test_unicode(void **state)
{
	struct arena *arena = ((struct fixture *)*state)->arena;
	static const struct {
		const char *name;
		struct span ascii;
		struct span shown;
	} rows[] = {
		{"ascii", SPAN_INIT("example.org"), SPAN_INIT("example.org")},
		{"umlaut", SPAN_INIT("xn--bcher-kva.example"),
		 SPAN_INIT("b\xc3\xbc"
			   "cher.example")},
		{"two scripts in two labels", SPAN_INIT("mail.xn--e1afmkfd.xn--p1ai"),
		 SPAN_INIT(
			 "mail.\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd1\x80\xd1\x84")},
		{"Cyrillic a in a Latin label", SPAN_INIT("xn--pple-43d.com"),
		 SPAN_INIT("xn--pple-43d.com")},
		{"broken punycode", SPAN_INIT("xn--0.org"), SPAN_INIT("xn--0.org")},
		{"nothing behind xn--", SPAN_INIT("xn--.org"), SPAN_INIT("xn--.org")},
		{"xn-- inside a label", SPAN_INIT("axn--b.org"), SPAN_INIT("axn--b.org")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].name, name_to_unicode(arena, rows[i].ascii), rows[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_canonical, set_up, tear_down),
		cmocka_unit_test(test_ldh),
		cmocka_unit_test_setup_teardown(test_from_wire, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_from_wire_many_jumps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_to_wire, set_up, tear_down),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_at_or_under),
		cmocka_unit_test_setup_teardown(test_join, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unicode, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Record data: master-file text both ways, unknown types, expansion out of messages. */
#include "unit.h"

#include "records/rr.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define ARENA_BYTES ((size_t)1 << 20)

static void test_type_names(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int type; /* -1: refused */
		const char *name;
	} rows[] = {
		{"A", 1, "A"},		{"txt", 16, "TXT"},	 {"CAA", 257, "CAA"},
		{"RRSIG", 46, "RRSIG"}, {"TYPE16", 16, "TXT"},	 {"type4711", 4711, "TYPE4711"},
		{"TYPE0", 0, "TYPE0"},	{"TYPE65536", -1, NULL}, {"TYPE01", -1, NULL},
		{"TYPE", -1, NULL},	{"", -1, NULL},		 {"NAPTR", -1, NULL},
		{"A ", -1, NULL},	{"TYPE-1", -1, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		uint16_t type = 0;
		bool is_ok = rr_type_parse(span_of_string(rows[i].text), &type);
		assert_row_int(rows[i].text, is_ok ? type : -1, rows[i].type);
		if (is_ok) {
			assert_row_span(rows[i].text, rr_type_name(arena, type),
					span_of_string(rows[i].name));
		}
		arena_free(arena);
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint16_t type;
		struct span text;
		struct span rdata;
		struct span written; /* ptr NULL: as text */
	} rows[] = {
		{"A", RR_A, SPAN_INIT("192.0.2.1"), SPAN_INIT("\xc0\0\2\1"), {NULL, 0}},
		{"AAAA", RR_AAAA, SPAN_INIT("2001:DB8::1"),
		 SPAN_INIT("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), SPAN_INIT("2001:db8::1")},
		{"NS", RR_NS, SPAN_INIT("NS1.example.org"), SPAN_INIT("\3ns1\7example\3org\0"),
		 SPAN_INIT("ns1.example.org.")},
		{"CNAME escaped",
		 RR_CNAME,
		 SPAN_INIT("a\\.b\\032c.org."),
		 SPAN_INIT("\5a.b c\3org\0"),
		 {NULL, 0}},
		{"PTR", RR_PTR, SPAN_INIT("a.org."), SPAN_INIT("\1a\3org\0"), {NULL, 0}},
		{"SOA",
		 RR_SOA,
		 SPAN_INIT("ns.a. me.a. 1 2 3 4 4294967295"),
		 SPAN_INIT("\2ns\1a\0\2me\1a\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\xff\xff\xff\xff"),
		 {NULL, 0}},
		{"SOA over lines", RR_SOA, SPAN_INIT("ns.a. me.a. (\n\t1 2\n\t3 4 5 )"),
		 SPAN_INIT("\2ns\1a\0\2me\1a\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"),
		 SPAN_INIT("ns.a. me.a. 1 2 3 4 5")},
		{"MX",
		 RR_MX,
		 SPAN_INIT("10 mail.example.org."),
		 SPAN_INIT("\0\12\4mail\7example\3org\0"),
		 {NULL, 0}},
		{"null MX", RR_MX, SPAN_INIT("0 ."), SPAN_INIT("\0\0\0"), {NULL, 0}},
		{"SRV",
		 RR_SRV,
		 SPAN_INIT("1 2 443 a."),
		 SPAN_INIT("\0\1\0\2\1\xbb\1a\0"),
		 {NULL, 0}},
		{"TXT word", RR_TXT, SPAN_INIT("v=spf1"), SPAN_INIT("\6v=spf1"),
		 SPAN_INIT("\"v=spf1\"")},
		{"TXT quoted",
		 RR_TXT,
		 SPAN_INIT("\"v=DMARC1; p=none\""),
		 SPAN_INIT("\x10v=DMARC1; p=none"),
		 {NULL, 0}},
		{"TXT strings stay apart",
		 RR_TXT,
		 SPAN_INIT("\"a\" \"b c\" \"\""),
		 SPAN_INIT("\1a\3b c\0"),
		 {NULL, 0}},
		{"TXT strings without space", RR_TXT, SPAN_INIT("(\"a\"\"b\")"),
		 SPAN_INIT("\1a\1b"), SPAN_INIT("\"a\" \"b\"")},
		{"TXT escapes",
		 RR_TXT,
		 SPAN_INIT("\"\\\"q\\\\\\000\\255\""),
		 SPAN_INIT("\5\"q\\\0\xff"),
		 {NULL, 0}},
		{"TXT escaped space in a word", RR_TXT, SPAN_INIT("a\\ b\\;c"),
		 SPAN_INIT("\5a b;c"), SPAN_INIT("\"a b;c\"")},
		{"SPF",
		 RR_SPF,
		 SPAN_INIT("\"v=spf1 -all\""),
		 SPAN_INIT("\x0bv=spf1 -all"),
		 {NULL, 0}},
		{"DS", RR_DS, SPAN_INIT("12345 13 2 ABcd 0 1"),
		 SPAN_INIT("\x30\x39\x0d\2\xab\xcd\1"), SPAN_INIT("12345 13 2 abcd01")},
		{"DNSKEY", RR_DNSKEY, SPAN_INIT("257 3 13 Zm9v YmFy"),
		 SPAN_INIT("\1\1\3\x0d"
			   "foobar"),
		 SPAN_INIT("257 3 13 Zm9vYmFy")},
		{"TLSA", RR_TLSA, SPAN_INIT("3 1 1 00ff"), SPAN_INIT("\3\1\1\0\xff"), {NULL, 0}},
		{"CAA",
		 RR_CAA,
		 SPAN_INIT("128 issue \"ca.example; a=b\""),
		 SPAN_INIT("\x80\5issueca.example; a=b"),
		 {NULL, 0}},
		{"CAA word", RR_CAA, SPAN_INIT("0 iodef mailto:a@b"),
		 SPAN_INIT("\0\5iodefmailto:a@b"), SPAN_INIT("0 iodef \"mailto:a@b\"")},
		{"CAA empty value",
		 RR_CAA,
		 SPAN_INIT("0 issue \"\""),
		 SPAN_INIT("\0\5issue"),
		 {NULL, 0}},
		{"unknown type", 4711, SPAN_INIT("\\# 3 0102 ff"), SPAN_INIT("\1\2\xff"),
		 SPAN_INIT("\\# 3 0102ff")},
		{"unknown type, nothing", 4711, SPAN_INIT("\\# 0"), SPAN_INIT(""), {NULL, 0}},
		{"known type given as unknown", RR_A, SPAN_INIT("\\# 4 c0000201"),
		 SPAN_INIT("\xc0\0\2\1"), SPAN_INIT("192.0.2.1")},
		{"malformed A", RR_A, SPAN_INIT("\\# 3 c00002"), SPAN_INIT("\xc0\0\2"), {NULL, 0}},
		{"malformed TXT", RR_TXT, SPAN_INIT("\\# 2 0541"), SPAN_INIT("\5A"), {NULL, 0}},
		{"empty TXT", RR_TXT, SPAN_INIT("\\# 0"), SPAN_INIT(""), {NULL, 0}},
		{"pointer in MX",
		 RR_MX,
		 SPAN_INIT("\\# 4 000ac000"),
		 SPAN_INIT("\0\12\xc0\0"),
		 {NULL, 0}},
		{"pointer in SOA to its own start",
		 RR_SOA,
		 SPAN_INIT("\\# 28 026e73016100c0000000000100000002000000030000000400000005"),
		 SPAN_INIT("\2ns\1a\0\xc0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"),
		 {NULL, 0}},
		{"MX with more behind",
		 RR_MX,
		 SPAN_INIT("\\# 4 00010000"),
		 SPAN_INIT("\0\1\0\0"),
		 {NULL, 0}},
		{"TLSA without data",
		 RR_TLSA,
		 SPAN_INIT("\\# 3 030101"),
		 SPAN_INIT("\3\1\1"),
		 {NULL, 0}},
		{"CAA with an odd tag",
		 RR_CAA,
		 SPAN_INIT("\\# 4 00012d61"),
		 SPAN_INIT("\0\1-a"),
		 {NULL, 0}},
		{"CAA without tag", RR_CAA, SPAN_INIT("\\# 2 0000"), SPAN_INIT("\0\0"), {NULL, 0}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct span rdata = span_of(NULL, 0);
		struct problem problem = {.what = SPAN_INIT("")};
		bool is_ok = rr_parse_text(arena, rows[i].type, rows[i].text, &rdata, &problem);
		assert_row_span(rows[i].name, problem.what, SPAN(""));
		assert_true(is_ok);
		assert_row_span(rows[i].name, rdata, rows[i].rdata);
		struct buffer text = buffer_new(1000);
		rr_write_text(rows[i].type, rdata, &text);
		assert_row_span(rows[i].name, buffer_span(&text),
				rows[i].written.ptr != NULL ? rows[i].written : rows[i].text);
		buffer_free(&text);
		arena_free(arena);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint16_t type;
		struct span text;
		size_t offset;
		size_t len;
		struct span what;
	} rows[] = {
		{"empty", RR_A, SPAN_INIT(""), 0, 0, SPAN_INIT("the data ends too early")},
		{"no host", RR_MX, SPAN_INIT("10  "), 4, 0, SPAN_INIT("the data ends too early")},
		{"preference", RR_MX, SPAN_INIT("65536 a."), 0, 5,
		 SPAN_INIT("not a number that fits here")},
		{"host", RR_MX, SPAN_INIT("10 a..b"), 3, 4, SPAN_INIT("not a domain name")},
		{"origin", RR_NS, SPAN_INIT("@"), 0, 1,
		 SPAN_INIT("\"@\" means nothing outside a zone file")},
		{"more", RR_MX, SPAN_INIT("10 a. b."), 6, 2,
		 SPAN_INIT("more than the record holds")},
		{"IPv6 in A", RR_A, SPAN_INIT(" ::1"), 1, 3,
		 SPAN_INIT("not an address of this kind")},
		{"prefix", RR_A, SPAN_INIT("10.0.0.0/8"), 0, 10,
		 SPAN_INIT("not an address of this kind")},
		{"TXT words", RR_TXT, SPAN_INIT("v=spf1 -all"), 0, 6,
		 SPAN_INIT("spaces between words without quotes")},
		{"TXT mixed", RR_TXT, SPAN_INIT("\"a\" b"), 4, 1,
		 SPAN_INIT("spaces between words without quotes")},
		{"TXT comment", RR_TXT, SPAN_INIT("v=DMARC1; p=none"), 8, 1,
		 SPAN_INIT("\";\" starts a comment in a zone file")},
		{"open quote", RR_TXT, SPAN_INIT("\"a\" \"b"), 4, 2,
		 SPAN_INIT("the quote is never closed")},
		{"quote escaped", RR_TXT, SPAN_INIT("\"a\\\""), 0, 4,
		 SPAN_INIT("the quote is never closed")},
		{"escape", RR_TXT, SPAN_INIT("\"ab\\256\""), 3, 1, SPAN_INIT("broken escape")},
		{"hex", RR_TLSA, SPAN_INIT("3 1 1 ab c"), 6, 4, SPAN_INIT("broken digits")},
		{"base64", RR_DNSKEY, SPAN_INIT("257 3 13 *"), 9, 1, SPAN_INIT("broken digits")},
		{"tag", RR_CAA, SPAN_INIT("0 is-sue \"a\""), 2, 6, SPAN_INIT("not a tag")},
		{"unknown", 4711, SPAN_INIT("a b"), 0, 3,
		 SPAN_INIT("data of a type without a text form")},
		{"RRSIG", RR_RRSIG, SPAN_INIT("A 8 2"), 0, 5,
		 SPAN_INIT("data of a type without a text form")},
		{"opaque length", 4711, SPAN_INIT("\\# 3 0102"), 3, 1,
		 SPAN_INIT("not the length of what follows")},
		{"opaque no length", 4711, SPAN_INIT("\\#"), 2, 0,
		 SPAN_INIT("the data ends too early")},
		{"opaque more", 4711, SPAN_INIT("\\# 0 01"), 5, 2,
		 SPAN_INIT("more than the record holds")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct span rdata = span_of(NULL, 0);
		struct problem problem = {.what = SPAN_INIT("")};
		assert_row_int(rows[i].name,
			       rr_parse_text(arena, rows[i].type, rows[i].text, &rdata, &problem),
			       false);
		assert_row_span(rows[i].name, problem.what, rows[i].what);
		assert_row_int(rows[i].name, problem.offset, rows[i].offset);
		assert_row_int(rows[i].name, problem.len, rows[i].len);
		assert_row_int(rows[i].name, problem.weight, PROBLEM_ERROR);
		arena_free(arena);
	}
}

static void test_long_string(void **state)
{
	(void)state;
	char text[260];
	memset(text, 'x', sizeof(text));
	text[0] = '"';
	text[256] = '"';
	struct arena *arena = arena_new(ARENA_BYTES);
	struct span rdata;
	struct problem problem;
	assert_true(rr_parse_text(arena, RR_TXT, span_of(text, 257), &rdata, &problem));
	assert_int_equal(rdata.len, 256);
	text[256] = 'x';
	text[257] = '"';
	assert_false(rr_parse_text(arena, RR_TXT, span_of(text, 258), &rdata, &problem));
	assert_row_span("256", problem.what, SPAN("a string longer than 255 octets"));
	/* A CAA value is not a character-string and has no such limit (RFC 8659 4.1). */
	struct span caa = arena_printf(arena, "0 issue %.*s", 258, text);
	assert_true(rr_parse_text(arena, RR_CAA, caa, &rdata, &problem));
	assert_int_equal(rdata.len, 2 + 5 + 256);
	arena_free(arena);
}

static void test_expand(void **state)
{
	(void)state;
	/* Offset 0: example.org; 13: what each row adds. */
#define PREFIX "\7eXample\3org\0"
	static const struct {
		const char *name;
		uint16_t type;
		struct span message;
		uint16_t len;
		struct span rdata; /* ptr NULL: refused */
	} rows[] = {
		{"MX", RR_MX, SPAN_INIT(PREFIX "\0\12\4Mail\xc0\0rest"), 9,
		 SPAN_INIT("\0\12\4mail\7example\3org\0")},
		{"SRV", RR_SRV, SPAN_INIT(PREFIX "\0\1\0\2\0\3\xc0\x08"), 8,
		 SPAN_INIT("\0\1\0\2\0\3\3org\0")},
		{"SOA", RR_SOA,
		 SPAN_INIT(PREFIX "\1a\xc0\0\1b\xc0\x0d"
				  "1111222233334444"
				  "5555"),
		 28,
		 SPAN_INIT("\1a\7example\3org\0\1b\1a\7example\3org\0"
			   "1111222233334444"
			   "5555")},
		{"TXT is left alone", RR_TXT, SPAN_INIT(PREFIX "\2\xc0\0"), 3,
		 SPAN_INIT("\2\xc0\0")},
		{"unknown is left alone", 4711, SPAN_INIT(PREFIX "\xc0\0"), 2, SPAN_INIT("\xc0\0")},
		{"empty unknown", 4711, SPAN_INIT(PREFIX), 0, SPAN_INIT("")},
		{"name longer than the data", RR_NS, SPAN_INIT(PREFIX "\3com\0"), 4, {NULL, 0}},
		{"name shorter than the data", RR_NS, SPAN_INIT(PREFIX "\3com\0\0"), 6, {NULL, 0}},
		{"pointer to itself", RR_NS, SPAN_INIT(PREFIX "\xc0\x0d"), 2, {NULL, 0}},
		{"data past the end", RR_TXT, SPAN_INIT(PREFIX "\1a"), 3, {NULL, 0}},
		{"cut MX", RR_MX, SPAN_INIT(PREFIX "\0"), 1, {NULL, 0}},
		{"empty MX", RR_MX, SPAN_INIT(PREFIX), 0, {NULL, 0}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct cursor message = cursor_of(rows[i].message);
		struct span rdata = span_of(NULL, 0);
		message.at = sizeof(PREFIX) - 1;
		bool is_ok = rr_expand(&message, arena, rows[i].type, rows[i].len, &rdata);
		assert_row_int(rows[i].name, is_ok, rows[i].rdata.ptr != NULL);
		assert_row_int(rows[i].name, message.is_failed, !is_ok);
		assert_row_span(rows[i].name, rdata, rows[i].rdata);
		if (is_ok) {
			assert_row_int(rows[i].name, message.at, sizeof(PREFIX) - 1 + rows[i].len);
		}
		arena_free(arena);
	}
}

static void test_no_memory(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct span rdata;
	struct problem problem;
	arena_fail_after(arena, 0);
	assert_false(rr_parse_text(arena, RR_A, SPAN("192.0.2.1"), &rdata, &problem));
	assert_row_span("parse", problem.what, SPAN("out of memory"));
	struct cursor message = cursor_of(SPAN("\xc0\0\2\1"));
	assert_false(rr_expand(&message, arena, RR_A, 4, &rdata));
	struct buffer text = buffer_new(5);
	rr_write_text(RR_A, SPAN("\xc0\0\2\1"), &text);
	assert_true(text.is_failed);
	buffer_free(&text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_type_names), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_problems),   cmocka_unit_test(test_long_string),
		cmocka_unit_test(test_expand),	   cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

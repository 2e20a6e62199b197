/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF records: terms, exact places of errors, macros, writing. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/spf.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_is_spf(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_spf;
		bool is_near_miss;
	} rows[] = {
		{"alone", SPAN_INIT("v=spf1"), true, false},
		{"case", SPAN_INIT("V=sPf1 -all"), true, false},
		{"ten", SPAN_INIT("v=spf10"), false, true},
		{"tab", SPAN_INIT("v=spf1\t-all"), false, true},
		{"no space", SPAN_INIT("v=spf1include:a.org"), false, true},
		{"leading space", SPAN_INIT(" v=spf1 -all"), false, true},
		{"quoted", SPAN_INIT("\"v=spf1 -all\""), false, true},
		{"typographic quote", SPAN_INIT("\xe2\x80\x9cv=spf1 -all"), false, true},
		{"no v", SPAN_INIT("spf1 a -all"), false, true},
		{"spf2", SPAN_INIT("v=spf2 a"), false, true},
		{"spaced", SPAN_INIT("v = spf1 a"), false, true},
		{"inside", SPAN_INIT("x v=spf1 a"), false, true},
		{"sender id", SPAN_INIT("spf2.0/pra ?all"), false, false},
		{"other", SPAN_INIT("v=DMARC1"), false, false},
		{"empty", SPAN_INIT(""), false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name, spf_record_is_spf(rows[i].text), rows[i].is_spf);
		assert_row_int(rows[i].name, spf_record_is_near_miss(rows[i].text),
			       rows[i].is_near_miss);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"lost letter", SPAN_INIT("v=spf1 nclude:spf.ssmx.net ~all"), PROBLEM_ERROR, 7, 6,
		 SPAN_INIT("unknown mechanism \"nclude\""),
		 SPAN_INIT(
			 "include, a, mx, ptr, ip4, ip6, exists or all; did you mean \"include\"")},
		{"bracket", SPAN_INIT("v=spf1 -all]"), PROBLEM_ERROR, 11, 1, SPAN_INIT("\"]\""),
		 SPAN_INIT("a space or the end")},
		{"no space after version", SPAN_INIT("v=spf1include:a.org -all"), PROBLEM_ERROR, 6,
		 1, SPAN_INIT("no space"), SPAN_INIT("a space")},
		{"not spf", SPAN_INIT("spf1 -all"), PROBLEM_ERROR, 0, 4,
		 SPAN_INIT("does not start"), SPAN_INIT("v=spf1")},
		{"ip4 prefix 33", SPAN_INIT("v=spf1 ip4:1.2.3.4/33 -all"), PROBLEM_ERROR, 19, 2,
		 SPAN_INIT("prefix length \"33\""), SPAN_INIT("0 to 32")},
		{"ip4 prefix 032", SPAN_INIT("v=spf1 ip4:1.2.3.4/032 -all"), PROBLEM_ERROR, 19, 3,
		 SPAN_INIT("032"), SPAN_INIT("without leading zeros")},
		{"ip4 prefix missing", SPAN_INIT("v=spf1 ip4:1.2.3.4/ -all"), PROBLEM_ERROR, 19, 0,
		 SPAN_INIT("without a prefix length"), SPAN_INIT("0 to 32")},
		{"ip4 double slash", SPAN_INIT("v=spf1 ip4:1.2.3.4//32"), PROBLEM_ERROR, 19, 0,
		 SPAN_INIT("without a prefix length"), SPAN_INIT("0 to 32")},
		{"ip4 with ipv6", SPAN_INIT("v=spf1 ip4:2001:db8::1 -all"), PROBLEM_ERROR, 11, 11,
		 SPAN_INIT("not an IPv4 address"), SPAN_INIT("\"ip6:2001:db8::1\"")},
		{"ip6 with ipv4", SPAN_INIT("v=spf1 ip6:192.0.2.1/24 -all"), PROBLEM_ERROR, 11, 9,
		 SPAN_INIT("not an IPv6 address"), SPAN_INIT("\"ip4:192.0.2.1/24\"")},
		{"ip4 with name", SPAN_INIT("v=spf1 ip4:mail.a.org -all"), PROBLEM_ERROR, 11, 10,
		 SPAN_INIT("not an IPv4 address"), SPAN_INIT("\"a:mail.a.org\"")},
		{"ip4 short", SPAN_INIT("v=spf1 ip4:1.2.3 -all"), PROBLEM_ERROR, 11, 5,
		 SPAN_INIT("\"1.2.3\""), SPAN_INIT("four numbers")},
		{"ip4 bare", SPAN_INIT("v=spf1 ip4 -all"), PROBLEM_ERROR, 10, 0,
		 SPAN_INIT("\"ip4\" without its argument"), SPAN_INIT("an address")},
		{"ip4 empty", SPAN_INIT("v=spf1 ip4: 192.0.2.1"), PROBLEM_ERROR, 11, 0,
		 SPAN_INIT("no IPv4 address after the colon"), SPAN_INIT("IPv4")},
		{"ip4 port", SPAN_INIT("v=spf1 ip4:1.2.3.4:25"), PROBLEM_ERROR, 18, 3,
		 SPAN_INIT("\":25\" directly after"), SPAN_INIT("a space")},
		{"ip4 glued", SPAN_INIT("v=spf1 ip4:1.2.3.4ip4:5.6.7.8"), PROBLEM_ERROR, 18, 11,
		 SPAN_INIT("\"ip4:5.6.7.8\" directly after"), SPAN_INIT("a space")},
		{"ip4 comma", SPAN_INIT("v=spf1 ip4:1.2.3.0/24, -all"), PROBLEM_ERROR, 21, 1,
		 SPAN_INIT("\",\""), SPAN_INIT("a space")},
		{"ip4 host bits fine but mask not", SPAN_INIT("v=spf1 ip4:1.2.3.4/255.255.255.0"),
		 PROBLEM_ERROR, 19, 3, SPAN_INIT("255"), SPAN_INIT("0 to 32")},
		{"bare address", SPAN_INIT("v=spf1 192.0.2.1 -all"), PROBLEM_ERROR, 7, 9,
		 SPAN_INIT("unknown mechanism"), SPAN_INIT("\"ip4:192.0.2.1\"")},
		{"bare name", SPAN_INIT("v=spf1 spf.a.org -all"), PROBLEM_ERROR, 7, 9,
		 SPAN_INIT("unknown mechanism"), SPAN_INIT("\"include:spf.a.org\"")},
		{"ipv4", SPAN_INIT("v=spf1 ipv4:192.0.2.1"), PROBLEM_ERROR, 7, 4,
		 SPAN_INIT("unknown mechanism \"ipv4\""), SPAN_INIT("did you mean \"ip4\"")},
		{"redirect colon", SPAN_INIT("v=spf1 redirect:a.org"), PROBLEM_ERROR, 7, 8,
		 SPAN_INIT("\"redirect\""), SPAN_INIT("did you mean \"redirect=\"")},
		{"a empty", SPAN_INIT("v=spf1 a: -all"), PROBLEM_ERROR, 9, 0,
		 SPAN_INIT("\"a:\" without a domain"), SPAN_INIT("a domain name")},
		{"include empty", SPAN_INIT("v=spf1 include: -all"), PROBLEM_ERROR, 15, 0,
		 SPAN_INIT("\"include:\" without"), SPAN_INIT("a domain name")},
		{"include bare", SPAN_INIT("v=spf1 include +all"), PROBLEM_ERROR, 14, 0,
		 SPAN_INIT("\"include\" without its argument"), SPAN_INIT("a domain name")},
		{"include prefix", SPAN_INIT("v=spf1 include:a.org/24"), PROBLEM_ERROR, 20, 3,
		 SPAN_INIT("prefix length"), SPAN_INIT("only a, mx, ip4 and ip6")},
		{"redirect empty", SPAN_INIT("v=spf1 redirect="), PROBLEM_ERROR, 16, 0,
		 SPAN_INIT("without a domain"), SPAN_INIT("a domain name")},
		{"en dash",
		 SPAN_INIT("v=spf1 mx \xe2\x80\x93"
			   "all"),
		 PROBLEM_ERROR, 10, 3, SPAN_INIT("dash"), SPAN_INIT("\"-\"")},
		{"em dash",
		 SPAN_INIT("v=spf1 mx \xe2\x80\x94"
			   "all"),
		 PROBLEM_ERROR, 10, 3, SPAN_INIT("dash"), SPAN_INIT("\"-\"")},
		{"minus sign",
		 SPAN_INIT("v=spf1 mx \xe2\x88\x92"
			   "all"),
		 PROBLEM_ERROR, 10, 3, SPAN_INIT("minus sign"), SPAN_INIT("\"-\"")},
		{"smart quote", SPAN_INIT("v=spf1 -all\xe2\x80\x9d"), PROBLEM_ERROR, 11, 3,
		 SPAN_INIT("typographic quote"), SPAN_INIT("delete")},
		{"no-break space", SPAN_INIT("v=spf1 mx\xc2\xa0-all"), PROBLEM_ERROR, 9, 2,
		 SPAN_INIT("no-break space"), SPAN_INIT("a plain space")},
		{"byte order mark", SPAN_INIT("v=spf1 a:\xef\xbb\xbfx.org"), PROBLEM_ERROR, 9, 3,
		 SPAN_INIT("byte order mark"), SPAN_INIT("delete")},
		{"not utf-8",
		 SPAN_INIT("v=spf1 \x96"
			   "all"),
		 PROBLEM_ERROR, 7, 1, SPAN_INIT("\"\\150\""), SPAN_INIT("ASCII")},
		{"NUL", SPAN_INIT("v=spf1 a:x.org\0"), PROBLEM_ERROR, 14, 1, SPAN_INIT("\"\\000\""),
		 SPAN_INIT("ASCII")},
		{"tab", SPAN_INIT("v=spf1 a\tmx -all"), PROBLEM_ERROR, 8, 1, SPAN_INIT("tab"),
		 SPAN_INIT("a space")},
		{"carriage return", SPAN_INIT("v=spf1 a:x.org\rptr -all"), PROBLEM_ERROR, 14, 1,
		 SPAN_INIT("line end"), SPAN_INIT("a space")},
		{"straight quote", SPAN_INIT("v=spf1 -all\""), PROBLEM_ERROR, 11, 1,
		 SPAN_INIT("directly after \"all\""), SPAN_INIT("the end of the record")},
		{"semicolon", SPAN_INIT("v=spf1 mx; -all"), PROBLEM_ERROR, 9, 1, SPAN_INIT("\";\""),
		 SPAN_INIT("a space")},
		{"all dot", SPAN_INIT("v=spf1 -all."), PROBLEM_ERROR, 11, 1, SPAN_INIT("\".\""),
		 SPAN_INIT("a space")},
		{"lone qualifier", SPAN_INIT("v=spf1 - all"), PROBLEM_ERROR, 8, 0,
		 SPAN_INIT("qualifier without a mechanism"), SPAN_INIT("include")},
		{"double qualifier", SPAN_INIT("v=spf1 --all"), PROBLEM_ERROR, 8, 4,
		 SPAN_INIT("unknown mechanism"), SPAN_INIT("did you mean \"all\"")},
		{"equals first", SPAN_INIT("v=spf1 =all"), PROBLEM_ERROR, 7, 1, SPAN_INIT("\"=\""),
		 SPAN_INIT("include")},
		{"modifier digit", SPAN_INIT("v=spf1 1up=foo"), PROBLEM_ERROR, 7, 3,
		 SPAN_INIT("modifier name"), SPAN_INIT("starts with a letter")},
		{"modifier macro", SPAN_INIT("v=spf1 -all foo=%abc"), PROBLEM_ERROR, 16, 1,
		 SPAN_INIT("macro"), SPAN_INIT("%{")},
		{"redirect twice", SPAN_INIT("v=spf1 redirect=a.org redirect=a.org"), PROBLEM_ERROR,
		 22, 14, SPAN_INIT("second \"redirect\""), SPAN_INIT("at most one")},
		{"exp twice", SPAN_INIT("v=spf1 -all exp=a.org exp=b.org"), PROBLEM_ERROR, 22, 9,
		 SPAN_INIT("second \"exp\""), SPAN_INIT("at most one")},
		{"mechanism after all", SPAN_INIT("v=spf1 -all mx"), PROBLEM_WARN, 12, 2,
		 SPAN_INIT("never reached"), SPAN_INIT("last")},
		{"mechanism after redirect", SPAN_INIT("v=spf1 redirect=a.org mx"), PROBLEM_WARN, 7,
		 14, SPAN_INIT("before a mechanism"), SPAN_INIT("at the end")},
		{"all with redirect", SPAN_INIT("v=spf1 -all redirect=a.org"), PROBLEM_WARN, 12, 14,
		 SPAN_INIT("ignored"), SPAN_INIT("either")},
		{"include equals", SPAN_INIT("v=spf1 include=a.org -all"), PROBLEM_WARN, 7, 13,
		 SPAN_INIT("unknown modifier \"include\""), SPAN_INIT("\"include:a.org\"")},
		{"a equals", SPAN_INIT("v=spf1 a=a.org -all"), PROBLEM_WARN, 7, 7,
		 SPAN_INIT("unknown modifier \"a\""), SPAN_INIT("\"a:a.org\"")},
		{"second version", SPAN_INIT("v=spf1 mx v=spf1 -all"), PROBLEM_WARN, 10, 6,
		 SPAN_INIT("second version"), SPAN_INIT("at the start")},
		{"glued all", SPAN_INIT("v=spf1 include:a.org-all"), PROBLEM_WARN, 20, 4,
		 SPAN_INIT("\"-all\""), SPAN_INIT("a space")},
		{"glued tilde all", SPAN_INIT("v=spf1 include:a.org~all"), PROBLEM_ERROR, 20, 4,
		 SPAN_INIT("\"~all\""), SPAN_INIT("a space")},
		{"glued include", SPAN_INIT("v=spf1 a:b.cominclude:c.com -all"), PROBLEM_WARN, 14,
		 8, SPAN_INIT("\"include:\""), SPAN_INIT("a space")},
		{"a with address", SPAN_INIT("v=spf1 a:192.0.2.1 -all"), PROBLEM_ERROR, 9, 9,
		 SPAN_INIT("in place of a name"), SPAN_INIT("\"ip4:192.0.2.1\"")},
		{"top label digits", SPAN_INIT("v=spf1 a:abc.123"), PROBLEM_ERROR, 13, 3,
		 SPAN_INIT("last label"), SPAN_INIT("letters")},
		{"top label hyphen", SPAN_INIT("v=spf1 a:example.-com"), PROBLEM_ERROR, 17, 4,
		 SPAN_INIT("last label"), SPAN_INIT("inner hyphens")},
		{"one label", SPAN_INIT("v=spf1 a:museum"), PROBLEM_ERROR, 9, 6,
		 SPAN_INIT("not a full domain name"), SPAN_INIT("with a dot")},
		{"one label and dot", SPAN_INIT("v=spf1 a:museum."), PROBLEM_ERROR, 9, 7,
		 SPAN_INIT("not a full domain name"), SPAN_INIT("with a dot")},
		{"name comma", SPAN_INIT("v=spf1 include:a.org, -all"), PROBLEM_ERROR, 20, 1,
		 SPAN_INIT("\",\" in the last label"), SPAN_INIT("a space")},
		{"two dots", SPAN_INIT("v=spf1 a:b..org"), PROBLEM_WARN, 11, 0,
		 SPAN_INIT("two dots"), SPAN_INIT("one dot")},
		{"prefix 33", SPAN_INIT("v=spf1 a/33"), PROBLEM_ERROR, 9, 2, SPAN_INIT("\"33\""),
		 SPAN_INIT("0 to 32")},
		{"prefix 129", SPAN_INIT("v=spf1 mx:a.org//129"), PROBLEM_ERROR, 17, 3,
		 SPAN_INIT("\"129\""), SPAN_INIT("0 to 128")},
		{"single slash pair", SPAN_INIT("v=spf1 a/24/32"), PROBLEM_ERROR, 8, 3,
		 SPAN_INIT("\"/24\" directly after \"a\""), SPAN_INIT("\"/24//64\"")},
		{"ptr prefix", SPAN_INIT("v=spf1 ptr/0"), PROBLEM_ERROR, 10, 2, SPAN_INIT("\"/0\""),
		 SPAN_INIT("a domain name")},
		{"macro letter", SPAN_INIT("v=spf1 include:%{x}.org"), PROBLEM_ERROR, 17, 1,
		 SPAN_INIT("\"x\" inside a macro"), SPAN_INIT("s l o d i p h v")},
		{"macro open", SPAN_INIT("v=spf1 exists:%{i"), PROBLEM_ERROR, 17, 0,
		 SPAN_INIT("closing brace"), SPAN_INIT("}")},
		{"macro percent", SPAN_INIT("v=spf1 exists:a%b.org"), PROBLEM_ERROR, 15, 1,
		 SPAN_INIT("starts no macro"), SPAN_INIT("%%")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct spf_record *record = spf_record_parse(arena, rows[i].text);
		assert_non_null(record);
		assert_row_problem(&rows[i], &record->problems);
		arena_free(arena);
	}
}

static void test_clean(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		size_t term_count;
		struct span written;
	} rows[] = {
		{"version", SPAN_INIT("v=spf1"), 0, SPAN_INIT("v=spf1")},
		{"spaces", SPAN_INIT("v=spf1  a   mx -all  "), 3, SPAN_INIT("v=spf1 a mx -all")},
		{"plus", SPAN_INIT("v=spf1 +ip4:192.0.2.1 ?all"), 2,
		 SPAN_INIT("v=spf1 +ip4:192.0.2.1 ?all")},
		{"case", SPAN_INIT("V=SPF1 IP4:192.0.2.0/24 Include:Spf.A.org -ALL"), 3,
		 SPAN_INIT("v=spf1 ip4:192.0.2.0/24 include:Spf.A.org -all")},
		{"ip6", SPAN_INIT("v=spf1 ip6:2001:DB8:0::/32 ip6:::ffff:1.2.3.4"), 2,
		 SPAN_INIT("v=spf1 ip6:2001:db8::/32 ip6:::ffff:1.2.3.4")},
		{"prefixes", SPAN_INIT("v=spf1 a/24 mx//64 a:b.org/0//0 mx:c.org/32//128"), 4,
		 SPAN_INIT("v=spf1 a/24 mx//64 a:b.org/0//0 mx:c.org")},
		{"redirect", SPAN_INIT("v=spf1 mx redirect=_spf.a.org"), 2,
		 SPAN_INIT("v=spf1 mx redirect=_spf.a.org")},
		{"macros", SPAN_INIT("v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} ~all"), 2,
		 SPAN_INIT("v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} ~all")},
		{"unknown modifier", SPAN_INIT("v=spf1 moo.cow-far_out=man:dog/cat -all"), 2,
		 SPAN_INIT("v=spf1 moo.cow-far_out=man:dog/cat -all")},
		{"obsolete modifier", SPAN_INIT("v=spf1 default=+"), 1,
		 SPAN_INIT("v=spf1 default=+")},
		{"exp after all", SPAN_INIT("v=spf1 -all exp=e.a.org"), 2,
		 SPAN_INIT("v=spf1 -all exp=e.a.org")},
		{"hyphen top label", SPAN_INIT("v=spf1 a:foo.xn--zckzah. -all"), 2,
		 SPAN_INIT("v=spf1 a:foo.xn--zckzah. -all")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct spf_record *record = spf_record_parse(arena, rows[i].text);
		struct buffer written = buffer_new(1000);
		assert_row_int(rows[i].name, problem_count(&record->problems), 0);
		assert_row_int(rows[i].name, record->term_count, rows[i].term_count);
		spf_record_write(record, &written);
		assert_row_span(rows[i].name, buffer_span(&written), rows[i].written);
		buffer_free(&written);
		arena_free(arena);
	}
}

static void test_terms(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct spf_record *record = spf_record_parse(
		arena, SPAN("v=spf1 ~a:b.org/24//64 ip4:192.0.2.7/24 exists:%{i}.c.org "
			    "-all exp=d.org x=y nonsense redirect=e.org"));
	const struct spf_term *terms = record->terms;
	assert_int_equal(record->term_count, 8);
	assert_int_equal(terms[0].mechanism, SPF_A);
	assert_int_equal(terms[0].qualifier, SPF_SOFTFAIL);
	assert_true(terms[0].has_qualifier);
	assert_int_equal(terms[0].offset, 7);
	assert_row_span("text", terms[0].text, SPAN("~a:b.org/24//64"));
	assert_row_span("domain-spec", terms[0].domain_spec, SPAN("b.org"));
	assert_int_equal(terms[0].domain_spec_offset, 10);
	assert_int_equal(terms[0].prefix_len4, 24);
	assert_int_equal(terms[0].prefix_len6, 64);
	assert_int_equal(terms[1].network.prefix_len, 24);
	assert_int_equal(terms[1].network.address[3], 7);
	assert_true(terms[2].has_macros);
	assert_int_equal(terms[4].kind, SPF_TERM_EXP);
	assert_int_equal(terms[5].kind, SPF_TERM_UNKNOWN_MODIFIER);
	assert_int_equal(terms[6].kind, SPF_TERM_INVALID);
	assert_ptr_equal(spf_record_all(record), &terms[3]);
	assert_ptr_equal(spf_record_redirect(record), &terms[7]);
	assert_true(spf_term_queries_dns(&terms[0]));
	assert_false(spf_term_queries_dns(&terms[1]));
	assert_true(spf_term_queries_dns(&terms[2]));
	assert_false(spf_term_queries_dns(&terms[3]));
	assert_false(spf_term_queries_dns(&terms[4]));
	assert_true(spf_term_queries_dns(&terms[7]));
	assert_string_equal(spf_mechanism_name(SPF_EXISTS), "exists");
	assert_string_equal(spf_qualifier_name(SPF_NEUTRAL), "neutral");
	arena_free(arena);
}

static void test_macro(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_exp;
		bool is_valid;
		size_t bad_offset;
	} rows[] = {
		{"literal", SPAN_INIT("a.b"), false, true, 0},
		{"letters", SPAN_INIT("%{s}%{l}%{o}%{d}%{i}%{p}%{h}%{v}"), false, true, 0},
		{"upper case", SPAN_INIT("%{D2}"), false, true, 0},
		{"transformers", SPAN_INIT("%{d127r.-+,/_=}"), false, true, 0},
		{"escapes", SPAN_INIT("a%%b%_c%-"), false, true, 0},
		{"c outside exp", SPAN_INIT("%{c}"), false, false, 2},
		{"c in exp", SPAN_INIT("from %{c} at %{t} by %{R}"), true, true, 0},
		{"space outside exp", SPAN_INIT("a b"), false, false, 1},
		{"parenthesis", SPAN_INIT("%(ir).a"), false, false, 0},
		{"zero parts", SPAN_INIT("%{d0}"), false, false, 3},
		{"zeros", SPAN_INIT("%{d000}"), false, false, 3},
		{"leading zero", SPAN_INIT("%{d01}"), false, true, 0},
		{"two r", SPAN_INIT("%{drr}"), false, false, 4},
		{"open", SPAN_INIT("a%{d"), false, false, 4},
		{"percent at the end", SPAN_INIT("a%"), false, false, 1},
		{"octet above ASCII", SPAN_INIT("a\xff"), true, false, 1},
		{"NUL letter", SPAN_INIT("%{\0}"), false, false, 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t bad = 0;
		assert_row_int(rows[i].name, spf_macro_is_valid(rows[i].text, rows[i].is_exp, &bad),
			       rows[i].is_valid);
		assert_row_int(rows[i].name, bad, rows[i].bad_offset);
	}
}

static void test_too_many_terms(void **state)
{
	(void)state;
	struct buffer text = buffer_new(100000);
	buffer_puts(&text, "v=spf1");
	for (int i = 0; i < SPF_MAX_TERMS + 5; i++) {
		buffer_puts(&text, " mx");
	}
	struct arena *arena = arena_new((size_t)4 << 20);
	struct spf_record *record = spf_record_parse(arena, buffer_span(&text));
	assert_int_equal(record->term_count, SPF_MAX_TERMS);
	assert_int_equal(record->problems.error_count, 1);
	assert_int_equal(problem_at(&record->problems, 0)->offset, 6 + 3 * SPF_MAX_TERMS + 1);
	arena_free(arena);
	buffer_free(&text);
}

/* Every allocation in turn fails: no record, and nothing worse. */
static void test_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < 12; i++) {
		struct arena *arena = arena_new(100000);
		arena_fail_after(arena, i);
		struct spf_record *record =
			spf_record_parse(arena, SPAN("v=spf1 a b mx c d e ~all]"));
		assert_true((record == NULL) == arena_has_failed(arena));
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_spf), cmocka_unit_test(test_problems),
		cmocka_unit_test(test_clean),  cmocka_unit_test(test_terms),
		cmocka_unit_test(test_macro),  cmocka_unit_test(test_too_many_terms),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads one term of an SPF record (RFC 7208 4.6.1 and 12). */
#include "base/text.h"
#include "records/nearest.h"
#include "records/spf_parser.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_DOMAIN,
	ARGUMENT_OPTIONAL_DOMAIN,
	ARGUMENT_OPTIONAL_DOMAIN_AND_PREFIX,
	ARGUMENT_NETWORK,
};

static const enum argument arguments[SPF_MECHANISM_COUNT] = {
	[SPF_ALL] = ARGUMENT_NONE,
	[SPF_INCLUDE] = ARGUMENT_DOMAIN,
	[SPF_A] = ARGUMENT_OPTIONAL_DOMAIN_AND_PREFIX,
	[SPF_MX] = ARGUMENT_OPTIONAL_DOMAIN_AND_PREFIX,
	[SPF_PTR] = ARGUMENT_OPTIONAL_DOMAIN,
	[SPF_IP4] = ARGUMENT_NETWORK,
	[SPF_IP6] = ARGUMENT_NETWORK,
	[SPF_EXISTS] = ARGUMENT_DOMAIN,
};

#define ALL_MECHANISMS "include, a, mx, ptr, ip4, ip6, exists or all"

void spf_parser_error(struct spf_parser *parser, size_t offset, size_t len, struct span what,
		      struct span expected)
{
	problem_add(parser->problems, parser->arena,
		    (struct problem){PROBLEM_ERROR, offset, len, what, expected});
}

void spf_parser_warn(struct spf_parser *parser, size_t offset, size_t len, struct span what,
		     struct span expected)
{
	problem_add(parser->problems, parser->arena,
		    (struct problem){PROBLEM_WARN, offset, len, what, expected});
}

static struct span quote(struct spf_parser *parser, struct span text)
{
	return problem_quote(parser->arena, text);
}

/* Octets that keyboards, word processors and web forms put in place of plain ones. */
static const struct {
	uint32_t first;
	uint32_t last;
	const char *what;
	const char *expected;
} lookalikes[] = {
	{'\t', '\t', "tab between terms", "a space; SPF knows no other separator"},
	{'\n', '\r', "line end inside the record", "a space"},
	{0xa0, 0xa0, "no-break space (U+00A0)", "a plain space"},
	{0x200b, 0x200f, "invisible character", "nothing; delete it"},
	{0x2010, 0x2011, "typographic hyphen", "a plain hyphen \"-\""},
	{0x2012, 0x2015, "dash in place of a hyphen", "a plain hyphen \"-\""},
	{0x2018, 0x201f, "typographic quote", "nothing; delete it"},
	{0x2212, 0x2212, "minus sign (U+2212) in place of a hyphen", "a plain hyphen \"-\""},
	{0x223c, 0x223c, "tilde operator (U+223C)", "a plain tilde \"~\""},
	{0x2dc, 0x2dc, "small tilde (U+02DC)", "a plain tilde \"~\""},
	{0x3000, 0x3000, "wide space (U+3000)", "a plain space"},
	{0xfeff, 0xfeff, "byte order mark (U+FEFF)", "nothing; delete it"},
	{0xff01, 0xff5e, "full-width character", "the plain ASCII character"},
};

static void report_octet(struct spf_parser *parser, struct span rest, size_t offset)
{
	uint32_t code_point = 0;
	size_t len = text_utf8_next(rest, &code_point);
	for (size_t i = 0; len > 0 && i < sizeof(lookalikes) / sizeof(lookalikes[0]); i++) {
		if (code_point >= lookalikes[i].first && code_point <= lookalikes[i].last) {
			spf_parser_error(parser, offset, len, span_of_string(lookalikes[i].what),
					 span_of_string(lookalikes[i].expected));
			return;
		}
	}
	len = len > 0 ? len : 1;
	spf_parser_error(parser, offset, len,
			 arena_printf(parser->arena, "octet outside visible ASCII: %.*s",
				      SPAN_ARG(quote(parser, span_slice(rest, 0, len)))),
			 SPAN("visible ASCII characters only"));
}

static bool is_visible(struct span text)
{
	bool is_good = true;
	for (size_t i = 0; i < text.len; i++) { /* without a way out: for the compiler to unroll */
		is_good &= text.ptr[i] > 0x20 && text.ptr[i] < 0x7f;
	}
	return is_good;
}

/* RFC 7208 12: a term is made of visible ASCII. */
static bool check_octets(struct spf_parser *parser, const struct spf_term *term)
{
	if (is_visible(term->text)) {
		return true;
	}
	for (size_t i = 0; i < term->text.len; i++) {
		unsigned char octet = span_octet(term->text, i);
		if (octet <= 0x20 || octet >= 0x7f) {
			report_octet(parser, span_from(term->text, i), term->offset + i);
			return false;
		}
	}
	return true;
}

static bool is_mechanism_char(char c)
{
	return text_is_alnum(c);
}

/* RFC 7208 12: name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) */
static bool is_name_char(char c)
{
	return text_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* A modifier that is ignored although its name looks like one that means something. */
static void warn_unknown_modifier(struct spf_parser *parser, const struct spf_term *term,
				  struct span value)
{
	struct span name = term->name;
	if (span_equal_nocase(name, SPAN("v"))) {
		spf_parser_warn(parser, term->offset, term->text.len,
				SPAN("second version inside the record"),
				SPAN("one \"v=spf1\", at the start; join the two records' terms"));
		return;
	}
	struct span meant = nearest_word(name, spf_names, SPF_NAME_COUNT);
	if (meant.len == 0 && name.len > 1) {
		return;
	}
	meant = meant.len > 0 ? meant : name;
	bool is_modifier = meant.ptr == spf_names[SPF_NAME_COUNT - 2].ptr ||
			   meant.ptr == spf_names[SPF_NAME_COUNT - 1].ptr;
	if (meant.len > 1 || span_equal_nocase(name, SPAN("a"))) {
		spf_parser_warn(parser, term->offset, term->text.len,
				arena_printf(parser->arena, "unknown modifier %.*s is ignored",
					     SPAN_ARG(quote(parser, name))),
				arena_printf(parser->arena, "did you mean \"%.*s%c%.*s\"?",
					     SPAN_ARG(meant), is_modifier ? '=' : ':',
					     SPAN_ARG(value)));
	}
}

static void read_unknown_modifier(struct spf_parser *parser, struct spf_term *term,
				  struct span value, size_t offset)
{
	size_t bad;
	if (!spf_macro_is_valid(value, true /* is_exp */, &bad)) {
		spf_parser_error(parser, offset + bad, bad < value.len,
				 SPAN("macro syntax error in an unknown modifier"),
				 SPAN("\"%{\" and a macro letter, or \"%%\""));
		return;
	}
	term->kind = SPF_TERM_UNKNOWN_MODIFIER;
	warn_unknown_modifier(parser, term, value);
}

static void read_modifier(struct spf_parser *parser, struct spf_term *term)
{
	struct span value = span_from(term->text, term->name.len + 1);
	size_t offset = term->offset + term->name.len + 1;
	if (!text_is_alpha(term->name.ptr[0])) {
		spf_parser_error(parser, term->offset, term->name.len,
				 arena_printf(parser->arena, "modifier name %.*s",
					      SPAN_ARG(quote(parser, term->name))),
				 SPAN("a name that starts with a letter"));
		return;
	}
	bool is_redirect = span_equal_nocase(term->name, SPAN("redirect"));
	if (!is_redirect && !span_equal_nocase(term->name, SPAN("exp"))) {
		read_unknown_modifier(parser, term, value, offset);
		return;
	}
	if (spf_domain_read(parser, term, value, offset)) {
		term->kind = is_redirect ? SPF_TERM_REDIRECT : SPF_TERM_EXP;
	}
}

/* What somebody who wrote a bare address or name most likely wanted, or an empty span. */
static struct span guess_whole_term(struct spf_parser *parser, struct span body)
{
	struct network network;
	if (network_parse(body, &network)) {
		return arena_printf(parser->arena, "; did you mean \"ip%d:%.*s\"?",
				    (int)network.family, SPAN_ARG(body));
	}
	size_t bad;
	size_t bad_len;
	bool has_argument =
		span_find(body, ':', 0) < body.len || span_find(body, '=', 0) < body.len;
	if (!has_argument && spf_domain_end_is_valid(body, &bad, &bad_len)) {
		return arena_printf(parser->arena, "; did you mean \"include:%.*s\"?",
				    SPAN_ARG(body));
	}
	return span_of(NULL, 0);
}

static void report_unknown_mechanism(struct spf_parser *parser, struct spf_term *term,
				     struct span body, size_t offset)
{
	struct cursor cursor = cursor_of(body);
	struct span name = cursor_take_while(&cursor, is_name_char);
	if (name.len == 0) {
		struct span first = span_slice(body, 0, body.len > 0);
		struct span what =
			arena_printf(parser->arena, "%.*s where a mechanism should start",
				     SPAN_ARG(quote(parser, first)));
		spf_parser_error(parser, offset, first.len,
				 first.len > 0 ? what : SPAN("qualifier without a mechanism"),
				 SPAN(ALL_MECHANISMS));
		return;
	}
	struct span hint = guess_whole_term(parser, body);
	struct span meant = nearest_word(name, spf_names, SPF_NAME_COUNT);
	bool is_modifier = meant.ptr == spf_names[SPF_NAME_COUNT - 2].ptr ||
			   meant.ptr == spf_names[SPF_NAME_COUNT - 1].ptr;
	if (hint.len == 0 && meant.len > 0) {
		hint = arena_printf(parser->arena, "; did you mean \"%.*s%s\"?", SPAN_ARG(meant),
				    is_modifier ? "=" : "");
	}
	term->name = name;
	spf_parser_error(parser, offset, name.len,
			 arena_printf(parser->arena, "unknown mechanism %.*s",
				      SPAN_ARG(quote(parser, name))),
			 arena_printf(parser->arena, ALL_MECHANISMS "%.*s", SPAN_ARG(hint)));
}

static void report_leftover(struct spf_parser *parser, const struct spf_term *term,
			    struct span rest, size_t offset)
{
	static const char *const expected[] = {
		[ARGUMENT_NONE] = "a space or the end of the record",
		[ARGUMENT_DOMAIN] = "\":\" and a domain name",
		[ARGUMENT_OPTIONAL_DOMAIN] = "a space, or \":\" and a domain name",
		[ARGUMENT_OPTIONAL_DOMAIN_AND_PREFIX] =
			("a space, \":\" and a domain name, or a prefix \"/24\", \"//64\" or "
			 "\"/24//64\""),
		[ARGUMENT_NETWORK] = "\":\" and an address",
	};
	struct span what = rest.len > 0 ? arena_printf(parser->arena, "%.*s directly after %.*s",
						       SPAN_ARG(quote(parser, rest)),
						       SPAN_ARG(quote(parser, term->name)))
					: arena_printf(parser->arena, "%.*s without its argument",
						       SPAN_ARG(quote(parser, term->name)));
	spf_parser_error(parser, offset, rest.len, what,
			 span_of_string(expected[arguments[term->mechanism]]));
}

static bool read_argument(struct spf_parser *parser, struct spf_term *term, struct span rest,
			  size_t offset)
{
	enum argument argument = arguments[term->mechanism];
	if (argument == ARGUMENT_OPTIONAL_DOMAIN_AND_PREFIX &&
	    !spf_prefix_lens_read(parser, term, &rest, offset)) {
		return false;
	}
	bool is_optional = argument != ARGUMENT_DOMAIN && argument != ARGUMENT_NETWORK;
	if (rest.len == 0 && is_optional) {
		return true;
	}
	if (argument == ARGUMENT_NONE || rest.len == 0 || rest.ptr[0] != ':') {
		report_leftover(parser, term, rest, offset);
		return false;
	}
	struct span value = span_from(rest, 1);
	return argument == ARGUMENT_NETWORK ? spf_network_read(parser, term, value, offset + 1)
					    : spf_domain_read(parser, term, value, offset + 1);
}

static bool read_qualifier(struct spf_term *term)
{
	switch (term->text.ptr[0]) {
	case '+':
		term->qualifier = SPF_PASS;
		return true;
	case '-':
		term->qualifier = SPF_FAIL;
		return true;
	case '~':
		term->qualifier = SPF_SOFTFAIL;
		return true;
	case '?':
		term->qualifier = SPF_NEUTRAL;
		return true;
	default:
		return false;
	}
}

static void read_mechanism(struct spf_parser *parser, struct spf_term *term)
{
	term->has_qualifier = read_qualifier(term);
	struct span body = span_from(term->text, term->has_qualifier);
	size_t offset = term->offset + term->has_qualifier;
	struct cursor cursor = cursor_of(body);
	struct span name = cursor_take_while(&cursor, is_mechanism_char);
	for (size_t i = 0; i < SPF_MECHANISM_COUNT; i++) {
		if (span_equal_nocase(name, spf_names[i])) {
			term->mechanism = (enum spf_mechanism)i;
			term->name = name;
			bool is_read = read_argument(parser, term, cursor_rest(&cursor),
						     offset + cursor.at);
			term->kind = is_read ? SPF_TERM_MECHANISM : SPF_TERM_INVALID;
			return;
		}
	}
	report_unknown_mechanism(parser, term, body, offset);
}

void spf_term_read(struct spf_parser *parser, struct spf_term *term)
{
	term->kind = SPF_TERM_INVALID;
	term->prefix_len4 = 32;
	term->prefix_len6 = 128;
	if (!check_octets(parser, term)) {
		return;
	}
	struct cursor cursor = cursor_of(term->text);
	struct span name = cursor_take_while(&cursor, is_name_char);
	/* RFC 7208 4.6.1: "=" directly after the name makes it a modifier. A "-" in front is a
	 * qualifier, so "-exp=..." is neither. */
	if (name.len > 0 && name.ptr[0] != '-' && cursor_peek(&cursor) == '=') {
		term->name = name;
		read_modifier(parser, term);
		return;
	}
	read_mechanism(parser, term);
}

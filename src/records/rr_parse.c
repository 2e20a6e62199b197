/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Master-file text -> DNS record data. */
#include "records/name.h"
#include "records/network.h"
#include "records/rr.h"
#include "records/rr_layout.h"
#include "records/txt.h"

struct parser {
	struct arena *arena;
	struct cursor text;
	struct buffer rdata;
	struct problem problem; /* of the first failure */
};

/* A word or a quoted string; still escaped, without the quotes. */
struct token {
	struct span text;
	size_t offset; /* of the first octet, which may be a quote */
	bool is_quoted;
};

static bool fail(struct parser *parser, const struct token *token, struct span what,
		 struct span expected)
{
	parser->problem = (struct problem){
		.weight = PROBLEM_ERROR,
		.offset = token->offset,
		.len = token->text.len + (token->is_quoted ? 2 : 0),
		.what = what,
		.expected = expected,
	};
	return false;
}

/* RFC 1035 5.1: parentheses only group lines. */
static bool is_blank(char c)
{
	return text_is_space(c) || c == '(' || c == ')';
}

static bool is_at_end(struct parser *parser)
{
	cursor_take_while(&parser->text, is_blank);
	return cursor_is_at_end(&parser->text);
}

/* Offset of the first octet at or after start that is_stop, escaped ones left out. */
static size_t find_stop(struct span text, size_t start, bool (*is_stop)(char))
{
	size_t i = start;
	while (i < text.len && !is_stop(text.ptr[i])) {
		i += text.ptr[i] == '\\' ? 2 : 1;
	}
	return i < text.len ? i : text.len;
}

static bool is_quote(char c)
{
	return c == '"';
}

static bool is_word_end(char c)
{
	return is_blank(c) || c == '"' || c == ';';
}

static bool take_quoted(struct parser *parser, struct token *token)
{
	struct span text = parser->text.all;
	size_t end = find_stop(text, token->offset + 1, is_quote);
	if (end == text.len) {
		token->text = span_from(text, token->offset);
		return fail(parser, token, SPAN("the quote is never closed"), SPAN("\""));
	}
	token->is_quoted = true;
	token->text = span_slice(text, token->offset + 1, end - token->offset - 1);
	parser->text.at = end + 1;
	return true;
}

static bool take_word(struct parser *parser, struct token *token)
{
	struct span text = parser->text.all;
	size_t end = find_stop(text, token->offset, is_word_end);
	token->text = span_slice(text, token->offset, end - token->offset);
	parser->text.at = end;
	if (end < text.len && text.ptr[end] == ';') {
		struct token comment = {span_slice(text, end, 1), end, false};
		return fail(parser, &comment, SPAN("\";\" starts a comment in a zone file"),
			    SPAN("text in quotes"));
	}
	return true;
}

/* expected says what should stand here, for the case that nothing does. */
static bool take_token(struct parser *parser, struct span expected, struct token *token)
{
	bool is_missing = is_at_end(parser);
	*token = (struct token){.offset = parser->text.at};
	if (is_missing) {
		return fail(parser, token, SPAN("the data ends too early"), expected);
	}
	return cursor_peek(&parser->text) == '"' ? take_quoted(parser, token)
						 : take_word(parser, token);
}

static bool take_number(struct parser *parser, size_t size)
{
	static const struct {
		uint64_t max;
		struct span expected;
	} rows[] = {
		[1] = {UINT8_MAX, SPAN_INIT("a number from 0 to 255")},
		[2] = {UINT16_MAX, SPAN_INIT("a number from 0 to 65535")},
		[4] = {UINT32_MAX, SPAN_INIT("a number from 0 to 4294967295")},
	};
	struct token token;
	if (!take_token(parser, rows[size].expected, &token)) {
		return false;
	}
	uint64_t number;
	if (token.is_quoted || !number_parse_decimal(token.text, rows[size].max, &number)) {
		return fail(parser, &token, SPAN("not a number that fits here"),
			    rows[size].expected);
	}
	for (size_t i = size; i > 0; i--) {
		buffer_putc(&parser->rdata, (char)(number >> (8 * (i - 1)) & 0xff));
	}
	return true;
}

static bool take_name(struct parser *parser)
{
	struct span expected = SPAN("a full domain name");
	struct token token;
	if (!take_token(parser, expected, &token)) {
		return false;
	}
	if (span_equal(token.text, SPAN("@"))) {
		return fail(parser, &token, SPAN("\"@\" means nothing outside a zone file"),
			    expected);
	}
	if (token.is_quoted || !name_to_wire(token.text, &parser->rdata)) {
		return fail(parser, &token, SPAN("not a domain name"), expected);
	}
	return true;
}

static bool take_address(struct parser *parser, enum network_family family)
{
	bool is_ipv4 = family == NETWORK_IPV4;
	struct span expected = is_ipv4 ? SPAN("an IPv4 address") : SPAN("an IPv6 address");
	struct token token;
	struct network network;
	if (!take_token(parser, expected, &token)) {
		return false;
	}
	if (token.is_quoted || !network_parse_address(token.text, &network) ||
	    network.family != family) {
		return fail(parser, &token, SPAN("not an address of this kind"), expected);
	}
	buffer_append(&parser->rdata, span_of(network.address, is_ipv4 ? 4 : 16));
	return true;
}

/* RFC 1035 5.1: \X is X, \DDD the octet with that decimal number. */
static bool append_unescaped(struct parser *parser, const struct token *token,
			     struct buffer *octets)
{
	struct cursor text = cursor_of(token->text);
	while (!cursor_is_at_end(&text)) {
		uint64_t octet = cursor_u8(&text);
		if (octet != '\\') {
			buffer_putc(octets, (char)octet);
			continue;
		}
		struct token escape = {span_slice(token->text, text.at - 1, 1),
				       token->offset + token->is_quoted + text.at - 1, false};
		if (!cursor_is_at_end(&text) && !text_is_digit((char)cursor_peek(&text))) {
			buffer_putc(octets, (char)cursor_u8(&text));
			continue;
		}
		if (!number_parse_decimal(cursor_take(&text, 3), 255, &octet)) {
			return fail(parser, &escape, SPAN("broken escape"),
				    SPAN("three digits up to 255, or one other character"));
		}
		buffer_putc(octets, (char)octet);
	}
	return true;
}

static bool append_string(struct parser *parser, const struct token *token)
{
	struct buffer string = buffer_new_for(parser->arena, TXT_STRING_MAX);
	bool is_ok = append_unescaped(parser, token, &string);
	if (is_ok && string.is_failed) {
		is_ok = fail(parser, token, SPAN("a string longer than 255 octets"),
			     SPAN("several strings, each in quotes"));
	}
	if (is_ok) {
		txt_to_rdata(buffer_span(&string), &parser->rdata);
	}
	buffer_free(&string);
	return is_ok;
}

/* One word, or any number of quoted strings: several words are allowed in a zone file, but lose
 * the spaces between them, which nobody means. */
static bool take_strings(struct parser *parser)
{
	size_t count = 0;
	do {
		struct token token;
		if (!take_token(parser, SPAN("text in quotes"), &token)) {
			return false;
		}
		bool is_alone = count == 0 && is_at_end(parser);
		if (!token.is_quoted && !is_alone) {
			return fail(parser, &token, SPAN("spaces between words without quotes"),
				    SPAN("text in quotes"));
		}
		if (!append_string(parser, &token)) {
			return false;
		}
		count++;
	} while (!is_at_end(parser));
	return true;
}

static bool decode(struct span digits, bool is_hex, struct buffer *octets)
{
	size_t bad_offset;
	return is_hex ? number_parse_hex(digits, octets)
		      : base64_decode(digits, octets, &bad_offset);
}

/* Digits to the end, spaces allowed anywhere. */
static bool take_digits(struct parser *parser, bool is_hex)
{
	struct span expected = is_hex ? SPAN("hexadecimal digits") : SPAN("base64");
	struct buffer digits = buffer_new_for(parser->arena, RR_TEXT_MAX);
	struct token token;
	bool is_ok = take_token(parser, expected, &token);
	struct token all = {.offset = token.offset};
	while (is_ok) {
		buffer_append(&digits, token.text);
		all.text = span_slice(parser->text.all, all.offset, parser->text.at - all.offset);
		if (is_at_end(parser)) {
			break;
		}
		is_ok = take_token(parser, expected, &token);
	}
	if (is_ok && (digits.is_failed || digits.len == 0 ||
		      !decode(buffer_span(&digits), is_hex, &parser->rdata))) {
		is_ok = fail(parser, &all, SPAN("broken digits"), expected);
	}
	buffer_free(&digits);
	return is_ok;
}

static bool take_tag(struct parser *parser)
{
	struct span expected = SPAN("a tag of letters and digits");
	struct token token;
	if (!take_token(parser, expected, &token)) {
		return false;
	}
	struct cursor reader = cursor_of(token.text);
	size_t len = cursor_take_while(&reader, text_is_alnum).len;
	if (token.is_quoted || len != token.text.len || len == 0 || len > UINT8_MAX) {
		return fail(parser, &token, SPAN("not a tag"), expected);
	}
	buffer_putc(&parser->rdata, (char)len);
	buffer_append(&parser->rdata, token.text);
	return true;
}

static bool take_value(struct parser *parser)
{
	struct token token;
	return take_token(parser, SPAN("a value in quotes"), &token) &&
	       append_unescaped(parser, &token, &parser->rdata);
}

static bool take_field(struct parser *parser, enum rr_field field)
{
	switch (field) {
	case RR_FIELD_END:
		return true;
	case RR_FIELD_U8:
		return take_number(parser, 1);
	case RR_FIELD_U16:
		return take_number(parser, 2);
	case RR_FIELD_U32:
		return take_number(parser, 4);
	case RR_FIELD_NAME:
		return take_name(parser);
	case RR_FIELD_IPV4:
		return take_address(parser, NETWORK_IPV4);
	case RR_FIELD_IPV6:
		return take_address(parser, NETWORK_IPV6);
	case RR_FIELD_STRINGS:
		return take_strings(parser);
	case RR_FIELD_HEX:
		return take_digits(parser, /* is_hex */ true);
	case RR_FIELD_BASE64:
		return take_digits(parser, /* is_hex */ false);
	case RR_FIELD_TAG:
		return take_tag(parser);
	case RR_FIELD_VALUE:
		return take_value(parser);
	}
	return false;
}

/* RFC 3597 5: \# length hexadecimal, for known types as well */
static bool take_opaque(struct parser *parser)
{
	struct token token;
	uint64_t len;
	if (!take_token(parser, SPAN("a length"), &token)) {
		return false;
	}
	if (!number_parse_decimal(token.text, RR_RDATA_MAX, &len)) {
		return fail(parser, &token, SPAN("not a length"), SPAN("a number from 0 to 65535"));
	}
	if (len > 0 && !take_digits(parser, /* is_hex */ true)) {
		return false;
	}
	if (parser->rdata.len != len) {
		return fail(parser, &token, SPAN("not the length of what follows"),
			    arena_printf(parser->arena, "%zu", parser->rdata.len));
	}
	return true;
}

static bool take_data(struct parser *parser, uint16_t type)
{
	const struct rr_layout *layout = rr_layout_find(type);
	is_at_end(parser);
	struct token start = {cursor_rest(&parser->text), parser->text.at, false};
	struct cursor after = parser->text;
	if (cursor_accept_nocase(&after, SPAN("\\#")) &&
	    (cursor_is_at_end(&after) || is_blank((char)cursor_peek(&after)))) {
		parser->text = after;
		return take_opaque(parser);
	}
	if (layout == NULL || layout->fields[0] == RR_FIELD_END) {
		return fail(parser, &start, SPAN("data of a type without a text form"),
			    SPAN("\\# length hexadecimal"));
	}
	for (const enum rr_field *field = layout->fields; *field != RR_FIELD_END; field++) {
		if (!take_field(parser, *field)) {
			return false;
		}
	}
	return true;
}

static bool check_end(struct parser *parser)
{
	bool has_more = !is_at_end(parser);
	struct token rest = {cursor_rest(&parser->text), parser->text.at, false};
	if (has_more) {
		return fail(parser, &rest, SPAN("more than the record holds"), SPAN("the end"));
	}
	if (parser->rdata.is_failed) {
		return fail(parser, &rest, SPAN("longer than DNS allows"), span_of(NULL, 0));
	}
	return true;
}

bool rr_parse_text(struct arena *arena, uint16_t type, struct span text, struct span *ret_rdata,
		   struct problem *ret_problem)
{
	struct parser parser = {
		.arena = arena,
		.text = cursor_of(text),
		.rdata = buffer_new_for(arena, RR_RDATA_MAX),
	};
	bool is_ok = take_data(&parser, type) && check_end(&parser);
	if (is_ok) {
		struct span rdata = arena_copy(arena, buffer_span(&parser.rdata));
		is_ok = rdata.ptr != NULL;
		if (is_ok) {
			*ret_rdata = rdata;
		} else {
			parser.problem.what = SPAN("out of memory");
		}
	}
	if (!is_ok) {
		*ret_problem = parser.problem;
	}
	buffer_free(&parser.rdata);
	return is_ok;
}

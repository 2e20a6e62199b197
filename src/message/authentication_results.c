/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads Authentication-Results with a cursor; comments are counted, not recursed into. */
#include "message/authentication_results.h"

struct parser {
	struct arena *arena;
	struct cursor cursor;
	struct authentication_results *results;
};

/* RFC 5321 4.1.2 Keyword */
static bool is_keyword_octet(char c)
{
	return text_is_alnum(c) || c == '-' || c == '_';
}

static bool is_method_octet(char c)
{
	return is_keyword_octet(c) || c == '.';
}

/* Visible and neither a separator nor the start of a comment or a quoted string. */
static bool is_value_octet(char c)
{
	return (unsigned char)c > ' ' && c != 127 && strchr(";()\"<>\\,", c) == NULL;
}

/* RFC 2045 5.1: not a tspecial */
static bool is_token_octet(char c)
{
	return is_value_octet(c) && strchr("@:/[]?=", c) == NULL;
}

static bool fail(struct parser *parser)
{
	parser->cursor.is_failed = true;
	return false;
}

static void skip_comment(struct parser *parser)
{
	struct cursor *cursor = &parser->cursor;
	size_t depth = 0;
	while (!cursor_is_at_end(cursor)) {
		char c = cursor->all.ptr[cursor->at++];
		cursor->at += c == '\\' && !cursor_is_at_end(cursor);
		depth += c == '(';
		depth -= c == ')';
		if (depth == 0) {
			return;
		}
	}
	fail(parser);
}

/* White space and comments; false when a comment does not end. */
static bool skip_space(struct parser *parser)
{
	while (!parser->cursor.is_failed) {
		(void)cursor_take_while(&parser->cursor, text_is_space);
		if (cursor_peek(&parser->cursor) != '(') {
			break;
		}
		skip_comment(parser);
	}
	return !parser->cursor.is_failed;
}

static bool accept(struct parser *parser, char c)
{
	return skip_space(parser) && cursor_accept(&parser->cursor, c);
}

static bool expect(struct parser *parser, char c)
{
	return accept(parser, c) || fail(parser);
}

/* At the opening quote. The value without quotes and backslashes. */
static bool read_quoted(struct parser *parser, struct span *ret_value)
{
	struct cursor *cursor = &parser->cursor;
	char *value = arena_alloc(parser->arena, cursor_rest(cursor).len);
	size_t len = 0;
	cursor->at++;
	while (value != NULL && !cursor_is_at_end(cursor)) {
		char c = cursor->all.ptr[cursor->at++];
		if (c == '"') {
			*ret_value = span_of(value, len);
			return true;
		}
		if (c == '\\' && !cursor_is_at_end(cursor)) {
			c = cursor->all.ptr[cursor->at++];
		}
		value[len++] = c;
	}
	return fail(parser);
}

/* A run of such octets, not empty. */
static bool read_word(struct parser *parser, bool (*is_wanted)(char), struct span *ret_word)
{
	if (!skip_space(parser)) {
		return false;
	}
	*ret_word = cursor_take_while(&parser->cursor, is_wanted);
	return ret_word->len > 0 || fail(parser);
}

static bool is_all(struct span text, bool (*is_wanted)(char))
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_wanted(text.ptr[i])) {
			return false;
		}
	}
	return true;
}

/* RFC 8601 2.2 pvalue: a token, a quoted string, or [[local] "@"] domain */
static bool read_value(struct parser *parser, struct span *ret_value)
{
	if (!skip_space(parser)) {
		return false;
	}
	if (cursor_peek(&parser->cursor) == '"') {
		return read_quoted(parser, ret_value);
	}
	if (!read_word(parser, is_value_octet, ret_value)) {
		return false;
	}
	size_t at = span_find(*ret_value, '@', 0);
	struct span domain = at < ret_value->len ? span_from(*ret_value, at + 1) : *ret_value;
	parser->results->is_strict = parser->results->is_strict && is_all(domain, is_token_octet);
	return true;
}

/* What separates results, or the end. */
static bool is_at_end(struct parser *parser)
{
	return skip_space(parser) && cursor_is_at_end(&parser->cursor);
}

static bool read_number(struct parser *parser, uint64_t *ret_number)
{
	struct span digits;
	return read_word(parser, text_is_digit, &digits) &&
	       (number_parse_decimal(digits, UINT32_MAX, ret_number) || fail(parser));
}

/* type "." property, then "="; Microsoft 365 has an "action" without a type. */
static bool read_property_name(struct parser *parser, struct span word,
			       struct authentication_property *property)
{
	if (accept(parser, '=')) {
		property->property = word;
		parser->results->is_strict = false;
		return true;
	}
	property->type = word;
	return expect(parser, '.') && read_word(parser, is_method_octet, &property->property) &&
	       expect(parser, '=');
}

static bool read_property(struct parser *parser, struct span word,
			  struct authentication_result *result)
{
	struct authentication_property property = {.type = {NULL, 0}};
	if (!read_property_name(parser, word, &property) || !read_value(parser, &property.value)) {
		return false;
	}
	struct authentication_property *kept =
		VECTOR_PUSH(&result->properties, parser->arena, struct authentication_property,
			    AUTHENTICATION_PROPERTIES_MAX);
	if (kept == NULL) {
		return fail(parser);
	}
	*kept = property;
	return true;
}

/* Up to the semicolon or the end. A reason comes first. */
static bool read_details(struct parser *parser, struct authentication_result *result)
{
	while (!is_at_end(parser) && !parser->cursor.is_failed &&
	       cursor_peek(&parser->cursor) != ';') {
		struct span word;
		if (!read_word(parser, is_keyword_octet, &word)) {
			return false;
		}
		bool is_reason = span_equal_nocase(word, SPAN("reason")) && accept(parser, '=');
		if (is_reason ? !read_value(parser, &result->reason)
			      : !read_property(parser, word, result)) {
			return false;
		}
	}
	return !parser->cursor.is_failed;
}

static bool add_result(struct parser *parser, const struct authentication_result *result)
{
	struct authentication_result *kept =
		VECTOR_PUSH(&parser->results->results, parser->arena, struct authentication_result,
			    AUTHENTICATION_RESULTS_MAX);
	if (kept == NULL) {
		return fail(parser);
	}
	*kept = *result;
	return true;
}

/* "none" stands alone. */
static bool read_none(struct parser *parser)
{
	parser->results->is_none = true;
	return (parser->results->results.len == 0 && is_at_end(parser)) || fail(parser);
}

/* method ["/" version] "=" result, then reason and properties */
static bool read_result(struct parser *parser)
{
	struct authentication_result result = {.version = 1};
	if (!read_word(parser, is_method_octet, &result.method)) {
		return false;
	}
	if (span_equal_nocase(result.method, SPAN("none")) && !parser->results->is_none) {
		size_t at = parser->cursor.at;
		if (is_at_end(parser) || cursor_peek(&parser->cursor) == ';') {
			parser->cursor.at = at;
			return read_none(parser);
		}
	}
	if (!is_all(result.method, is_keyword_octet)) {
		parser->results->is_strict = false;
	}
	if (accept(parser, '/') && !read_number(parser, &result.version)) {
		return false;
	}
	return expect(parser, '=') && read_word(parser, is_keyword_octet, &result.result) &&
	       read_details(parser, &result) && add_result(parser, &result);
}

/* The results, each behind a semicolon. */
static bool read_results(struct parser *parser)
{
	while (!is_at_end(parser) && !parser->cursor.is_failed) {
		if (!expect(parser, ';')) {
			return false;
		}
		if (is_at_end(parser)) {
			parser->results->is_strict = false;
			break;
		}
		if (!read_result(parser)) {
			return false;
		}
	}
	return !parser->cursor.is_failed;
}

static bool read_id(struct parser *parser)
{
	struct authentication_results *results = parser->results;
	results->has_id = true;
	results->version = 1;
	if (!read_value(parser, &results->id)) {
		return false;
	}
	int next = skip_space(parser) ? cursor_peek(&parser->cursor) : -1;
	bool has_version = next >= '0' && next <= '9';
	return !parser->cursor.is_failed &&
	       (!has_version || read_number(parser, &results->version));
}

/* Some begin with the first result. */
static bool starts_with_result(struct parser *parser)
{
	struct cursor start = parser->cursor;
	struct span word;
	bool is_result = skip_space(parser) && cursor_peek(&parser->cursor) != '"' &&
			 read_word(parser, is_method_octet, &word) && accept(parser, '=');
	parser->cursor = start;
	return is_result;
}

/* RFC 8617 4.1.1: "i=" instance ";" */
static bool read_arc_instance(struct parser *parser)
{
	struct cursor start = parser->cursor;
	struct span word;
	bool is_instance = read_word(parser, is_method_octet, &word) &&
			   span_equal_nocase(word, SPAN("i")) && accept(parser, '=');
	if (!is_instance) {
		parser->cursor = start;
		return true;
	}
	return read_number(parser, &parser->results->arc_instance) && expect(parser, ';') &&
	       (!starts_with_result(parser) || fail(parser));
}

static bool read_field(struct parser *parser)
{
	if (starts_with_result(parser)) {
		if (!read_arc_instance(parser)) {
			return false;
		}
		if (parser->results->arc_instance == 0) {
			parser->results->is_strict = false;
			return read_result(parser) && read_results(parser);
		}
	}
	return read_id(parser) && read_results(parser);
}

bool authentication_results_parse(struct arena *arena, struct span value,
				  struct authentication_results *ret_results)
{
	*ret_results = (struct authentication_results){.is_strict = true};
	struct parser parser = {arena, cursor_of(value), ret_results};
	bool is_good = read_field(&parser) && !arena_has_failed(arena);
	ret_results->bad_offset = is_good ? 0 : parser.cursor.at;
	return is_good;
}

static struct span without_dot(struct span id)
{
	bool has_dot = id.len > 0 && id.ptr[id.len - 1] == '.';
	return span_slice(id, 0, id.len - (has_dot ? 1 : 0));
}

static bool holds_nocase(struct span text, struct span needle)
{
	for (size_t i = 0; i + needle.len <= text.len; i++) {
		if (span_starts_with_nocase(span_from(text, i), needle)) {
			return true;
		}
	}
	return false;
}

static bool is_forged(struct arena *arena, const struct header_field *field, struct span id)
{
	struct authentication_results results = {.is_strict = true};
	struct parser parser = {arena, cursor_of(field->value), &results};
	if (!span_equal_nocase(field->name, SPAN("Authentication-Results"))) {
		return false;
	}
	if (!read_id(&parser)) {
		return holds_nocase(field->value, id);
	}
	return span_equal_nocase(without_dot(results.id), without_dot(id));
}

struct vector authentication_results_forged(struct arena *arena, const struct header *header,
					    struct span id)
{
	struct vector ranges = {0};
	for (size_t i = header->field_count; i-- > 0;) {
		const struct header_field *field = &header->fields[i];
		struct octet_range *range =
			is_forged(arena, field, id)
				? VECTOR_PUSH(&ranges, arena, struct octet_range, HEADER_MAX_FIELDS)
				: NULL;
		if (range != NULL) {
			*range = (struct octet_range){field->offset, field->raw.len};
		}
	}
	return ranges;
}

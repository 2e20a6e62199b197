/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Macro strings and the end of a domain-spec (RFC 7208 7.1). */
#include "base/text.h"
#include "records/spf_parser.h"

static bool is_one_of(int c, const char *set)
{
	return c > 0 && strchr(set, c) != NULL;
}

/* RFC 7208 7.2: c, r and t are for explanation texts only. */
static bool is_macro_letter(int c, bool is_exp)
{
	if (c < 0) {
		return false;
	}
	char lower = text_lower((char)c);
	return is_one_of(lower, "slodiphv") || (is_exp && is_one_of(lower, "crt"));
}

/* RFC 7208 7.3: the number of parts must not be zero. */
static bool read_digits(struct cursor *macro)
{
	size_t start = macro->at;
	bool is_zero = true;
	while (macro->at < macro->all.len && text_is_digit(macro->all.ptr[macro->at])) {
		is_zero = is_zero && macro->all.ptr[macro->at] == '0';
		macro->at++;
	}
	if (macro->at > start && is_zero) {
		macro->at = start;
		return false;
	}
	return true;
}

/* Reads behind "%{" up to and including "}". On false the cursor stands at what is wrong. */
static bool read_braced(struct cursor *macro, bool is_exp)
{
	if (!is_macro_letter(cursor_peek(macro), is_exp)) {
		return false;
	}
	macro->at++;
	if (!read_digits(macro)) {
		return false;
	}
	(void)cursor_accept_nocase(macro, SPAN("r"));
	while (is_one_of(cursor_peek(macro), ".-+,/_=")) {
		macro->at++;
	}
	return cursor_accept(macro, '}');
}

/* Reads one macro-expand whose "%" is next. */
static bool read_macro(struct cursor *text, bool is_exp)
{
	size_t start = text->at++;
	if (cursor_accept(text, '{')) {
		return read_braced(text, is_exp);
	}
	if (cursor_accept(text, '%') || cursor_accept(text, '_') || cursor_accept(text, '-')) {
		return true;
	}
	text->at = start;
	return false;
}

static bool is_literal(int c, bool is_exp)
{
	return (c > 0x20 && c < 0x7f) || (c == ' ' && is_exp);
}

/* Reads the whole text; gives the offset behind the last macro, and in the cursor what is wrong. */
static bool read_macro_string(struct cursor *text, bool is_exp, size_t *ret_last_macro_end)
{
	while (!cursor_is_at_end(text)) {
		if (cursor_peek(text) == '%') {
			if (!read_macro(text, is_exp)) {
				return false;
			}
			*ret_last_macro_end = text->at;
			continue;
		}
		if (!is_literal(cursor_peek(text), is_exp)) {
			return false;
		}
		text->at++;
	}
	return true;
}

bool spf_macro_is_valid(struct span text, bool is_exp, size_t *ret_bad_offset)
{
	struct cursor cursor = cursor_of(text);
	size_t last_macro_end = 0;
	if (!read_macro_string(&cursor, is_exp, &last_macro_end)) {
		*ret_bad_offset = cursor.at;
		return false;
	}
	return true;
}

/* RFC 7208 7.1 toplabel: letters, digits and inner hyphens, and not digits alone. */
static bool is_toplabel(struct span label, size_t *ret_bad_offset, size_t *ret_bad_len)
{
	bool is_number = true;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.ptr[i];
		bool is_edge = i == 0 || i + 1 == label.len;
		if (!text_is_alnum(c) && (c != '-' || is_edge)) {
			*ret_bad_offset = i;
			*ret_bad_len = label.len - i;
			return false;
		}
		is_number = is_number && text_is_digit(c);
	}
	*ret_bad_offset = 0;
	*ret_bad_len = label.len;
	return !is_number;
}

bool spf_domain_end_is_valid(struct span text, size_t *ret_bad_offset, size_t *ret_bad_len)
{
	struct cursor cursor = cursor_of(text);
	size_t last_macro_end = 0;
	if (!read_macro_string(&cursor, false /* is_exp */, &last_macro_end) || text.len == 0) {
		*ret_bad_offset = cursor.at;
		*ret_bad_len = text.len - cursor.at;
		return false;
	}
	if (last_macro_end == text.len) {
		return true;
	}
	struct span name = text;
	if (name.ptr[name.len - 1] == '.') {
		name.len--;
	}
	size_t dot = name.len;
	while (dot > last_macro_end && name.ptr[dot - 1] != '.') {
		dot--;
	}
	if (dot == last_macro_end) { /* no dot outside a macro */
		*ret_bad_offset = dot;
		*ret_bad_len = text.len - dot;
		return false;
	}
	bool is_valid = is_toplabel(span_from(name, dot), ret_bad_offset, ret_bad_len);
	*ret_bad_offset += dot;
	return is_valid;
}

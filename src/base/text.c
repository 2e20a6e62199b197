/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Letters, digits and UTF-8, the same in every locale. */
#include "base/text.h"

int text_hex_value(char c)
{
	if (text_is_digit(c)) {
		return c - '0';
	}
	char lower = text_lower(c);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool text_is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (span_octet(s, i) < 0x20 || span_octet(s, i) > 0x7e) {
			return false;
		}
	}
	return true;
}

struct span text_first_word(struct span s)
{
	size_t len = 0;
	s = span_trim(s, TEXT_SPACE);
	while (len < s.len && !text_is_space(s.ptr[len])) {
		len++;
	}
	return span_slice(s, 0, len);
}

struct span text_take_word(struct span *rest)
{
	struct span text = span_trim(*rest, TEXT_SPACE);
	struct span word = text_first_word(text);
	*rest = span_trim(span_from(text, word.len), TEXT_SPACE);
	return word;
}

struct span text_lower_copy(struct arena *arena, struct span s)
{
	char *copy = arena_alloc(arena, s.len + 1);
	if (copy == NULL) {
		return span_of(NULL, 0);
	}
	for (size_t i = 0; i < s.len; i++) {
		copy[i] = text_lower(s.ptr[i]);
	}
	return span_of(copy, s.len);
}

/* Octets of the sequence that a first octet announces, or 0. */
static size_t utf8_announced_len(unsigned char first)
{
	if (first < 0x80) {
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		return 3;
	}
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t text_utf8_next(struct span s, uint32_t *ret_code_point)
{
	static const unsigned char first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s.len > 0 ? utf8_announced_len(span_octet(s, 0)) : 0;
	if (len == 0 || len > s.len) {
		return 0;
	}
	uint32_t code_point = span_octet(s, 0) & first_mask[len];
	for (size_t i = 1; i < len; i++) {
		if ((span_octet(s, i) & 0xc0) != 0x80) {
			return 0;
		}
		code_point = code_point << 6 | (span_octet(s, i) & 0x3fU);
	}
	bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
	if (code_point < least[len] || is_surrogate || code_point > 0x10ffff) {
		return 0;
	}
	*ret_code_point = code_point;
	return len;
}

bool text_is_utf8(struct span s)
{
	while (s.len > 0) {
		uint32_t code_point;
		size_t len = text_utf8_next(s, &code_point);
		if (len == 0) {
			return false;
		}
		s = span_from(s, len);
	}
	return true;
}

bool text_is_deceptive(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The quick look: counts that a compiler turns into vector instructions, then the few odd places.
 */
#include "reports/xml_scan.h"

#include <string.h>

#define BLOCK 64
/* XML 1.0 2.2 Char */
#define MAX_CHARACTER 0x10ffff

struct census {
	bool is_odd; /* a control character, or "<" before what starts no plain tag */
	bool has_high;
	size_t left;  /* "<" */
	size_t right; /* ">" */
	size_t references;
};

/* Numbers, not booleans: without branches a compiler can look at many octets at once. */
static inline unsigned is_control(unsigned char c)
{
	unsigned is_space = (unsigned)(c == '\t') | (unsigned)(c == '\n') | (unsigned)(c == '\r');
	return (unsigned)(c < 0x20) & (is_space ^ 1);
}

/* "!" and "?" start what needs more than a look. */
static inline unsigned starts_tag(unsigned char c)
{
	return (unsigned)((unsigned char)((c | 0x20) - 'a') < 26) | (unsigned)(c == '/');
}

/* One block of BLOCK octets and the one after it. */
static void count_block(struct census *census, const unsigned char *p)
{
	unsigned char odd = 0;
	unsigned char high = 0;
	unsigned char left = 0;
	unsigned char right = 0;
	unsigned char references = 0;
	for (size_t i = 0; i < BLOCK; i++) {
		odd |= (unsigned char)(is_control(p[i]) |
				       ((unsigned)(p[i] == '<') & (starts_tag(p[i + 1]) ^ 1)));
		high |= p[i] & 0x80;
		left = (unsigned char)(left + (p[i] == '<'));
		right = (unsigned char)(right + (p[i] == '>'));
		references = (unsigned char)(references + (p[i] == '&'));
	}
	census->is_odd |= odd != 0;
	census->has_high |= high != 0;
	census->left += left;
	census->right += right;
	census->references += references;
}

static struct census take_census(struct span s)
{
	struct census census = {.is_odd = false};
	size_t at = 0;
	for (; at + BLOCK < s.len && !census.is_odd; at += BLOCK) {
		count_block(&census, (const unsigned char *)s.ptr + at);
	}
	unsigned char last[BLOCK + 1] = {0};
	if (!census.is_odd && s.len > at) {
		memset(last, ' ', sizeof(last));
		memcpy(last, s.ptr + at, s.len - at);
		count_block(&census, last);
	}
	return census;
}

static bool are_references_right(struct span s, size_t count)
{
	size_t at = 0;
	for (; count > 0; count--) {
		at = span_find(s, '&', at);
		if (xml_scan_reference(span_slice(s, at, 12)) == 0) {
			return false;
		}
		at++;
	}
	return true;
}

/* "<somebody@example.org>" looks like a tag to everybody but a parser. */
static bool has_address_as_tag(struct span s)
{
	for (size_t at = span_find(s, '@', 0); at < s.len; at = span_find(s, '@', at + 1)) {
		size_t start = at;
		while (start > 0 && at - start < LIMIT_NAME_TEXT && s.ptr[start - 1] != '>' &&
		       s.ptr[start - 1] != '<' && s.ptr[start - 1] != '@' &&
		       !text_is_space(s.ptr[start - 1])) {
			start--;
		}
		if (start > 0 && s.ptr[start - 1] == '<') {
			return true;
		}
	}
	return false;
}

bool xml_scan_is_fit(struct span s)
{
	struct census census = take_census(s);
	return !census.is_odd && census.left == census.right &&
	       are_references_right(s, census.references) && !has_address_as_tag(s) &&
	       (!census.has_high || text_is_utf8(s));
}

static bool is_character(uint64_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
	       (c > 0xdfff && c <= MAX_CHARACTER && c != 0xfffe && c != 0xffff);
}

/* "#38" or "#x26" */
static bool is_character_reference(struct span s)
{
	uint64_t c = 0;
	bool is_hex = s.len > 1 && s.ptr[1] == 'x';
	size_t i = is_hex ? 2 : 1;
	if (i >= s.len) {
		return false;
	}
	for (; i < s.len && c <= MAX_CHARACTER; i++) {
		int digit = text_hex_value(s.ptr[i]);
		if (digit < 0 || (digit > 9 && !is_hex)) {
			return false;
		}
		c = c * (is_hex ? 16 : 10) + (uint64_t)digit;
	}
	return is_character(c);
}

size_t xml_scan_reference(struct span s)
{
	static const struct span known[] = {SPAN_INIT("&amp;"), SPAN_INIT("&lt;"),
					    SPAN_INIT("&gt;"), SPAN_INIT("&quot;"),
					    SPAN_INIT("&apos;")};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (span_starts_with(s, known[i])) {
			return known[i].len;
		}
	}
	size_t end = span_find(s, ';', 0);
	if (s.len > 1 && s.ptr[1] == '#' && end < s.len &&
	    is_character_reference(span_slice(s, 1, end - 1))) {
		return end + 1;
	}
	return 0;
}

static bool is_name_character(unsigned char c, bool is_first)
{
	return text_is_alpha((char)c) || c == '_' || c == ':' || c >= 0x80 ||
	       (!is_first && (text_is_digit((char)c) || c == '.' || c == '-'));
}

size_t xml_scan_tag(struct span s)
{
	size_t at = s.len > 1 && s.ptr[1] == '/' ? 2 : 1;
	size_t start = at;
	while (at < s.len && is_name_character(span_octet(s, at), at == start)) {
		at++;
	}
	if (at == start || at == s.len ||
	    !(text_is_space(s.ptr[at]) || s.ptr[at] == '>' || s.ptr[at] == '/')) {
		return 0;
	}
	while (at < s.len && s.ptr[at] != '>' && s.ptr[at] != '<') {
		at++;
	}
	return at < s.len && s.ptr[at] == '>' ? at + 1 : 0;
}

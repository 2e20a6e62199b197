/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 2781 2.2, decoding UTF-16. */
#include "reports/utf16.h"

#define REPLACEMENT 0xfffd
/* The longest UTF-8 character. */
#define UTF8_MAX 4

bool utf16_is_text(struct span head, bool *ret_is_big_endian)
{
	bool is_little = span_starts_with(head, SPAN("\xff\xfe")) ||
			 span_starts_with(head, SPAN("<\0")) || span_starts_with(head, SPAN("{\0"));
	bool is_big = span_starts_with(head, SPAN("\xfe\xff")) ||
		      span_starts_with(head, SPAN("\0<")) || span_starts_with(head, SPAN("\0{"));
	*ret_is_big_endian = is_big;
	return is_little || is_big;
}

static uint32_t unit_at(const struct utf16 *utf16, struct span s, size_t i)
{
	uint32_t first = span_octet(s, i);
	uint32_t second = span_octet(s, i + 1);
	return utf16->is_big_endian ? first << 8 | second : second << 8 | first;
}

/* The character at the start of s (at least one octet); octets used go to *ret_len. */
static uint32_t next_character(const struct utf16 *utf16, struct span s, size_t *ret_len)
{
	*ret_len = s.len < 2 ? s.len : 2;
	uint32_t unit = s.len < 2 ? REPLACEMENT : unit_at(utf16, s, 0);
	if (unit < 0xd800 || unit > 0xdfff) {
		return unit;
	}
	uint32_t low = s.len < 4 ? 0 : unit_at(utf16, s, 2);
	if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
		return REPLACEMENT;
	}
	*ret_len = 4;
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static size_t put_utf8(char *into, uint32_t c)
{
	if (c < 0x80) {
		into[0] = (char)c;
		return 1;
	}
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len - 1; i > 0; i--) {
		into[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	into[0] = (char)(first[len] | c);
	return len;
}

static size_t read_utf16(void *context, char *into, size_t size)
{
	struct utf16 *utf16 = context;
	size_t len = 0;
	while (size - len >= UTF8_MAX) {
		struct span some = input_peek(utf16->input, 4);
		size_t used;
		if (some.len == 0) {
			break;
		}
		len += put_utf8(into + len, next_character(utf16, some, &used));
		input_take(utf16->input, used);
	}
	return len;
}

struct report_source utf16_source(struct utf16 *utf16)
{
	return (struct report_source){utf16, read_utf16};
}

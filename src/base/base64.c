/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 4648 4. */
#include "base/base64.h"

#include <stdint.h>

#include "base/text.h"

static int sextet_value(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (text_is_digit(c)) {
		return c - '0' + 52;
	}
	if (c == '+') {
		return 62;
	}
	return c == '/' ? 63 : -1;
}

struct decoder {
	uint32_t bits;
	unsigned sextets; /* 0..3 waiting in bits */
	unsigned padding;
};

/* Takes one character; false when it cannot stand here. */
static bool decode_char(struct decoder *decoder, char c, struct buffer *octets)
{
	if (c == '=') {
		decoder->padding++;
		return decoder->sextets + decoder->padding <= 4 && decoder->sextets >= 2;
	}
	int value = sextet_value(c);
	if (value < 0 || decoder->padding > 0) {
		return false;
	}
	decoder->bits = decoder->bits << 6 | (uint32_t)value;
	if (++decoder->sextets == 4) {
		buffer_putc(octets, (char)(decoder->bits >> 16));
		buffer_putc(octets, (char)(decoder->bits >> 8));
		buffer_putc(octets, (char)decoder->bits);
		*decoder = (struct decoder){0};
	}
	return true;
}

bool base64_decode(struct span s, struct buffer *octets, size_t *ret_bad_offset)
{
	struct decoder decoder = {0};
	for (size_t i = 0; i < s.len; i++) {
		if (!text_is_space(s.ptr[i]) && !decode_char(&decoder, s.ptr[i], octets)) {
			*ret_bad_offset = i;
			return false;
		}
	}
	if (decoder.sextets > 0 && decoder.sextets + decoder.padding != 4) {
		*ret_bad_offset = s.len;
		return false;
	}
	if (decoder.sextets >= 2) {
		buffer_putc(octets, (char)(decoder.bits >> (decoder.sextets == 2 ? 4 : 10)));
	}
	if (decoder.sextets == 3) {
		buffer_putc(octets, (char)(decoder.bits >> 2));
	}
	*ret_bad_offset = s.len;
	return !octets->is_failed;
}

void base64_encode(struct buffer *buffer, struct span octets)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < octets.len; i += 3) {
		size_t left = octets.len - i;
		uint32_t bits = (uint32_t)span_octet(octets, i) << 16;
		bits |= left > 1 ? (uint32_t)span_octet(octets, i + 1) << 8 : 0;
		bits |= left > 2 ? (uint32_t)span_octet(octets, i + 2) : 0;
		buffer_putc(buffer, alphabet[bits >> 18]);
		buffer_putc(buffer, alphabet[bits >> 12 & 63]);
		buffer_putc(buffer, left > 1 ? alphabet[bits >> 6 & 63] : '=');
		buffer_putc(buffer, left > 2 ? alphabet[bits & 63] : '=');
	}
}

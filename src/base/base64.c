/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 4648 4. */
#include "base/base64.h"

#include <stdint.h>

#include "base/text.h"

/* Value plus one of each octet; 0 for what is not base64. */
static const unsigned char sextets[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,
	['H'] = 8,  ['I'] = 9,	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
	['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
	['/'] = 64,
};

static int sextet_value(char c)
{
	return sextets[(unsigned char)c] - 1;
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

/* Decodes whole groups of four from i on, as long as nothing else comes. Gives where it stopped. */
static size_t decode_groups(struct span s, size_t i, struct buffer *octets)
{
	char chunk[3 * 64];
	size_t len = 0;
	for (; i + 4 <= s.len && len < sizeof(chunk); i += 4) {
		int a = sextet_value(s.ptr[i]);
		int b = sextet_value(s.ptr[i + 1]);
		int c = sextet_value(s.ptr[i + 2]);
		int d = sextet_value(s.ptr[i + 3]);
		if ((a | b | c | d) < 0) {
			break;
		}
		uint32_t bits = (uint32_t)(a << 18 | b << 12 | c << 6 | d);
		chunk[len++] = (char)(bits >> 16);
		chunk[len++] = (char)(bits >> 8);
		chunk[len++] = (char)bits;
	}
	buffer_append(octets, span_of(chunk, len));
	return i;
}

bool base64_decode(struct span s, struct buffer *octets, size_t *ret_bad_offset)
{
	struct decoder decoder = {0};
	size_t i = 0;
	while (i < s.len) {
		size_t start = i;
		if (decoder.sextets == 0 && decoder.padding == 0) {
			i = decode_groups(s, i, octets);
		}
		if (i > start || text_is_space(s.ptr[i])) {
			i += i > start ? 0 : 1;
		} else if (decode_char(&decoder, s.ptr[i], octets)) {
			i++;
		} else {
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
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	const size_t padding = 64;
	for (size_t i = 0; i < octets.len; i += 3) {
		size_t left = octets.len - i;
		uint32_t bits = (uint32_t)span_octet(octets, i) << 16;
		bits |= left > 1 ? (uint32_t)span_octet(octets, i + 1) << 8 : 0;
		bits |= left > 2 ? (uint32_t)span_octet(octets, i + 2) : 0;
		buffer_putc(buffer, alphabet[bits >> 18]);
		buffer_putc(buffer, alphabet[bits >> 12 & 63]);
		buffer_putc(buffer, alphabet[left > 1 ? bits >> 6 & 63 : padding]);
		buffer_putc(buffer, alphabet[left > 2 ? bits & 63 : padding]);
	}
}

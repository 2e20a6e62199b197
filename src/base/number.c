/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Strict decimal and hexadecimal. */
#include "base/number.h"

#include "base/text.h"

bool number_parse_decimal(struct span s, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (!text_is_digit(s.ptr[i])) {
			return false;
		}
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');
		if (number > max / 10 || number * 10 > max - digit) {
			return false;
		}
		number = number * 10 + digit;
	}
	if (s.len == 0) {
		return false;
	}
	*ret_number = number;
	return true;
}

bool number_parse_hex(struct span s, struct buffer *octets)
{
	if (s.len % 2 != 0) {
		return false;
	}
	for (size_t i = 0; i < s.len; i += 2) {
		int high = text_hex_value(s.ptr[i]);
		int low = text_hex_value(s.ptr[i + 1]);
		if (high < 0 || low < 0) {
			return false;
		}
		buffer_putc(octets, (char)(high << 4 | low));
	}
	return !octets->is_failed;
}

void number_write_hex(struct buffer *buffer, struct span octets)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < octets.len; i++) {
		buffer_putc(buffer, digits[span_octet(octets, i) >> 4]);
		buffer_putc(buffer, digits[span_octet(octets, i) & 15]);
	}
}

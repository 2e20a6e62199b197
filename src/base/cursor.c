/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Bounded reading with a sticky error. */
#include "base/cursor.h"

struct span cursor_take(struct cursor *cursor, size_t len)
{
	if (cursor->is_failed || len > cursor->all.len - cursor->at) {
		cursor->is_failed = true;
		return span_of(NULL, 0);
	}
	struct span taken = span_slice(cursor->all, cursor->at, len);
	cursor->at += len;
	return taken;
}

static uint32_t take_number(struct cursor *cursor, size_t len)
{
	struct span octets = cursor_take(cursor, len);
	uint32_t number = 0;
	for (size_t i = 0; i < octets.len; i++) {
		number = number << 8 | span_octet(octets, i);
	}
	return number;
}

uint8_t cursor_u8(struct cursor *cursor)
{
	return (uint8_t)take_number(cursor, 1);
}

uint16_t cursor_u16(struct cursor *cursor)
{
	return (uint16_t)take_number(cursor, 2);
}

uint32_t cursor_u24(struct cursor *cursor)
{
	return take_number(cursor, 3);
}

uint32_t cursor_u32(struct cursor *cursor)
{
	return take_number(cursor, 4);
}

bool cursor_accept(struct cursor *cursor, char c)
{
	if (cursor_peek(cursor) != (unsigned char)c) {
		return false;
	}
	cursor->at++;
	return true;
}

bool cursor_accept_nocase(struct cursor *cursor, struct span word)
{
	if (!span_starts_with_nocase(cursor_rest(cursor), word)) {
		return false;
	}
	cursor->at += word.len;
	return true;
}

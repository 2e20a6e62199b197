/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads a span from front to back. A read past the end sets the sticky failed flag and gives zero
 * or nothing. */
#ifndef MAILSEAL_BASE_CURSOR_H
#define MAILSEAL_BASE_CURSOR_H

#include <stdint.h>

#include "base/span.h"

struct cursor {
	struct span all;
	size_t at; /* offset of the next octet in all; never above all.len */
	bool is_failed;
};

static inline struct cursor cursor_of(struct span s)
{
	return (struct cursor){.all = s};
}

static inline struct span cursor_rest(const struct cursor *cursor)
{
	return span_from(cursor->all, cursor->at);
}

static inline bool cursor_is_at_end(const struct cursor *cursor)
{
	return cursor->at >= cursor->all.len;
}

/* The next octet without taking it, or -1 at the end. */
static inline int cursor_peek(const struct cursor *cursor)
{
	return cursor_is_at_end(cursor) ? -1 : span_octet(cursor->all, cursor->at);
}

/* Exactly len octets, or an empty span and the failed flag. */
struct span cursor_take(struct cursor *cursor, size_t len);
/* Big-endian, as in network protocols. */
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u24(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
/* Takes c if it is next. */
bool cursor_accept(struct cursor *cursor, char c);
/* Takes word if it is next, ASCII letters without case. */
bool cursor_accept_nocase(struct cursor *cursor, struct span word);
/* Takes the longest run of octets for which is_wanted is true; may be empty. */
static inline struct span cursor_take_while(struct cursor *cursor, bool (*is_wanted)(char))
{
	struct span rest = cursor_rest(cursor);
	size_t len = 0;
	while (len < rest.len && is_wanted(rest.ptr[len])) {
		len++;
	}
	cursor->at += len;
	return span_slice(rest, 0, len);
}

#endif

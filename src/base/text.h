/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Letters, digits and UTF-8, the same in every locale. */
#ifndef MAILSEAL_BASE_TEXT_H
#define MAILSEAL_BASE_TEXT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* White space as mail records know it: space, tab, and the line ends. */
#define TEXT_SPACE " \t\r\n"

static inline bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char text_lower(char c)
{
	bool is_upper = c >= 'A' && c <= 'Z';
	return (char)(is_upper ? c - 'A' + 'a' : c);
}

static inline bool text_is_alpha(char c)
{
	return text_lower(c) >= 'a' && text_lower(c) <= 'z';
}

static inline bool text_is_alnum(char c)
{
	return text_is_alpha(c) || text_is_digit(c);
}

static inline bool text_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* True when c is in the set (a C string); NUL is in none. */
static inline bool text_is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* 0..15, or -1 for what is not a hexadecimal digit. */
int text_hex_value(char c);
/* True when every octet is in 0x20..0x7e. */
bool text_is_printable(struct span s);
/* What stands before the first white space, once white space in front is passed. */
struct span text_first_word(struct span s);
/* Takes the next word off the front of *rest, with the white space around it; empty at the end. */
struct span text_take_word(struct span *rest);
/* A lower-case copy in the arena; an empty span when the arena failed. */
struct span text_lower_copy(struct arena *arena, struct span s);
/*
 * RFC 3629: the length in octets (1..4) of the well-formed character at the start of s and its code
 * point, or 0 when s is empty or starts with something else (overlong, surrogate, above U+10FFFF,
 * cut off).
 */
size_t text_utf8_next(struct span s, uint32_t *ret_code_point);
bool text_is_utf8(struct span s);
/*
 * True for characters that must not reach a person's screen as they are: controls, and those that
 * change the direction or visibility of what stands around them (U+200B..200F, 202A..202E,
 * 2060..2069, FEFF).
 */
bool text_is_deceptive(uint32_t code_point);

#endif

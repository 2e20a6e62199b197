/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A view of bytes that somebody else owns. NUL is data; ptr may be NULL only when len is 0. */
#ifndef MAILSEAL_BASE_SPAN_H
#define MAILSEAL_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *ptr;
	size_t len;
};

/* A span of a string literal, usable in expressions and, as SPAN_INIT, in static tables. */
#define SPAN_INIT(literal)                                                                         \
	{                                                                                          \
		"" literal, sizeof("" literal) - 1                                                 \
	}
#define SPAN(literal) ((struct span)SPAN_INIT(literal))
/* For printf-like functions: "%.*s" takes SPAN_ARG(s). Cut at INT_MAX is of no concern: limits. */
#define SPAN_ARG(s) (int)(s).len, (s).len > 0 ? (s).ptr : ""

static inline struct span span_of(const void *ptr, size_t len)
{
	return (struct span){(const char *)ptr, len};
}

static inline struct span span_of_string(const char *string)
{
	return string != NULL ? span_of(string, strlen(string)) : span_of(NULL, 0);
}

/* The octet at index i as a number 0..255; i must be below len. */
static inline unsigned char span_octet(struct span s, size_t i)
{
	return (unsigned char)s.ptr[i];
}

/* The part of s from offset on, at most len octets; both are clipped to s. */
static inline struct span span_slice(struct span s, size_t offset, size_t len)
{
	if (offset > s.len) {
		offset = s.len;
	}
	if (len > s.len - offset) {
		len = s.len - offset;
	}
	return (struct span){s.len > 0 ? s.ptr + offset : s.ptr, len};
}

static inline struct span span_from(struct span s, size_t offset)
{
	return span_slice(s, offset, s.len);
}

/* The smallest are here for speed: parsers spend their time in them. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ASCII letters compare without case, all other octets exactly. */
bool span_starts_with_nocase(struct span s, struct span prefix);
static inline bool span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && span_starts_with_nocase(a, b);
}

bool span_starts_with(struct span s, struct span prefix);
bool span_ends_with_nocase(struct span s, struct span suffix);
/* memcmp order, shorter first on a tie: <0, 0, >0. */
int span_compare(struct span a, struct span b);
/* Offset of the first c at or after start, or s.len when there is none. */
size_t span_find(struct span s, char c, size_t start);
/* Offset of the first occurrence of needle, or s.len. An empty needle is found at 0. */
size_t span_search(struct span s, struct span needle);
/* Without leading and trailing octets that are in the set (a C string). */
struct span span_trim(struct span s, const char *set);
/*
 * Split: takes the part of *rest before the next separator and moves *rest behind it. False when
 * nothing is left. "a,,b" gives "a", "", "b"; a trailing separator gives a last empty part; an
 * empty span gives none. Start with a span whose ptr is not NULL; when done rest->ptr is NULL.
 */
bool span_split(struct span *rest, char separator, struct span *ret_part);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Comparison, search and splitting of spans. */
#include "base/span.h"

#include "base/text.h"

bool span_starts_with(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_equal(span_slice(s, 0, prefix.len), prefix);
}

bool span_starts_with_nocase(struct span s, struct span prefix)
{
	if (s.len < prefix.len) {
		return false;
	}
	for (size_t i = 0; i < prefix.len; i++) {
		if (text_lower(s.ptr[i]) != text_lower(prefix.ptr[i])) {
			return false;
		}
	}
	return true;
}

bool span_ends_with_nocase(struct span s, struct span suffix)
{
	return s.len >= suffix.len && span_equal_nocase(span_from(s, s.len - suffix.len), suffix);
}

int span_compare(struct span a, struct span b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
	if (order != 0) {
		return order;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t span_find(struct span s, char c, size_t start)
{
	if (start >= s.len) {
		return s.len;
	}
	const char *at = memchr(s.ptr + start, c, s.len - start);
	return at != NULL ? (size_t)(at - s.ptr) : s.len;
}

size_t span_search(struct span s, struct span needle)
{
	if (needle.len == 0) {
		return 0;
	}
	for (size_t i = span_find(s, needle.ptr[0], 0); i < s.len;
	     i = span_find(s, needle.ptr[0], i + 1)) {
		if (span_starts_with(span_from(s, i), needle)) {
			return i;
		}
	}
	return s.len;
}

static bool is_in_set(char c, const char *set)
{
	while (*set != '\0' && *set != c) {
		set++;
	}
	return *set != '\0';
}

struct span span_trim(struct span s, const char *set)
{
	while (s.len > 0 && is_in_set(s.ptr[0], set)) {
		s = span_from(s, 1);
	}
	while (s.len > 0 && is_in_set(s.ptr[s.len - 1], set)) {
		s.len--;
	}
	return s;
}

bool span_split(struct span *rest, char separator, struct span *ret_part)
{
	if (rest->ptr == NULL) {
		return false;
	}
	size_t at = span_find(*rest, separator, 0);
	*ret_part = span_slice(*rest, 0, at);
	*rest = at < rest->len ? span_from(*rest, at + 1) : span_of(NULL, 0);
	return true;
}

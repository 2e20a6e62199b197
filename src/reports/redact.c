/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finding local parts. */
#include "reports/redact.h"

/* What can stand in a local part; the rest ends it to the left. */
static bool is_local_part(char c)
{
	return !text_is_space(c) && strchr("<>()[],;:\"", c) == NULL;
}

struct span redact_address(struct span text)
{
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != '@') {
		at--;
	}
	if (at == 0) {
		return span_of(NULL, 0);
	}
	size_t end = at;
	while (end < text.len && !text_is_space(text.ptr[end]) && text.ptr[end] != '>') {
		end++;
	}
	return span_slice(text, at - 1, end - at + 1);
}

/* "smtp.mailfrom=" before a local part; RFC 8601 2.2 and Received-SPF (RFC 7208 9.1) */
static size_t property_len(struct span token)
{
	static const struct span starts[] = {SPAN_INIT("smtp."),	 SPAN_INIT("header."),
					     SPAN_INIT("policy."),	 SPAN_INIT("body."),
					     SPAN_INIT("envelope-from"), SPAN_INIT("mailfrom"),
					     SPAN_INIT("from"),		 SPAN_INIT("i=")};
	size_t equals = span_find(token, '=', 0);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]) && equals < token.len; i++) {
		if (span_starts_with_nocase(token, starts[i])) {
			return equals + 1;
		}
	}
	return 0;
}

/* Where the local part before the "@" at at begins; a quoted one with its quotes. */
static size_t local_part_start(struct span text, size_t at, size_t least)
{
	size_t start = at;
	if (start > least && text.ptr[start - 1] == '"') {
		start--;
		while (start > least && text.ptr[start - 1] != '"') {
			start--;
		}
		return start > least ? start - 1 : start;
	}
	while (start > least && is_local_part(text.ptr[start - 1])) {
		start--;
	}
	return start + property_len(span_slice(text, start, at - start));
}

struct span redact_text(struct arena *arena, struct span text)
{
	char *copy = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	size_t done = 0;
	if (copy == NULL) {
		return span_of(NULL, 0);
	}
	while (done < text.len) {
		size_t at = span_find(text, '@', done);
		size_t end = at < text.len ? local_part_start(text, at, done) : text.len;
		memcpy(copy + len, text.ptr + done, end - done);
		len += end - done;
		if (at < text.len) {
			copy[len++] = '@';
		}
		done = at < text.len ? at + 1 : at;
	}
	return span_of(copy, len);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Decodes encoded words, liberally: what any mail program would decode must be seen. */
#include "message/encoded_word.h"

static void decode_q(struct span text, struct buffer *decoded)
{
	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len ? text_hex_value(text.ptr[i + 1]) : -1;
		int low = high >= 0 ? text_hex_value(text.ptr[i + 2]) : -1;
		if (text.ptr[i] == '=' && high >= 0 && low >= 0) {
			buffer_putc(decoded, (char)(high * 16 + low));
			i += 2;
		} else {
			bool is_space = text.ptr[i] == '_';
			buffer_append(decoded, is_space ? SPAN(" ") : span_slice(text, i, 1));
		}
	}
}

/* What stands before the first bad character counts too. */
static void decode_b(struct span text, struct buffer *decoded)
{
	size_t bad_offset = 0;
	if (!base64_decode(text, decoded, &bad_offset)) {
		buffer_clear(decoded);
		size_t usable = bad_offset - bad_offset % 4;
		(void)!base64_decode(span_slice(text, 0, usable), decoded, &bad_offset);
	}
}

static bool is_utf7(struct span charset)
{
	return span_starts_with_nocase(charset, SPAN("utf-7")) ||
	       span_starts_with_nocase(charset, SPAN("unicode-1-1-utf-7"));
}

/* word is what stands between "=?" and "?=": charset "?" encoding "?" text */
static bool decode(struct span word, struct buffer *decoded)
{
	struct span charset;
	struct span encoding;
	struct span rest = word;
	if (!span_split(&rest, '?', &charset) || !span_split(&rest, '?', &encoding) ||
	    rest.ptr == NULL || encoding.len != 1) {
		return false;
	}
	if (text_lower(encoding.ptr[0]) == 'q') {
		decode_q(rest, decoded);
	} else if (text_lower(encoding.ptr[0]) == 'b') {
		decode_b(rest, decoded);
	} else {
		return false;
	}
	if (is_utf7(charset)) {
		buffer_puts(decoded, "@utf-7");
	}
	return true;
}

/* The offset of the "?=" that closes a word: behind the third "?" at least. */
static size_t find_end(struct span rest, size_t start)
{
	size_t at = start;
	for (int marks = 0; marks < 2; marks++) {
		at = span_find(rest, '?', at) + 1;
		if (at > rest.len) {
			return rest.len;
		}
	}
	size_t end = span_search(span_from(rest, at), SPAN("?="));
	return at + end;
}

bool encoded_word_next(struct span *rest, struct buffer *decoded, struct span *ret_word)
{
	for (;;) {
		size_t start = span_search(*rest, SPAN("=?"));
		if (start >= rest->len) {
			return false;
		}
		size_t end = find_end(*rest, start + 2);
		buffer_clear(decoded);
		if (end < rest->len &&
		    decode(span_slice(*rest, start + 2, end - start - 2), decoded)) {
			*ret_word = span_slice(*rest, start, end + 2 - start);
			*rest = span_from(*rest, end + 2);
			return true;
		}
		*rest = span_from(*rest, start + 2);
	}
}

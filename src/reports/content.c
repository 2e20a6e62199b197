/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Telling contents apart. */
#include "reports/content.h"

#include "reports/utf16.h"

/* A field name longer than this is none. */
#define FIELD_NAME_BYTES 128

static struct span first_line(struct span s)
{
	return span_slice(s, 0, span_find(s, '\n', 0));
}

bool content_is_mbox_line(struct span line)
{
	return span_starts_with(line, SPAN("From ")) && line.len > SPAN("From ").len;
}

bool content_is_header_line(struct span line)
{
	size_t colon = span_find(span_slice(line, 0, FIELD_NAME_BYTES), ':', 0);
	if (colon == 0 || colon >= line.len || colon >= FIELD_NAME_BYTES) {
		return false;
	}
	for (size_t i = 0; i < colon; i++) {
		/* RFC 5322 2.2: printable US-ASCII but colon; obs-optional may have blanks before
		 * it */
		if (line.ptr[i] < 0x21 || line.ptr[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

static struct span without_blanks(struct span head)
{
	struct span s = head;
	if (span_starts_with(s, SPAN("\xef\xbb\xbf"))) {
		s = span_from(s, 3);
	}
	size_t blanks = 0;
	while (blanks < s.len && (text_is_space(s.ptr[blanks]) || s.ptr[blanks] == '\0')) {
		blanks++;
	}
	return span_from(s, blanks);
}

static enum content_kind text_kind(struct span s)
{
	if (s.len == 0) {
		return CONTENT_EMPTY;
	}
	if (s.ptr[0] == '<') {
		return CONTENT_XML;
	}
	if (s.ptr[0] == '{' || s.ptr[0] == '[') {
		return CONTENT_JSON;
	}
	if (content_is_mbox_line(first_line(s))) {
		return CONTENT_MBOX;
	}
	return content_is_header_line(first_line(s)) ? CONTENT_MAIL : CONTENT_OTHER;
}

enum content_kind content_kind_of(struct span head)
{
	bool is_big_endian;
	if (span_starts_with(head, SPAN("\x1f\x8b"))) {
		return CONTENT_GZIP;
	}
	if (span_starts_with(head, SPAN("PK\3\4")) || span_starts_with(head, SPAN("PK\5\6"))) {
		return CONTENT_ZIP;
	}
	if (utf16_is_text(head, &is_big_endian)) {
		return CONTENT_UTF16;
	}
	/* a file of zeros is not empty */
	struct span text = without_blanks(head);
	return text.len == 0 && span_find(head, '\0', 0) < head.len ? CONTENT_OTHER
								    : text_kind(text);
}

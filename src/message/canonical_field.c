/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Canonical header fields. */
#include "message/canonical.h"

/* RFC 6376 3.4.2: unfolded, white space in between one space, none at the ends. */
static void write_relaxed_value(struct span value, struct buffer *text)
{
	struct span rest = span_trim(value, TEXT_SPACE);
	size_t start = 0;
	for (size_t i = 0; i < rest.len; i++) {
		bool is_fold = rest.ptr[i] == '\r' && i + 1 < rest.len && rest.ptr[i + 1] == '\n';
		bool is_space = rest.ptr[i] == ' ' || rest.ptr[i] == '\t';
		if (!is_fold && !is_space) {
			continue;
		}
		buffer_append(text, span_slice(rest, start, i - start));
		buffer_putc(text, ' ');
		while (i < rest.len &&
		       (rest.ptr[i] == ' ' || rest.ptr[i] == '\t' ||
			(rest.ptr[i] == '\r' && i + 1 < rest.len && rest.ptr[i + 1] == '\n'))) {
			i += rest.ptr[i] == '\r' ? 2 : 1;
		}
		start = i--;
	}
	buffer_append(text, span_from(rest, start));
}

static void write_relaxed_name(struct span name, struct buffer *text)
{
	name = span_trim(name, TEXT_SPACE);
	for (size_t i = 0; i < name.len; i++) {
		buffer_putc(text, text_lower(name.ptr[i]));
	}
}

void canonical_field_write(enum canonical_form form, struct span raw, struct buffer *text)
{
	if (form == CANONICAL_SIMPLE) {
		buffer_append(text, raw);
		return;
	}
	size_t colon = span_find(raw, ':', 0);
	write_relaxed_name(span_slice(raw, 0, colon), text);
	buffer_putc(text, ':');
	write_relaxed_value(span_from(raw, colon + 1), text);
	buffer_puts(text, "\r\n");
}

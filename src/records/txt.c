/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Joining, splitting and writing character-strings. */
#include "records/txt.h"

/* Checks every length and counts; the joined text is all octets but the length ones. */
static bool measure(struct span rdata, struct txt *txt)
{
	struct cursor cursor = cursor_of(rdata);
	while (!cursor_is_at_end(&cursor)) {
		struct span string = cursor_take(&cursor, cursor_u8(&cursor));
		if (cursor.is_failed) {
			return false;
		}
		txt->string_count++;
		txt->longest = string.len > txt->longest ? string.len : txt->longest;
	}
	return txt->string_count > 0;
}

bool txt_parse(struct arena *arena, struct span rdata, struct txt *ret_txt)
{
	struct txt txt = {.string_count = 0};
	if (!measure(rdata, &txt)) {
		return false;
	}
	char *text = arena_alloc(arena, rdata.len);
	if (text == NULL) {
		return false;
	}
	size_t len = 0;
	struct cursor cursor = cursor_of(rdata);
	while (!cursor_is_at_end(&cursor)) {
		struct span string = cursor_take(&cursor, cursor_u8(&cursor));
		if (string.len > 0) {
			memcpy(text + len, string.ptr, string.len);
			len += string.len;
		}
	}
	txt.text = span_of(text, len);
	*ret_txt = txt;
	return true;
}

void txt_to_rdata(struct span text, struct buffer *rdata)
{
	do {
		struct span string = span_slice(text, 0, TXT_STRING_MAX);
		buffer_putc(rdata, (char)string.len);
		buffer_append(rdata, string);
		text = span_from(text, string.len);
	} while (text.len > 0);
}

void txt_write_string(struct span string, struct buffer *presentation)
{
	buffer_putc(presentation, '"');
	for (size_t i = 0; i < string.len; i++) {
		unsigned char octet = span_octet(string, i);
		if (octet < 0x20 || octet > 0x7e) {
			buffer_printf(presentation, "\\%03u", octet);
			continue;
		}
		if (octet == '"' || octet == '\\') {
			buffer_putc(presentation, '\\');
		}
		buffer_putc(presentation, (char)octet);
	}
	buffer_putc(presentation, '"');
}

void txt_write_presentation(struct span text, struct buffer *presentation)
{
	do {
		struct span string = span_slice(text, 0, TXT_STRING_MAX);
		txt_write_string(string, presentation);
		text = span_from(text, string.len);
		if (text.len > 0) {
			buffer_putc(presentation, ' ');
		}
	} while (text.len > 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Chooses and writes the header fields that a signature covers. */
#include "authenticate/signed_header.h"

/* RFC 6376 5.4.2: from the bottom up. NULL when no field of the name is left. */
static const struct header_field *take_field(const struct header *header, bool *is_taken,
					     struct span name, const struct header_field *own)
{
	for (size_t at = header->field_count; at-- > 0;) {
		const struct header_field *field = &header->fields[at];
		if (!is_taken[at] && field != own && span_equal_nocase(field->name, name)) {
			is_taken[at] = field->name.len > 0;
			return is_taken[at] ? field : NULL;
		}
	}
	return NULL;
}

bool signed_header_write(struct arena *arena, const struct header *header,
			 struct signed_names names, const struct header_field *own,
			 enum canonical_form form, struct buffer *text)
{
	bool *is_taken = arena_alloc(arena, header->field_count + 1);
	if (is_taken == NULL) {
		return false;
	}
	for (size_t i = 0; i < names.count; i++) {
		const struct header_field *field =
			take_field(header, is_taken, names.names[i], own);
		if (field != NULL) {
			canonical_field_write(form, field->raw, text);
		}
	}
	return !text->is_failed;
}

void signed_header_write_own(struct span raw, struct span signature, enum canonical_form form,
			     struct buffer *text)
{
	size_t start = (size_t)(signature.ptr - raw.ptr);
	size_t end = start + signature.len;
	while (start > 0 && text_is_space(raw.ptr[start - 1])) {
		start--;
	}
	while (end < raw.len && text_is_space(raw.ptr[end])) {
		end++;
	}
	struct buffer field = buffer_new_for(text->arena, raw.len + 2);
	buffer_append(&field, span_slice(raw, 0, start));
	buffer_append(&field, span_from(raw, end));
	if (end == raw.len) {
		buffer_puts(&field, "\r\n");
	}
	canonical_field_write(form, buffer_span(&field), text);
	text->is_failed = text->is_failed || field.is_failed;
	buffer_free(&field);
	if (!text->is_failed && text->len >= 2) {
		text->len -= 2;
	}
}

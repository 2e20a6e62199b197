/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes Authentication-Results so that no value can say anything but itself. */
#include "message/authentication_results.h"

/* RFC 2045 5.1 token */
static bool is_token_octet(char c)
{
	return (unsigned char)c > ' ' && (unsigned char)c < 127 &&
	       strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static size_t token_len(struct span text)
{
	size_t len = 0;
	while (len < text.len && is_token_octet(text.ptr[len])) {
		len++;
	}
	return len;
}

/* RFC 8601 2.2 pvalue without quotes: a token, or one "@" with tokens, the first of which may be
 * missing */
static bool is_plain(struct span value)
{
	size_t len = token_len(value);
	if (len == value.len) {
		return len > 0;
	}
	struct span domain = span_from(value, len + 1);
	return value.ptr[len] == '@' && domain.len > 0 && token_len(domain) == domain.len;
}

/* RFC 5322 3.2.4 quoted-string; RFC 6532 allows UTF-8 in it */
void authentication_write_quoted(struct buffer *text, struct span value)
{
	buffer_putc(text, '"');
	while (value.len > 0) {
		uint32_t code_point = 0;
		size_t len = text_utf8_next(value, &code_point);
		if (len == 0 || code_point < ' ' || (code_point >= 127 && code_point < 160)) {
			buffer_putc(text, '?');
			len = len == 0 ? 1 : len;
		} else {
			if (code_point == '"' || code_point == '\\') {
				buffer_putc(text, '\\');
			}
			buffer_append(text, span_slice(value, 0, len));
		}
		value = span_from(value, len);
	}
	buffer_putc(text, '"');
}

static void write_value(struct buffer *text, struct span value)
{
	if (is_plain(value)) {
		buffer_append(text, value);
	} else {
		authentication_write_quoted(text, value);
	}
}

struct authentication_writer authentication_writer_begin_bare(struct buffer *text, struct span id)
{
	/* unlike a pvalue, an authserv-id is a token or a quoted string, never an address */
	if (id.len > 0 && token_len(id) == id.len) {
		buffer_append(text, id);
	} else {
		authentication_write_quoted(text, id);
	}
	return (struct authentication_writer){.text = text};
}

struct authentication_writer authentication_writer_begin(struct buffer *text, struct span id)
{
	buffer_puts(text, "Authentication-Results: ");
	return authentication_writer_begin_bare(text, id);
}

void authentication_write_result(struct authentication_writer *writer, const char *method,
				 const char *result)
{
	buffer_printf(writer->text, ";\r\n\t%s=%s", method, result);
	writer->has_result = true;
}

void authentication_write_reason(struct authentication_writer *writer, struct span reason)
{
	buffer_puts(writer->text, " reason=");
	write_value(writer->text, reason);
}

void authentication_write_property(struct authentication_writer *writer, const char *type,
				   const char *property, struct span value)
{
	buffer_printf(writer->text, "\r\n\t\t%s.%s=", type, property);
	write_value(writer->text, value);
}

void authentication_writer_end(struct authentication_writer *writer)
{
	/* RFC 8601 2.2 no-result */
	buffer_puts(writer->text, writer->has_result ? "\r\n" : "; none\r\n");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* An escaping JSON writer. */
#include "base/json.h"

#include "base/text.h"

struct json_writer json_writer_new(struct buffer *buffer, unsigned indent_width)
{
	return (struct json_writer){.buffer = buffer, .indent_width = indent_width};
}

static void write_newline(struct json_writer *json)
{
	if (json->indent_width > 0) {
		buffer_printf(json->buffer, "\n%*s", (int)(json->indent_width * json->depth), "");
	}
}

/* Before any value or key: the comma and the line break it needs. */
static void begin_item(struct json_writer *json)
{
	if (json->is_after_key) {
		json->is_after_key = false;
		return;
	}
	if (json->depth == 0) {
		return;
	}
	if (json->has_items[json->depth - 1]) {
		buffer_putc(json->buffer, ',');
	}
	json->has_items[json->depth - 1] = true;
	write_newline(json);
}

static void begin_container(struct json_writer *json, char open)
{
	begin_item(json);
	buffer_putc(json->buffer, open);
	if (json->depth == JSON_MAX_DEPTH) {
		json->buffer->is_failed = true;
		return;
	}
	json->has_items[json->depth++] = false;
}

static void end_container(struct json_writer *json, char close)
{
	if (json->depth == 0) {
		json->buffer->is_failed = true;
		return;
	}
	bool had_items = json->has_items[--json->depth];
	if (had_items) {
		write_newline(json);
	}
	buffer_putc(json->buffer, close);
}

void json_object_begin(struct json_writer *json)
{
	begin_container(json, '{');
}

void json_object_end(struct json_writer *json)
{
	end_container(json, '}');
}

void json_array_begin(struct json_writer *json)
{
	begin_container(json, '[');
}

void json_array_end(struct json_writer *json)
{
	end_container(json, ']');
}

static void write_escaped_ascii(struct buffer *buffer, char c)
{
	switch (c) {
	case '"':
		buffer_puts(buffer, "\\\"");
		return;
	case '\\':
		buffer_puts(buffer, "\\\\");
		return;
	case '\n':
		buffer_puts(buffer, "\\n");
		return;
	case '\r':
		buffer_puts(buffer, "\\r");
		return;
	case '\t':
		buffer_puts(buffer, "\\t");
		return;
	}
	if ((unsigned char)c < 0x20 || c == 0x7f) {
		buffer_printf(buffer, "\\u%04x", (unsigned char)c);
	} else {
		buffer_putc(buffer, c);
	}
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void write_quoted(struct buffer *buffer, struct span s)
{
	buffer_putc(buffer, '"');
	while (s.len > 0) {
		uint32_t code_point;
		size_t plain = 0;
		while (plain < s.len && is_plain(s.ptr[plain])) {
			plain++;
		}
		if (plain > 0) {
			/* Nearly everything: at once, not octet by octet. */
			buffer_append(buffer, span_slice(s, 0, plain));
			s = span_from(s, plain);
			continue;
		}
		size_t len = text_utf8_next(s, &code_point);
		if (len == 0) {
			buffer_puts(buffer, "\\ufffd");
			len = 1;
		} else if (len == 1) {
			write_escaped_ascii(buffer, s.ptr[0]);
		} else {
			buffer_append(buffer, span_slice(s, 0, len));
		}
		s = span_from(s, len);
	}
	buffer_putc(buffer, '"');
}

void json_key(struct json_writer *json, const char *key)
{
	begin_item(json);
	write_quoted(json->buffer, span_of_string(key));
	buffer_puts(json->buffer, json->indent_width > 0 ? ": " : ":");
	json->is_after_key = true;
}

void json_put_string(struct json_writer *json, struct span s)
{
	begin_item(json);
	write_quoted(json->buffer, s);
}

void json_put_number(struct json_writer *json, int64_t number)
{
	begin_item(json);
	buffer_printf(json->buffer, "%lld", (long long)number);
}

void json_put_bool(struct json_writer *json, bool value)
{
	begin_item(json);
	buffer_puts(json->buffer, value ? "true" : "false");
}

void json_put_null(struct json_writer *json)
{
	begin_item(json);
	buffer_puts(json->buffer, "null");
}

void json_key_string(struct json_writer *json, const char *key, struct span s)
{
	json_key(json, key);
	json_put_string(json, s);
}

void json_key_number(struct json_writer *json, const char *key, int64_t number)
{
	json_key(json, key);
	json_put_number(json, number);
}

void json_key_bool(struct json_writer *json, const char *key, bool value)
{
	json_key(json, key);
	json_put_bool(json, value);
}

void json_key_null(struct json_writer *json, const char *key)
{
	json_key(json, key);
	json_put_null(json);
}

void json_key_strings(struct json_writer *json, const char *key, const struct span *strings,
		      size_t count)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_put_string(json, strings[i]);
	}
	json_array_end(json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Bounded growing output. */
#include "base/buffer.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 256

struct buffer buffer_new(size_t max_bytes)
{
	return (struct buffer){.max_bytes = max_bytes};
}

struct buffer buffer_new_for(struct arena *arena, size_t max_bytes)
{
	return (struct buffer){.max_bytes = max_bytes, .arena = arena};
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){.max_bytes = buffer->max_bytes, .arena = buffer->arena};
}

void buffer_clear(struct buffer *buffer)
{
	buffer->len = 0;
	buffer->is_failed = false;
}

/* Makes room for more octets and a NUL. */
static bool reserve(struct buffer *buffer, size_t more)
{
	if (buffer->is_failed || more > buffer->max_bytes - buffer->len) {
		buffer->is_failed = true;
		return false;
	}
	size_t needed = buffer->len + more + 1;
	if (needed <= buffer->cap) {
		return true;
	}
	size_t cap = buffer->cap > 0 ? buffer->cap : FIRST_CAPACITY;
	while (cap < needed) {
		cap *= 2;
	}
	char *data = realloc(buffer->data, cap);
	if (data == NULL) {
		buffer->is_failed = true;
		if (buffer->arena != NULL) {
			arena_fail(buffer->arena);
		}
		return false;
	}
	buffer->data = data;
	buffer->cap = cap;
	return true;
}

void buffer_append(struct buffer *buffer, struct span s)
{
	if (s.len > 0 && reserve(buffer, s.len)) {
		memcpy(buffer->data + buffer->len, s.ptr, s.len);
		buffer->len += s.len;
		buffer->data[buffer->len] = '\0';
	}
}

void buffer_putc(struct buffer *buffer, char c)
{
	if (reserve(buffer, 1)) {
		buffer->data[buffer->len++] = c;
		buffer->data[buffer->len] = '\0';
	}
}

void buffer_puts(struct buffer *buffer, const char *string)
{
	buffer_append(buffer, span_of_string(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		buffer->is_failed = true;
		return;
	}
	if (reserve(buffer, (size_t)len)) {
		va_start(args, format);
		vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, args);
		va_end(args);
		buffer->len += (size_t)len;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Writes bytes up to a maximum given at birth. The failed flag is sticky: write freely, ask once at
 * the end. The memory is malloc's; buffer_free() gives it back.
 */
#ifndef MAILSEAL_BASE_BUFFER_H
#define MAILSEAL_BASE_BUFFER_H

#include "base/attributes.h"
#include "base/span.h"

struct arena;

struct buffer {
	char *data; /* NULL until something was written; then always followed by a NUL that is not
		       counted */
	size_t len;
	size_t cap;
	size_t max_bytes;
	bool is_failed;
	struct arena *arena; /* fails too when memory is out; may be NULL */
};

struct buffer buffer_new(size_t max_bytes);
/*
 * The same as part of the arena's work: when memory is out the arena has failed, so that missing
 * octets are never taken for bad ones. To reach max_bytes is no failure of the arena.
 */
struct buffer buffer_new_for(struct arena *arena, size_t max_bytes);
void buffer_free(struct buffer *buffer);
void buffer_append(struct buffer *buffer, struct span s);
void buffer_putc(struct buffer *buffer, char c);
void buffer_puts(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Empties it and clears the failed flag; keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* What was written; valid until the next write. */
static inline struct span buffer_span(const struct buffer *buffer)
{
	return (struct span){buffer->data, buffer->len};
}

#endif

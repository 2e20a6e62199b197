/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Writes JSON (RFC 8259) into a buffer. Strings are escaped; octets that are not UTF-8 become
 * U+FFFD, so the result always is. Commas and indentation are the writer's business. With
 * indent_width 0 everything is on one line.
 */
#ifndef MAILSEAL_BASE_JSON_H
#define MAILSEAL_BASE_JSON_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

#define JSON_MAX_DEPTH 32

struct json_writer {
	struct buffer *buffer;
	unsigned indent_width;
	unsigned depth;
	bool has_items[JSON_MAX_DEPTH];
	bool is_after_key;
};

struct json_writer json_writer_new(struct buffer *buffer, unsigned indent_width);
void json_object_begin(struct json_writer *json);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json);
void json_array_end(struct json_writer *json);
/* The key of the next value, inside an object. */
void json_key(struct json_writer *json, const char *key);
void json_put_string(struct json_writer *json, struct span s);
void json_put_number(struct json_writer *json, int64_t number);
void json_put_bool(struct json_writer *json, bool value);
void json_put_null(struct json_writer *json);
/* Key and value in one. */
void json_key_string(struct json_writer *json, const char *key, struct span s);
void json_key_number(struct json_writer *json, const char *key, int64_t number);
void json_key_bool(struct json_writer *json, const char *key, bool value);
void json_key_null(struct json_writer *json, const char *key);
void json_key_strings(struct json_writer *json, const char *key, const struct span *strings,
		      size_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Strict values out of JSON. */
#include "facts/reader.h"

void reader_complain(struct reader *reader, const char *key, const char *problem)
{
	if (!reader->is_broken) {
		reader->is_broken = true;
		failure_set(reader->reterr, FAILURE_INPUT, "read a fact", "\"%s\" %s", key,
			    problem);
	}
}

struct span reader_string(struct reader *reader, const char *key, bool is_optional)
{
	const json_t *value = json_object_get(reader->object, key);
	if (json_is_string(value)) {
		return span_of(json_string_value(value), json_string_length(value));
	}
	if (value != NULL || !is_optional) {
		reader_complain(reader, key, value == NULL ? "is missing" : "is not a string");
	}
	return span_of(NULL, 0);
}

uint64_t reader_number(struct reader *reader, const char *key, uint64_t max)
{
	const json_t *value = json_object_get(reader->object, key);
	json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
	if ((value != NULL && !json_is_integer(value)) || number < 0 || (uint64_t)number > max) {
		reader_complain(reader, key, "is not a number in range");
		return 0;
	}
	return (uint64_t)number;
}

bool reader_bool(struct reader *reader, const char *key)
{
	const json_t *value = json_object_get(reader->object, key);
	if (value != NULL && !json_is_boolean(value)) {
		reader_complain(reader, key, "is neither true nor false");
	}
	return json_is_true(value);
}

const json_t *reader_array(struct reader *reader, const char *key, size_t max)
{
	const json_t *value = json_object_get(reader->object, key);
	if (value != NULL && !json_is_array(value)) {
		reader_complain(reader, key, "is not an array");
		return NULL;
	}
	if (json_array_size(value) > max) {
		reader_complain(reader, key, "has too many items");
		return NULL;
	}
	return value;
}

struct reader reader_enter_item(struct reader *reader, const char *key, const json_t *item)
{
	struct reader inner = *reader;
	inner.object = json_is_object(item) ? item : NULL;
	if (item != NULL && inner.object == NULL) {
		reader_complain(reader, key, "is not an object");
		inner.is_broken = true;
	}
	return inner;
}

struct reader reader_enter(struct reader *reader, const char *key)
{
	return reader_enter_item(reader, key, json_object_get(reader->object, key));
}

void reader_leave(struct reader *reader, const struct reader *inner)
{
	reader->is_broken |= inner->is_broken;
}

static struct span decode(struct reader *reader, const char *key, struct span text,
			  size_t max_bytes)
{
	struct buffer octets = buffer_new(max_bytes);
	size_t bad_offset;
	if (!base64_decode(text, &octets, &bad_offset)) {
		reader_complain(reader, key, "is not base64");
	}
	if (octets.is_failed) {
		reader_complain(reader, key, "is too long");
	}
	struct span copy = arena_copy(reader->arena, buffer_span(&octets));
	buffer_free(&octets);
	return copy;
}

struct span reader_octets(struct reader *reader, const char *key, size_t max_bytes)
{
	return decode(reader, key, reader_string(reader, key, /* is_optional */ true), max_bytes);
}

struct span *reader_strings(struct reader *reader, const char *key, size_t max, size_t *ret_count)
{
	const json_t *array = reader_array(reader, key, max);
	size_t count = json_array_size(array);
	struct span *strings = arena_alloc(reader->arena, count * sizeof(*strings));
	for (size_t i = 0; i < count && strings != NULL; i++) {
		const json_t *item = json_array_get(array, i);
		if (!json_is_string(item)) {
			reader_complain(reader, key, "holds something that is not a string");
			break;
		}
		strings[i] = span_of(json_string_value(item), json_string_length(item));
	}
	*ret_count = strings != NULL ? count : 0;
	return strings;
}

struct span *reader_octets_list(struct reader *reader, const char *key, size_t max,
				size_t max_bytes, size_t *ret_count)
{
	struct span *list = reader_strings(reader, key, max, ret_count);
	for (size_t i = 0; i < *ret_count && !reader->is_broken; i++) {
		list[i] = decode(reader, key, list[i], max_bytes);
	}
	return list;
}

int64_t reader_time(struct reader *reader, const char *key)
{
	struct span text = reader_string(reader, key, /* is_optional */ true);
	int64_t time = 0;
	if (text.len > 0 && !time_parse(text, &time)) {
		reader_complain(reader, key, "is not an RFC 3339 time");
	}
	return time;
}

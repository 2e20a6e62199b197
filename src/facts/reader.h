/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reads values out of one JSON object, strictly: a value of another type or out of range breaks
 * the reader, with a complaint that names the key. Inside of facts.
 */
#ifndef MAILSEAL_FACTS_READER_H
#define MAILSEAL_FACTS_READER_H

#include <jansson.h>

#include "base/base.h"

struct reader {
	const json_t *object;
	struct arena *arena;
	struct failure *reterr;
	bool is_broken;
};

/* Notes the first complaint. */
void reader_complain(struct reader *reader, const char *key, const char *problem);
/* The string at key, or an empty span when it is not there and is_optional. Lives as long as the
 * object. */
struct span reader_string(struct reader *reader, const char *key, bool is_optional);
/* 0 when it is not there. */
uint64_t reader_number(struct reader *reader, const char *key, uint64_t max);
/* False when it is not there. */
bool reader_bool(struct reader *reader, const char *key);
/* The array at key, of at most max items; NULL when it is not there. */
const json_t *reader_array(struct reader *reader, const char *key, size_t max);
/* The reader of the object at key, to be handed to reader_leave() again; object NULL when it is
 * not there. */
struct reader reader_enter(struct reader *reader, const char *key);
/* The same for an item of an array. */
struct reader reader_enter_item(struct reader *reader, const char *key, const json_t *item);
void reader_leave(struct reader *reader, const struct reader *inner);
/* Octets written as base64; copied into the arena. Empty when it is not there. */
struct span reader_octets(struct reader *reader, const char *key, size_t max_bytes);
/* The strings of an array, at most max; in the second form each is base64 of at most max_bytes. */
struct span *reader_strings(struct reader *reader, const char *key, size_t max, size_t *ret_count);
struct span *reader_octets_list(struct reader *reader, const char *key, size_t max,
				size_t max_bytes, size_t *ret_count);
/* RFC 3339 in UTC; 0 when it is not there. */
int64_t reader_time(struct reader *reader, const char *key);
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The judgement of a message as rows of text, the one source of all its outputs: what was found,
 * the octets it rests on, and the paragraph that says so.
 */
#ifndef MAILSEAL_PRESENT_MESSAGE_ROWS_H
#define MAILSEAL_PRESENT_MESSAGE_ROWS_H

#include "authenticate/message_check.h"

/* Traces are bounded by the judges; what is above this is left out. */
#define MESSAGE_ROWS_MAX 4000

enum message_mark {
	MARK_PLAIN,
	MARK_GOOD,
	MARK_WARN,
	MARK_BAD,
};

struct message_row {
	const char *topic; /* "from", "message", "spf", "dkim", "arc", "dmarc", "bimi" */
	unsigned depth;	   /* 0: a result; more: a step to it */
	enum message_mark mark;
	struct span subject;   /* "MAIL FROM example.org" */
	const char *result;    /* "pass"; NULL for a step without one */
	struct span text;      /* why, in words */
	struct span evidence;  /* octets of a record or of the header; may be empty */
	struct span place;     /* where they stand: "example.org TXT, octet 8" */
	const char *reference; /* "RFC 7208 5.2" */
};

struct message_rows {
	struct vector items; /* of struct message_row */
};

/* Look at the arena for memory. */
struct message_rows message_rows_make(struct arena *arena, const struct message_check *check);
/* The verdict in one sentence. */
struct span message_sentence(struct arena *arena, const struct message_check *check);
enum message_mark message_mark_of(const struct message_check *check);

static inline const struct message_row *message_row_at(const struct message_rows *rows, size_t i)
{
	return VECTOR_AT(&rows->items, const struct message_row, i);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is wrong with a record, at which octet, and what would have been right there. */
#ifndef MAILSEAL_RECORDS_PROBLEM_H
#define MAILSEAL_RECORDS_PROBLEM_H

#include "base/vector.h"

/* Problems kept for one record; further ones are counted, not kept. */
#define PROBLEM_MAX 32
/* Octets of a record quoted in one sentence. */
#define PROBLEM_QUOTE_MAX 60

enum problem_weight {
	PROBLEM_ERROR, /* a receiver treats the record, or this part, as broken */
	PROBLEM_WARN,  /* tolerated by receivers but surely not meant */
};

struct problem {
	enum problem_weight weight;
	size_t offset;	      /* first octet in the record text; column = offset + 1 */
	size_t len;	      /* octets concerned; 0 at the end of the text */
	struct span what;     /* short, in words: "unknown mechanism \"nclude\"" */
	struct span expected; /* "include, a, mx, ptr, ip4, ip6, exists or all"; may be empty */
};

struct problems {
	struct vector items; /* of struct problem, in order of offset where possible */
	size_t error_count;  /* also those not kept */
};

/* Adds one; drops it silently (but counts it) above PROBLEM_MAX or when the arena failed. */
void problem_add(struct problems *problems, struct arena *arena, struct problem problem);

/* Puts the kept problems in the order of their offsets; equal offsets keep theirs. */
void problem_sort(struct problems *problems);
/*
 * The text in double quotes for `what` and `expected`: cut after PROBLEM_QUOTE_MAX octets, and what
 * is not a visible UTF-8 character written as \ddd. An empty span when the arena failed.
 */
struct span problem_quote(struct arena *arena, struct span text);

static inline size_t problem_count(const struct problems *problems)
{
	return problems->items.len;
}

static inline const struct problem *problem_at(const struct problems *problems, size_t i)
{
	return VECTOR_AT(&problems->items, const struct problem, i);
}

#endif

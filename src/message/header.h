/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The fields of a header (RFC 5322 2.2), as views with offsets. */
#ifndef MAILSEAL_MESSAGE_HEADER_H
#define MAILSEAL_MESSAGE_HEADER_H

#include "message/anomaly.h"

/* Ordinary headers have 5 to 60 fields in 2 to 20 kB; mailing lists with ARC reach 40 kB. */
#define HEADER_MAX_BYTES ((size_t)256 << 10)
#define HEADER_MAX_FIELDS 1000
/* RFC 5322 2.1.1 */
#define HEADER_LINE_MAX 998

struct header_field {
	struct span raw;   /* the field with its last CRLF */
	struct span name;  /* without white space around; empty when the line has no colon */
	struct span value; /* behind the colon, without the last CRLF; folded as it came */
	size_t offset;	   /* of raw in the message */
};

struct header {
	struct span text; /* all fields with their CRLFs, without the empty line */
	struct header_field *fields;
	size_t field_count;
	bool is_cut; /* larger than the limits: the fields here are not all */
};

/*
 * Splits a header. text must end with CRLF when it is not empty and outlive the result. Oddities
 * are added to *anomalies. Never fails on bad text; look at the arena.
 */
struct header header_parse(struct arena *arena, struct span text, struct anomalies *anomalies);
/* The i-th field of that name from the top, i from 0, or NULL. Names compare without case. */
const struct header_field *header_find(const struct header *header, struct span name, size_t i);
/* Where a view into the header's text lies in the message. */
static inline size_t header_offset(const struct header *header, struct span inside)
{
	return (size_t)(inside.ptr - header->text.ptr);
}

#endif

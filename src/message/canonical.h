/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The canonical forms of RFC 6376 3.4: header fields at once, the body as a stream. */
#ifndef MAILSEAL_MESSAGE_CANONICAL_H
#define MAILSEAL_MESSAGE_CANONICAL_H

#include "base/base.h"

enum canonical_form {
	CANONICAL_SIMPLE,
	CANONICAL_RELAXED,
};

/* Least room for one step of the body's functions. */
#define CANONICAL_BODY_ROOM 64

struct canonical_body {
	enum canonical_form form;
	uint64_t pending_lines; /* line ends that count only if something follows */
	bool has_space;		/* relaxed: white space that counts only if something follows */
	bool is_after_cr;
	bool has_output;
	bool is_ended;
};

/*
 * RFC 6376 3.4.1, 3.4.2: appends a field. raw is the whole field with its CRLF, and so is what is
 * appended.
 */
void canonical_field_write(enum canonical_form form, struct span raw, struct buffer *text);

struct canonical_body canonical_body_new(enum canonical_form form);
/*
 * RFC 6376 3.4.3, 3.4.4: takes from the front of *input and writes canonical octets to out, which
 * has out_size octets (CANONICAL_BODY_ROOM at least). Gives the number written; call again until
 * the input is empty.
 */
size_t canonical_body_next(struct canonical_body *body, struct span *input, char *out,
			   size_t out_size);
/* Nothing follows: writes what was held back. Call until it gives 0. */
size_t canonical_body_end(struct canonical_body *body, char *out, size_t out_size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The header octets a signature covers (RFC 6376 3.7, 5.4.2), for checking and for signing. */
#ifndef MAILSEAL_AUTHENTICATE_SIGNED_HEADER_H
#define MAILSEAL_AUTHENTICATE_SIGNED_HEADER_H

#include "message/canonical.h"
#include "message/header.h"

struct signed_names {
	const struct span *names;
	size_t count;
};

/*
 * Appends the fields named, each time the lowest one not yet taken, in canonical form. A name
 * without a field left adds nothing. own is the signature's field, which is never taken, or NULL.
 * False when memory is out.
 */
bool signed_header_write(struct arena *arena, const struct header *header,
			 struct signed_names names, const struct header_field *own,
			 enum canonical_form form, struct buffer *text) MUST_CHECK;
/*
 * Appends the signature's own field with an empty b=, without its last CRLF. raw is the field with
 * its CRLF; signature the octets of the b= value inside it, white space around them included by
 * this function.
 */
void signed_header_write_own(struct span raw, struct span signature, enum canonical_form form,
			     struct buffer *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 4648 4: base64 with padding. */
#ifndef MAILSEAL_BASE_BASE64_H
#define MAILSEAL_BASE_BASE64_H

#include "base/buffer.h"
#include "base/span.h"

/*
 * Appends the decoded octets. White space inside is skipped (mail records fold). On false
 * *ret_bad_offset is the offset of the first character that does not belong; missing padding is at
 * s.len.
 */
bool base64_decode(struct span s, struct buffer *octets, size_t *ret_bad_offset) MUST_CHECK;
void base64_encode(struct buffer *buffer, struct span octets);

#endif

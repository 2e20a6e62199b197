/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Strict numbers: digits only, no sign, no space, no overflow. */
#ifndef MAILSEAL_BASE_NUMBER_H
#define MAILSEAL_BASE_NUMBER_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

/* The whole span as a decimal number up to max. False when empty, not all digits, or above max. */
bool number_parse_decimal(struct span s, uint64_t max, uint64_t *ret_number) MUST_CHECK;
/* "4a6F" -> two octets appended. False on an odd count or another character. */
bool number_parse_hex(struct span s, struct buffer *octets) MUST_CHECK;
/* Lower-case hexadecimal. */
void number_write_hex(struct buffer *buffer, struct span octets);

#endif

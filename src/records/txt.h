/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TXT record data: one or more character-strings of at most 255 octets (RFC 1035 3.3.14). */
#ifndef MAILSEAL_RECORDS_TXT_H
#define MAILSEAL_RECORDS_TXT_H

#include "base/base.h"

/* RFC 1035 3.3: a character-string is one length octet and up to that many. */
#define TXT_STRING_MAX 255

struct txt {
	struct span text; /* all strings joined without separator (RFC 7208 3.3), in the arena */
	size_t string_count;
	size_t longest; /* octets of the longest string */
};

/* False when the data is malformed (a length runs past the end, or no string at all). */
bool txt_parse(struct arena *arena, struct span rdata, struct txt *ret_txt) MUST_CHECK;
/* Splits text into strings of at most 255 octets and appends them as record data. */
void txt_to_rdata(struct span text, struct buffer *rdata);
/* One string in quotes as in a zone file, quotes and backslashes escaped, other octets as \ddd. */
void txt_write_string(struct span string, struct buffer *presentation);
/* "..." "...": the text in strings of at most 255 octets. */
void txt_write_presentation(struct span text, struct buffer *presentation);

#endif

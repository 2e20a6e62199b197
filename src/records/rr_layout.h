/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the data of each known type consists of: the one table that reader, writer and expander of
 * record data share. Private to rr_*.c. */
#ifndef MAILSEAL_RECORDS_RR_LAYOUT_H
#define MAILSEAL_RECORDS_RR_LAYOUT_H

#include "base/base.h"

enum rr_field {
	RR_FIELD_END = 0,
	RR_FIELD_U8,
	RR_FIELD_U16,
	RR_FIELD_U32,
	RR_FIELD_NAME,
	RR_FIELD_IPV4,
	RR_FIELD_IPV6,
	RR_FIELD_STRINGS, /* one or more character-strings to the end */
	RR_FIELD_HEX,	  /* one or more octets to the end */
	RR_FIELD_BASE64,  /* likewise */
	RR_FIELD_TAG,	  /* length octet, then letters and digits */
	RR_FIELD_VALUE,	  /* text to the end, written as one string of any length */
};

/* SOA has the most, seven; and the end. */
#define RR_FIELDS_MAX 8

struct rr_layout {
	uint16_t type;
	struct span name;
	enum rr_field fields[RR_FIELDS_MAX]; /* none: we know no more than the type's name */
};

/* NULL for a type without a row. */
const struct rr_layout *rr_layout_find(uint16_t type);

#endif

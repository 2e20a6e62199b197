/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MX record data (RFC 1035 3.3.9) and the null MX (RFC 7505). */
#ifndef MAILSEAL_RECORDS_MX_H
#define MAILSEAL_RECORDS_MX_H

#include "records/name.h"
#include "records/problem.h"

struct mx {
	uint16_t preference; /* lowest first */
	struct span host;    /* canonical; "." for a null MX */
	bool is_null;	     /* the domain takes no mail (RFC 7505) */
	/* Offsets count in "preference host" as mx_write() has it. A host that no mail server's
	 * name can be is an error: an address, or a name with characters beyond letters, digits and
	 * hyphens. */
	struct problems problems;
};

/* False when the data is malformed: too short, a broken name, or more behind it; and when the
 * arena failed. */
bool mx_parse(struct arena *arena, struct span rdata, struct mx *ret_mx) MUST_CHECK;
/* "10 mail.example.org." as in a zone file. */
void mx_write(const struct mx *mx, struct buffer *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* IDNA 2008 by libidn2, which appears nowhere else. */
#ifndef MAILSEAL_RECORDS_IDNA_H
#define MAILSEAL_RECORDS_IDNA_H

#include "base/base.h"

enum idna_status {
	IDNA_OK,
	IDNA_REFUSED,	/* RFC 5891 does not allow it, or the punycode is broken */
	IDNA_TOO_LONG,	/* a label over 63 octets, or a name over 253 */
	IDNA_NO_MEMORY, /* the arena failed */
};

/*
 * A label or name in UTF-8 -> A-labels, lower case, with the non-transitional mapping of UTS 46.
 * A-labels are checked by converting them there and back. *ret_ascii is in the arena.
 */
enum idna_status idna_to_ascii(struct arena *arena, struct span text, struct span *ret_ascii);
/* A-labels -> U-labels. No judgement on whether a person should see them. */
enum idna_status idna_to_unicode(struct arena *arena, struct span name, struct span *ret_unicode);

#endif

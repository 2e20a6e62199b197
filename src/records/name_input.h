/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a person typed where a domain name belongs -> a canonical name, or one clear line that says
 * why not. */
#ifndef MAILSEAL_RECORDS_NAME_INPUT_H
#define MAILSEAL_RECORDS_NAME_INPUT_H

#include "records/name.h"

enum name_input {
	NAME_INPUT_OK,
	NAME_INPUT_EMPTY,
	NAME_INPUT_URL,	      /* or has a path or port; hint: the host part, when that is a name */
	NAME_INPUT_EMAIL,     /* hint: what follows the @ */
	NAME_INPUT_ADDRESS,   /* an IP address */
	NAME_INPUT_TOO_LONG,  /* over 253 octets as A-labels */
	NAME_INPUT_LABEL,     /* an empty or over-long label */
	NAME_INPUT_CHARACTER, /* a character no domain name has there; offset says where */
	NAME_INPUT_IDNA,      /* RFC 5891 refuses it */
	NAME_INPUT_SINGLE_LABEL, /* a top-level domain or a bare word: never a mail domain of ours
				  */
};

struct name_input_result {
	enum name_input status;
	struct span name;    /* canonical, when OK */
	struct span unicode; /* for people, when OK; equals name when there is nothing to show */
	struct span hint;    /* what was perhaps meant, for people; may be empty */
	size_t offset;	     /* of the bad character, in octets of the text as given */
};

/* Takes UTF-8 (IDNA 2008 with the mapping of UTS 46 by libidn2) and A-labels; white space around is
 * ignored. Underscores are allowed, since service names are checked too.
 * When the arena fails the status is not OK; ask arena_has_failed() for the difference. */
struct name_input_result name_input_parse(struct arena *arena, struct span text);
/* One sentence for the status, without the input itself: "is a URL, not a domain name". Static. */
const char *name_input_explain(enum name_input status);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What goes on top of a message of a file to sign it with DKIM, or to seal it with ARC. */
#ifndef MAILSEAL_SERVICE_SIGN_H
#define MAILSEAL_SERVICE_SIGN_H

#include "authenticate/message_check.h"
#include "authenticate/sign.h"

struct signing {
	struct sign_request request; /* its names are filled in here */
	const struct span *names;    /* fields to sign; none: sign_default_names() */
	size_t name_count;
	bool leaves_open; /* do not name each of them once more than it occurs */
	struct span id;	  /* authserv-id of a seal */
};

/*
 * Why no careful signer signs this message, in half a sentence, or NULL. Static. RFC 6376 5.3: what
 * would be changed on its way, or read in more than one way.
 */
const char *signing_obstacle(const struct message *message);
/* Appends the DKIM-Signature, with line ends as the message has them. */
int signing_sign(struct arena *arena, const struct mail *mail, const struct signing *signing,
		 struct buffer *fields, struct failure *reterr) MUST_CHECK;
/*
 * Appends an ARC set that tells what check found. *ret_is_sealed is false,
 * and nothing is appended, when the chain is broken or full.
 */
int signing_seal(struct arena *arena, const struct message_check *check,
		 const struct signing *signing, struct buffer *fields, bool *ret_is_sealed,
		 struct failure *reterr) MUST_CHECK;

#endif

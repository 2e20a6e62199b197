/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Signs messages with DKIM and seals them with ARC, with SHA-256 and over the whole body. */
#ifndef MAILSEAL_AUTHENTICATE_SIGN_H
#define MAILSEAL_AUTHENTICATE_SIGN_H

#include "authenticate/arc.h"
#include "authenticate/signed_header.h"
#include "crypto/private_key.h"

struct sign_request {
	const struct private_key *key;
	struct span domain;	   /* d=, canonical */
	struct span selector;	   /* s=, canonical */
	struct signed_names names; /* h=; must name From */
	int64_t time;
	int64_t expiry;	       /* x=; 0 for none. An ARC seal has none. */
	bool is_simple_header; /* c=; relaxed unless said */
	bool is_simple_body;
	/* As the makers of the ARC suite wrote it: b= on one line, i= where the alphabet has it. */
	bool is_as_in_suite;
};

/*
 * What is worth signing of a header: each field readers see or programs act on, as often as it
 * occurs, and those that must not be added later once more (RFC 6376 5.4.2). Views into the header
 * or static; empty when memory is out.
 */
struct signed_names sign_default_names(struct arena *arena, const struct header *header);
/*
 * Each of the wanted fields as often as it occurs and, when is_closed, once more. At most
 * DKIM_MAX_NAMES. Empty when memory is out.
 */
struct signed_names sign_names(struct arena *arena, const struct header *header,
			       const struct span *wanted, size_t wanted_count, bool is_closed);
/* Appends a DKIM-Signature field. The mail must have been read for signing (mail_options). */
int sign_dkim(struct arena *arena, const struct mail *mail, const struct sign_request *request,
	      struct buffer *field, struct failure *reterr) MUST_CHECK;
/*
 * Appends an ARC set: seal, message signature, authentication results. results is what RFC 8601 has
 * behind the name of the field, beginning with the authserv-id. *ret_is_sealed is false, and
 * nothing is appended, when the chain is full or its last seal already says that it is broken (RFC
 * 8617 5.1).
 */
int sign_arc(struct arena *arena, const struct mail *mail, const struct arc_report *chain,
	     struct span results, const struct sign_request *request, struct buffer *fields,
	     bool *ret_is_sealed, struct failure *reterr) MUST_CHECK;

/* A field to sign: raw is all of it with its CRLF, and its b= is empty. */
struct sign_draft {
	const struct private_key *key;
	struct span raw;
	enum canonical_form form;
	struct span covered; /* the octets it signs in front of itself, canonical */
	bool is_base64_whole;
};

/* Appends the field with its b= filled. */
int sign_field(struct arena *arena, const struct sign_draft *draft, struct buffer *field,
	       struct failure *reterr) MUST_CHECK;
/* Appends the record to publish: "v=DKIM1; k=rsa; p=...". */
int sign_key_record(const struct private_key *key, struct buffer *text,
		    struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A message as the judges of this module see it: its header, the signatures in it, and the hashes
 * they need, made while the message passed by. Of the body nothing is kept.
 */
#ifndef MAILSEAL_AUTHENTICATE_MAIL_H
#define MAILSEAL_AUTHENTICATE_MAIL_H

#include "authenticate/body_hash.h"
#include "authenticate/dkim_signature.h"
#include "message/reader.h"

/* RFC 6376 8.4 asks for a limit; honest messages have up to 5 signatures. */
#define MAIL_MAX_SIGNATURES 10
/* ARC fields looked at: 50 sets of three, and enough more to see that there are too many. */
#define MAIL_MAX_ARC_FIELDS 160

/* A signature with what the message itself tells about it. */
struct mail_signature {
	struct dkim_signature text;
	size_t body_hash; /* index into body.hashes, or BODY_HASH_NONE */
	bool has_header_digest;
	struct digest_value header_digest; /* of the header octets it covers */
};

/* An ARC-Authentication-Results field. */
struct arc_results {
	const struct header_field *field;
	unsigned instance;   /* 0 when it has no valid i= in front */
	struct span results; /* behind the instance and its semicolon */
};

struct mail {
	const struct message *message;
	struct mail_signature *signatures; /* from the top; those in the author's domain first */
	size_t signature_count;
	size_t signature_total; /* also those above the limit, which are not looked at */
	struct mail_signature *arc_messages;
	size_t arc_message_count;
	struct mail_signature *arc_seals;
	size_t arc_seal_count;
	struct arc_results *arc_results;
	size_t arc_results_count;
	bool is_arc_cut; /* there are more ARC fields than are looked at */
	size_t dkim2_count;
	const struct header_field *dkim2; /* the first field of DKIM2, recognised and not judged */
	struct body_hasher body;
};

struct mail_options {
	enum line_ends line_ends;
	size_t max_signatures; /* 0: MAIL_MAX_SIGNATURES */
	bool is_for_signing;   /* also hash the body as sign.h needs it */
	bool allows_sha1;      /* for test data from before RFC 8301 only */
};

struct mail_reader;

/* The reader and its mail live in the arena, but mail_reader_close() must be called before the
 * arena goes. NULL when memory is out. */
struct mail_reader *mail_reader_new(struct arena *arena, const struct mail_options *options);
void mail_reader_feed(struct mail_reader *reader, struct span chunk);
/* Nothing follows. NULL when memory is out. */
const struct mail *mail_reader_end(struct mail_reader *reader);
/* Gives back what is not in the arena; the mail stays. NULL is allowed. */
void mail_reader_close(struct mail_reader *reader);

#endif

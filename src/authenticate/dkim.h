/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Verifies the DKIM signatures of a message (RFC 6376, 8301, 8463, 8616), each on its own. A
 * restartable judge: keys it does not know it wants.
 */
#ifndef MAILSEAL_AUTHENTICATE_DKIM_H
#define MAILSEAL_AUTHENTICATE_DKIM_H

#include "authenticate/dkim_key_find.h"
#include "authenticate/mail.h"

/* Clocks differ; RFC 6376 3.5 leaves room for that. */
#define DKIM_SKEW_S 300

struct dkim_options {
	int64_t now;
	int64_t skew_s;		  /* DKIM_SKEW_S */
	bool allows_partial_body; /* l= below the body's length passes all the same */
	struct dkim_key_options key;
};

/*
 * A field that matters to readers and of which somebody can put one more on top without breaking
 * the signature.
 */
struct dkim_unsigned_field {
	struct span name;      /* static */
	size_t unsigned_count; /* fields of this name that are there already and not signed */
};

/* More than the names that are looked at. */
#define DKIM_MAX_UNSIGNED 20

/* What the signature does not cover. */
struct dkim_surface {
	uint64_t body_octets; /* of the canonical body, beyond l= */
	struct dkim_unsigned_field fields[DKIM_MAX_UNSIGNED];
	size_t field_count;
	bool has_age;
	int64_t age_s;	       /* now minus t= */
	bool never_expires;    /* no x=: it can be replayed for ever */
	bool leaves_recipient; /* neither To nor Cc is signed: it can be replayed to anybody */
};

struct dkim_verdict {
	const struct dkim_signature *signature;
	enum dkim_result result;
	enum dkim_reason reason;
	struct span offending; /* octets of the header, or of the key's text; may be empty */
	struct dkim_key_check key;
	bool is_testing;	     /* t=y: the signer asks to be treated as if not signing */
	bool is_single_label;	     /* d= is a top-level domain: it aligns with nobody */
	struct dkim_surface surface; /* filled for a signature that matches */
};

struct dkim_report {
	const struct dkim_verdict *verdicts; /* one a signature that was looked at */
	size_t verdict_count;
	size_t skipped_count; /* signatures above the limit */
	size_t dkim2_count;   /* DKIM2-Signature fields, recognised and not judged */
};

/* NULL only when the arena failed. */
const struct dkim_report *dkim_verify(struct arena *arena, struct inquiry *inquiry,
				      const struct mail *mail, const struct dkim_options *options);
/*
 * The checks of one signature that DKIM and ARC have in common: limits, key, body hash, header.
 * Time and l= are the caller's. *ret_key says which key was used.
 */
enum dkim_reason dkim_check(struct arena *arena, struct inquiry *inquiry, const struct mail *mail,
			    const struct mail_signature *signature,
			    const struct dkim_key_options *options, struct dkim_key_check *ret_key);

#endif

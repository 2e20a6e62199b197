/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The text of a signature: DKIM-Signature (RFC 6376 3.5), and ARC-Message-Signature and ARC-Seal
 * (RFC 8617 4.1), which are written alike.
 */
#ifndef MAILSEAL_AUTHENTICATE_DKIM_SIGNATURE_H
#define MAILSEAL_AUTHENTICATE_DKIM_SIGNATURE_H

#include "authenticate/dkim_reason.h"
#include "crypto/digest.h"
#include "message/canonical.h"
#include "message/header.h"
#include "records/tag_list.h"

/* Signers name 10 to 40 fields, with repeats up to 80. */
#define DKIM_MAX_NAMES 256
/* RFC 8617 4.2.1 */
#define ARC_MAX_INSTANCE 50

enum signature_flavour {
	FLAVOUR_DKIM,
	FLAVOUR_ARC_MESSAGE,
	FLAVOUR_ARC_SEAL,
};

enum dkim_algorithm {
	DKIM_RSA_SHA256,
	DKIM_ED25519_SHA256, /* RFC 8463 */
	DKIM_RSA_SHA1,
};

/* RFC 8617 4.1.3 cv= */
enum arc_status {
	ARC_NONE,
	ARC_PASS,
	ARC_FAIL,
};

/*
 * Read as far as it goes: with problem other than DKIM_REASON_NONE the fields behind it may be
 * empty. Spans are views into the header or copies in the arena.
 */
struct dkim_signature {
	enum signature_flavour flavour;
	const struct header_field *field;
	struct tag_list tags;
	enum dkim_reason problem;
	struct span offending; /* the octets of the header that are the problem */
	enum dkim_algorithm algorithm;
	enum canonical_form header_form;
	enum canonical_form body_form;
	struct span domain;	     /* d=, canonical */
	struct span selector;	     /* s=, canonical */
	struct span identity;	     /* i= decoded, or empty for the default "@" d= */
	struct span identity_domain; /* canonical */
	struct span *names;	     /* h= */
	size_t name_count;
	struct span body_hash; /* bh= decoded */
	struct span signature; /* b= decoded */
	bool has_length;
	uint64_t length; /* l=; UINT64_MAX when larger than any number */
	bool has_time;
	bool has_expiry;
	int64_t time;
	int64_t expiry;
	unsigned instance;     /* ARC i= */
	enum arc_status chain; /* ARC-Seal cv= */
};

/* Never fails on bad text; look at the arena. allows_sha1: for test data only. */
struct dkim_signature dkim_signature_parse(struct arena *arena, enum signature_flavour flavour,
					   const struct header_field *field, bool allows_sha1);
enum digest_kind dkim_algorithm_digest(enum dkim_algorithm algorithm);
/* "rsa-sha256". Static. */
const char *dkim_algorithm_name(enum dkim_algorithm algorithm);
/* How often h= names a field, without case. */
size_t dkim_signature_name_count(const struct dkim_signature *signature, struct span name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DKIM key records (RFC 6376 3.6.1, RFC 8463 for ed25519). */
#ifndef MAILSEAL_RECORDS_DKIM_KEY_H
#define MAILSEAL_RECORDS_DKIM_KEY_H

#include "base/buffer.h"
#include "records/problem.h"
#include "records/tag_list.h"

enum dkim_key_type {
	DKIM_KEY_RSA,
	DKIM_KEY_ED25519,
	DKIM_KEY_UNKNOWN, /* k= names something else */
};

struct dkim_key {
	struct span text;
	struct tag_list tags;
	enum dkim_key_type type;
	struct span public_key; /* decoded p=, in the arena; empty when revoked or broken */
	bool is_revoked;	/* p= is there and empty (RFC 6376 3.6.1) */
	bool has_p;
	bool is_key_decoded;	 /* the numbers below hold */
	unsigned rsa_bits;	 /* length of the modulus; 0 for other types */
	struct span rsa_modulus; /* big-endian without leading zeros */
	struct span rsa_exponent;
	bool is_testing;	 /* t=y */
	bool is_strict_identity; /* t=s */
	bool allows_sha256;	 /* no h=, or h= holds sha256 */
	bool allows_sha1_only;	 /* h= holds nothing but sha1 */
	bool allows_email;	 /* no s=, or s= holds email or * */
	bool allows_tls_report;	 /* likewise, or s= holds tlsrpt (RFC 8460 3) */
	bool is_version_first;	 /* v= absent, or first */
	struct problems problems;
};

/*
 * Looks like a key record: v=DKIM1 first, or a p= tag and no version but DKIM1 (then perhaps
 * misplaced or in another case, which is a problem of the key). TXT of other kinds at the name is
 * not ours.
 */
bool dkim_key_is_key(struct span text);
/* Never fails on bad text; NULL only when the arena failed. */
struct dkim_key *dkim_key_parse(struct arena *arena, struct span text);
/* h=, s= and what cannot be said from the fields are taken from the tags. */
void dkim_key_write(const struct dkim_key *key, struct buffer *text);
/* RFC 5280 4.1 SubjectPublicKeyInfo with rsaEncryption, exact lengths, no library: modulus and
 * exponent as views into der. RFC 6376 3.6.1 keys are SPKI; a bare RSAPublicKey (common error) is
 * also read, with *ret_is_bare set. */
bool dkim_key_decode_rsa(struct span der, struct span *ret_modulus, struct span *ret_exponent,
			 bool *ret_is_bare) MUST_CHECK;

#endif

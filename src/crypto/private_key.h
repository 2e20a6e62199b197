/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Private keys: generate, read, write, sign. */
#ifndef MAILSEAL_CRYPTO_PRIVATE_KEY_H
#define MAILSEAL_CRYPTO_PRIVATE_KEY_H

#include "crypto/public_key.h"

/* A PEM file of an 8192-bit key has 6.4 kB. */
#define PRIVATE_KEY_PEM_MAX 16384

struct private_key;

/*
 * A new key; the one place of the library that takes randomness from the system, because a key
 * cannot be made without. bits is for RSA: 1024 to 8192; 2048 is what DNS and receivers bear well.
 */
int private_key_generate(enum key_kind kind, unsigned bits, struct private_key **ret_key,
			 struct failure *reterr) MUST_CHECK;
/* An RSA key of 512 to 1023 bits: only to show what receivers that accept such keys let through. */
int private_key_generate_short(unsigned bits, struct private_key **ret_key,
			       struct failure *reterr) MUST_CHECK;
/* PEM without a password: PKCS#8 ("PRIVATE KEY") or PKCS#1 ("RSA PRIVATE KEY"). */
int private_key_read_pem(struct span pem, struct private_key **ret_key,
			 struct failure *reterr) MUST_CHECK;
/* Appends PKCS#8 PEM without a password. */
int private_key_write_pem(const struct private_key *key, struct buffer *pem,
			  struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void private_key_free(struct private_key *key);
enum key_kind private_key_kind(const struct private_key *key);
unsigned private_key_bits(const struct private_key *key);
/*
 * Appends what a DKIM record publishes in p=: SubjectPublicKeyInfo (RFC 6376 3.6.1) for RSA, the 32
 * octets for Ed25519 (RFC 8463 4).
 */
int private_key_write_public(const struct private_key *key, struct buffer *octets,
			     struct failure *reterr) MUST_CHECK;
/* Appends the signature over a digest, as public_key_verify() checks it. */
int private_key_sign(const struct private_key *key, enum digest_kind kind, struct span digest,
		     struct buffer *signature, struct failure *reterr) MUST_CHECK;

#endif

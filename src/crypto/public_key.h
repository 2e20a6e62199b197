/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Public keys from their numbers, and signature checks with them. */
#ifndef MAILSEAL_CRYPTO_PUBLIC_KEY_H
#define MAILSEAL_CRYPTO_PUBLIC_KEY_H

#include "crypto/digest.h"

/* RFC 8301 3.2: verifiers must not accept less than 1024 bits and must handle up to 4096. */
#define PUBLIC_KEY_MIN_BITS 1024
/* For test data from before RFC 8301, and for what receivers that never heard of it do. */
#define PUBLIC_KEY_LEGACY_MIN_BITS 512
/* A check takes 0.25 ms with 8192 bits and grows with the square. */
#define PUBLIC_KEY_MAX_BITS 8192
/* Every key generator uses 65537; a long exponent makes a check as slow as signing. */
#define PUBLIC_KEY_MAX_EXPONENT_BITS 32
/* RFC 8032 5.1.5 and 5.1.6 */
#define PUBLIC_KEY_ED25519_LEN 32
#define PUBLIC_KEY_ED25519_SIGNATURE_LEN 64

enum key_kind {
	KEY_RSA,
	KEY_ED25519,
};

enum public_key_status {
	PUBLIC_KEY_OK,
	PUBLIC_KEY_TOO_SHORT,	 /* modulus below the minimum asked for */
	PUBLIC_KEY_TOO_LONG,	 /* modulus above PUBLIC_KEY_MAX_BITS */
	PUBLIC_KEY_BAD_EXPONENT, /* even, below 3, or above 32 bits */
	PUBLIC_KEY_BAD_NUMBER,	 /* an even modulus, or not the 32 octets of Ed25519 */
	PUBLIC_KEY_NO_MEMORY,	 /* or the library refused */
};

enum signature_status {
	SIGNATURE_GOOD,
	SIGNATURE_BAD,
	SIGNATURE_NO_MEMORY, /* nothing is known about the signature */
};

struct public_key;

/*
 * An RSA key. The numbers are big-endian; leading zeros do not count. Sizes are checked before any
 * arithmetic. min_bits: PUBLIC_KEY_MIN_BITS.
 */
enum public_key_status public_key_new_rsa(struct span modulus, struct span exponent,
					  unsigned min_bits, struct public_key **ret_key);
/* An Ed25519 key: the 32 octets of RFC 8032. */
enum public_key_status public_key_new_ed25519(struct span octets, struct public_key **ret_key);
/* NULL is allowed. */
void public_key_free(struct public_key *key);
enum key_kind public_key_kind(const struct public_key *key);
unsigned public_key_bits(const struct public_key *key);
/*
 * Checks a signature over a digest. RSA: PKCS#1 v1.5 (RFC 8017 8.2.2) with that kind of digest.
 * Ed25519: PureEdDSA over the digest's octets, as RFC 8463 3 has it. The key keeps what the first
 * check prepared and the outcome of the last one, so one thread at a time.
 */
enum signature_status public_key_verify(struct public_key *key, enum digest_kind kind,
					struct span digest, struct span signature);
/* Bits of a big-endian number, leading zeros not counted. */
size_t public_key_number_bits(struct span number);

#endif

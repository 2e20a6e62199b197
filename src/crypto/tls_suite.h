/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The numbers of TLS and what they stand for: cipher suites, groups, signature schemes, versions.
 * Properties only; which of them is good enough is for a profile to say. Suites of TLS with a
 * pre-shared key, SRP or Kerberos are left out: no mail server can use them with strangers.
 */
#ifndef MAILSEAL_CRYPTO_TLS_SUITE_H
#define MAILSEAL_CRYPTO_TLS_SUITE_H

#include <stdint.h>

#include "base/base.h"

enum tls_version {
	TLS_VERSION_SSL2 = 0x0002,
	TLS_VERSION_SSL3 = 0x0300,
	TLS_VERSION_10 = 0x0301,
	TLS_VERSION_11 = 0x0302,
	TLS_VERSION_12 = 0x0303,
	TLS_VERSION_13 = 0x0304,
};

/* How the key is agreed on and who signs it. */
enum tls_kx {
	TLS_KX_ANY, /* TLS 1.3: the suite does not say */
	TLS_KX_RSA,
	TLS_KX_RSA_EXPORT,
	TLS_KX_RSA_EXPORT1024,
	TLS_KX_DH_DSS,
	TLS_KX_DH_DSS_EXPORT,
	TLS_KX_DH_RSA,
	TLS_KX_DH_RSA_EXPORT,
	TLS_KX_DHE_DSS,
	TLS_KX_DHE_DSS_EXPORT,
	TLS_KX_DHE_DSS_EXPORT1024,
	TLS_KX_DHE_RSA,
	TLS_KX_DHE_RSA_EXPORT,
	TLS_KX_DH_ANON,
	TLS_KX_DH_ANON_EXPORT,
	TLS_KX_ECDH_ECDSA,
	TLS_KX_ECDH_RSA,
	TLS_KX_ECDHE_ECDSA,
	TLS_KX_ECDHE_RSA,
	TLS_KX_ECDH_ANON,
	TLS_KX_COUNT,
};

enum tls_cipher {
	TLS_CIPHER_NULL,
	TLS_CIPHER_RC4_40,
	TLS_CIPHER_RC4_56,
	TLS_CIPHER_RC4_128,
	TLS_CIPHER_RC2_CBC_40,
	TLS_CIPHER_RC2_CBC,
	TLS_CIPHER_IDEA_CBC,
	TLS_CIPHER_DES40_CBC,
	TLS_CIPHER_DES_CBC,
	TLS_CIPHER_TRIPLE_DES_EDE_CBC,
	TLS_CIPHER_SEED_CBC,
	TLS_CIPHER_AES_128_CBC,
	TLS_CIPHER_AES_256_CBC,
	TLS_CIPHER_CAMELLIA_128_CBC,
	TLS_CIPHER_CAMELLIA_256_CBC,
	TLS_CIPHER_ARIA_128_CBC,
	TLS_CIPHER_ARIA_256_CBC,
	TLS_CIPHER_AES_128_CCM_8,
	TLS_CIPHER_AES_256_CCM_8,
	TLS_CIPHER_AES_128_CCM,
	TLS_CIPHER_AES_256_CCM,
	TLS_CIPHER_AES_128_GCM,
	TLS_CIPHER_AES_256_GCM,
	TLS_CIPHER_CAMELLIA_128_GCM,
	TLS_CIPHER_CAMELLIA_256_GCM,
	TLS_CIPHER_ARIA_128_GCM,
	TLS_CIPHER_ARIA_256_GCM,
	TLS_CIPHER_CHACHA20_POLY1305,
	TLS_CIPHER_CHACHA20_POLY1305_DRAFT,
	TLS_CIPHER_COUNT,
};

/* SHA256 and SHA384 of an AEAD suite are the hash of its key derivation. */
enum tls_mac {
	TLS_MAC_NONE, /* CCM */
	TLS_MAC_MD5,
	TLS_MAC_SHA,
	TLS_MAC_SHA256,
	TLS_MAC_SHA384,
	TLS_MAC_COUNT,
};

struct tls_suite {
	uint32_t id; /* SSL 2 kinds: three octets, above 0xffff */
	enum tls_kx kx;
	enum tls_cipher cipher;
	enum tls_mac mac;
};

/* What a key exchange is made of. */
enum tls_auth {
	TLS_AUTH_ANY,
	TLS_AUTH_NONE, /* anonymous */
	TLS_AUTH_RSA,
	TLS_AUTH_DSS,
	TLS_AUTH_ECDSA,
};

struct tls_kx_info {
	const char *name;
	enum tls_auth auth;
	bool is_ephemeral; /* forward secrecy */
	bool is_dh;	   /* finite field, fixed or ephemeral */
	bool is_ec;
	bool is_export;
};

enum tls_group_kind {
	TLS_GROUP_EC,
	TLS_GROUP_FFDHE,
	TLS_GROUP_HYBRID, /* a classical group and ML-KEM together */
	TLS_GROUP_KEM,	  /* ML-KEM alone */
};

struct tls_group {
	uint16_t id;
	const char *name;
	enum tls_group_kind kind;
	unsigned bits;	/* of the field or prime; of the classical part */
	bool is_for_13; /* may be negotiated in TLS 1.3 */
};

enum tls_hash {
	TLS_HASH_NONE, /* the scheme has its own: EdDSA */
	TLS_HASH_MD5,
	TLS_HASH_SHA1,
	TLS_HASH_SHA224,
	TLS_HASH_SHA256,
	TLS_HASH_SHA384,
	TLS_HASH_SHA512,
};

struct tls_scheme {
	uint16_t id; /* RFC 8446 4.2.3; RFC 5246 7.4.1.4.1 for the older ones */
	const char *name;
	enum tls_hash hash;
	enum tls_auth auth; /* EdDSA: ECDSA */
};

/* Room for the longest name of a suite and NUL. */
#define TLS_SUITE_NAME_SIZE 64

struct tls_suite_text {
	char text[TLS_SUITE_NAME_SIZE];
};

/* The tables, in order of number. */
extern const struct tls_suite tls_suites[];
extern const size_t tls_suite_count;
extern const struct tls_group tls_groups[];
extern const size_t tls_group_count;
extern const struct tls_scheme tls_schemes[];
extern const size_t tls_scheme_count;

/* NULL for a number we do not know. */
const struct tls_suite *tls_suite_find(uint32_t id);
const struct tls_group *tls_group_find(uint16_t id);
const struct tls_scheme *tls_scheme_find(uint16_t id);
const struct tls_kx_info *tls_kx_info(enum tls_kx kx);
/* IANA's name; "0x1234" for a number we do not know. */
struct tls_suite_text tls_suite_name(uint32_t id);
/* "x25519"; NULL for a number we do not know. Static. */
const char *tls_group_name(uint16_t id);
/* "TLS 1.2", "SSL 3"; "TLS" for anything else. Static. */
const char *tls_version_name(uint16_t version);
/* Authenticated encryption. */
bool tls_cipher_is_aead(enum tls_cipher cipher);
/*
 * How likely a strong server is to choose it: 0 is the strongest class, TLS_RANK_COUNT - 1 what is
 * broken. For the order of offers; no verdict.
 */
unsigned tls_suite_rank(const struct tls_suite *suite);
#define TLS_RANK_AEAD 0	  /* ECDHE with AEAD, and TLS 1.3 */
#define TLS_RANK_LATER 1  /* DHE, CBC with SHA-2, CAMELLIA, ARIA */
#define TLS_RANK_WEAK 2	  /* CBC with SHA-1, CCM_8, SEED, IDEA, 3DES */
#define TLS_RANK_STATIC 3 /* no forward secrecy */
#define TLS_RANK_BROKEN 4 /* NULL, EXPORT, anonymous, RC4, DES, MD5 */
#define TLS_RANK_COUNT 5

#endif

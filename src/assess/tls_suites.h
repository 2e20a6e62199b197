/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Kinds of cipher suites by what they are made of, and whether an endpoint accepts any of a kind.
 */
#ifndef MAILSEAL_ASSESS_TLS_SUITES_H
#define MAILSEAL_ASSESS_TLS_SUITES_H

#include "assess/transit.h"

enum suite_kind {
	SUITE_NULL,   /* no encryption */
	SUITE_EXPORT, /* kept weak on purpose */
	SUITE_ANON,   /* no certificate */
	SUITE_RC4,
	SUITE_DES,
	SUITE_3DES,
	SUITE_MD5,
	SUITE_OBSOLETE, /* RC2, IDEA, SEED */
	SUITE_STATIC,	/* no forward secrecy */
	SUITE_CBC_SHA1, /* ephemeral, CBC with SHA-1 */
	SUITE_CCM8,
	SUITE_LATER, /* DHE, CBC with SHA-2, CAMELLIA, ARIA */
	SUITE_GOOD,  /* TLS 1.3, or ECDHE with AES-GCM: what large senders offer */
	SUITE_KIND_COUNT,
};

bool suite_is(const struct tls_suite *suite, enum suite_kind kind);
/* Could that version carry the suite at all? */
bool suite_fits_version(const struct tls_suite *suite, uint16_t version);
/* Accepted, refused, or not known, over the versions the endpoint accepts. */
struct probe suite_asked(const struct endpoint_version *version, const struct tls_suite *suite);
/* Is any suite of the kind accepted? *ret_names gets up to four of them. */
struct probe suite_kind_accepted(struct arena *arena, const struct smtp_endpoint *smtp,
				 enum suite_kind kind, struct span *ret_names);
/*
 * Words for measures. Exchange: "tls1.3", "ecdhe", "dhe", "rsa", "dh", "ecdh", "anonymous",
 * "export". Cipher: "aes128-gcm", "aes256-cbc", "chacha20", "3des", "rc4", "null", ... Mac: "aead",
 * "sha384", "sha256", "sha1", "md5". Static.
 */
const char *suite_exchange_word(const struct tls_suite *suite);
const char *suite_cipher_word(const struct tls_suite *suite);
const char *suite_mac_word(const struct tls_suite *suite);
/* "rsa2048", "ec256", "ed25519"; in the arena or static. */
const char *certificate_key_word(struct arena *arena, const struct x509_view *view);

#endif

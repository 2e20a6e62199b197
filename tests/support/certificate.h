/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes keys and certificates for tests, so that none has to be kept that expires. */
#ifndef MAILSEAL_TESTS_SUPPORT_CERTIFICATE_H
#define MAILSEAL_TESTS_SUPPORT_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/base.h"

struct certificate {
	EVP_PKEY *key;
	X509 *x509;
};

struct certificate_order {
	const char *key;      /* "RSA2048", "RSA1024", "P-256", "ED25519" */
	const char *subject;  /* the common name */
	const char *names;    /* subjectAltName as in openssl.cnf: "DNS:a.org,DNS:b.org"; NULL */
	const char *usage;    /* extendedKeyUsage: "serverAuth"; NULL */
	const char *features; /* tlsfeature: "status_request"; NULL */
	bool is_ca;
	int64_t not_before;
	int64_t not_after;
	const char *digest;		  /* NULL: SHA256, or none for Ed25519 */
	const struct certificate *issuer; /* NULL: itself */
};

/* Ends the test when it cannot be made. */
struct certificate certificate_new(const struct certificate_order *order);
void certificate_free(struct certificate *certificate);
struct span certificate_der(struct arena *arena, const struct certificate *certificate);
/* Writes PEM; key first when wanted. */
void certificate_write(const struct certificate *certificate, const char *path, bool with_key);

#endif

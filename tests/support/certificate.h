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
	const char *key;       /* "RSA2048", "RSA3072", "RSA1024", "P-256", "ED25519" */
	const char *subject;   /* the common name */
	const char *names;     /* subjectAltName as in openssl.cnf: "DNS:a.org,DNS:b.org"; NULL */
	const char *usage;     /* extendedKeyUsage: "serverAuth"; NULL */
	const char *features;  /* tlsfeature: "status_request"; NULL */
	const char *key_usage; /* keyUsage: "keyCertSign"; NULL */
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
/* What an authority says of a certificate it made. */
struct ocsp_order {
	int status; /* V_OCSP_CERTSTATUS_GOOD, _REVOKED, _UNKNOWN */
	int64_t revoked_at;
	int64_t this_update;
	int64_t next_update;		  /* 0: none */
	const struct certificate *signer; /* NULL: the issuer */
};

/* DER of an OCSP response; ends the test when it cannot be made. */
struct span certificate_ocsp(struct arena *arena, const struct certificate *certificate,
			     const struct certificate *issuer, const struct ocsp_order *order);
/* Writes PEM; key first when wanted. */
void certificate_write(const struct certificate *certificate, const char *path, bool with_key);

#endif

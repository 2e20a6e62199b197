/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The certificates of a PEM file, found by their subject without being parsed whole: OpenSSL 3
 * needs a third of a millisecond for each, and one of 140 is all a chain asks for. Inside of
 * crypto.
 */
#ifndef MAILSEAL_CRYPTO_X509_ROOTS_H
#define MAILSEAL_CRYPTO_X509_ROOTS_H

#include <openssl/x509.h>

#include "base/base.h"

/* Debian ships 140; private collections of all roots that ever were have some hundreds. */
#define X509_ROOTS_MAX 5000
#define X509_ROOTS_BYTES ((size_t)32 << 20)

struct x509_root {
	struct span der;
	X509_NAME *subject;
	bool has_trust; /* OpenSSL's own form, with its settings behind the certificate */
};

struct x509_roots {
	struct arena *arena;
	struct vector list; /* of struct x509_root */
};

/* Empty when the file cannot be read or holds no certificate. */
struct x509_roots x509_roots_read(const char *path);
void x509_roots_free(struct x509_roots *roots);
/* Adds to the store whatever may have issued a certificate of the chain, or one so added. */
void x509_roots_add_issuers(const struct x509_roots *roots, STACK_OF(X509) * chain,
			    X509_STORE *store);

#endif

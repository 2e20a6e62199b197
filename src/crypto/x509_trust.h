/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Does a chain lead to a certificate authority that is trusted here? */
#ifndef MAILSEAL_CRYPTO_X509_TRUST_H
#define MAILSEAL_CRYPTO_X509_TRUST_H

#include "base/base.h"

struct x509_trust_store;

struct x509_trust {
	bool is_trusted;
	struct span error; /* the verifier's word when not; static */
	/* When all of the path is valid; 0 when there is none. */
	int64_t from;
	int64_t until;
};

/* Reads a file of PEM certificates. FAILURE_IO or FAILURE_INPUT when there is none in it. */
int x509_trust_store_load(const char *path, struct x509_trust_store **ret_store,
			  struct failure *reterr) MUST_CHECK;
void x509_trust_store_free(struct x509_trust_store *store);
/*
 * Builds a path from the leaf (the first) through the others to the store, for a TLS server.
 * Dates and names are not looked at: the judge compares from and until with its own time.
 */
struct x509_trust x509_trust_check(const struct x509_trust_store *store, const struct span *chain,
				   size_t count);

#endif

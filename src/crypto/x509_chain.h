/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Chains of DER as OpenSSL wants them. Inside of crypto. */
#ifndef MAILSEAL_CRYPTO_X509_CHAIN_H
#define MAILSEAL_CRYPTO_X509_CHAIN_H

#include <openssl/x509.h>

#include "base/base.h"

/* More is refused by every verifier. */
#define X509_CHAIN_MAX 20

/*
 * The certificates of a chain, leaf first; those behind the leaf that cannot be read are left out.
 * NULL when the leaf cannot be read. The caller frees it with sk_X509_pop_free().
 */
STACK_OF(X509) * x509_chain_read(const struct span *chain, size_t count);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * crypto: the only module that knows OpenSSL, apart from net's TLS sessions.
 *
 *   digest        SHA-1, SHA-256, SHA-512, at once or as a stream
 *   public_key    RSA (PKCS#1 v1.5) and Ed25519 keys from their numbers, and checks with them
 *   private_key   generate, read, write, sign
 *   tls_suite     the numbers of TLS: suites, groups, signature schemes
 *   x509          what stands in a certificate, and the names it is for
 *   x509_trust    does a chain lead to an authority that is trusted here?
 *   dane          do TLSA records vouch for a chain?
 *   key_cache     public keys already prepared, owned by the caller
 *
 * Keys come as numbers: the caller has decoded them. Sizes are refused before any arithmetic.
 */
#ifndef MAILSEAL_CRYPTO_CRYPTO_H
#define MAILSEAL_CRYPTO_CRYPTO_H

#include "crypto/dane.h"
#include "crypto/digest.h"
#include "crypto/key_cache.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/tls_suite.h"
#include "crypto/x509.h"
#include "crypto/x509_trust.h"

#endif

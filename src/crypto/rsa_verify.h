/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * RSASSA-PKCS1-v1_5 checks (RFC 8017 8.2.2). The library's arithmetic, our own comparison: its keys
 * and contexts cost more than the arithmetic itself. Only crypto includes this.
 */
#ifndef MAILSEAL_CRYPTO_RSA_VERIFY_H
#define MAILSEAL_CRYPTO_RSA_VERIFY_H

#include "crypto/digest.h"
#include "crypto/public_key.h"

struct rsa_verifier;

/* The numbers are big-endian and were judged already: odd, and of a size we take. NULL when memory
 * is out. */
struct rsa_verifier *rsa_verifier_new(struct span modulus, struct span exponent);
/* NULL is allowed. */
void rsa_verifier_free(struct rsa_verifier *verifier);
enum signature_status rsa_verifier_check(struct rsa_verifier *verifier, enum digest_kind kind,
					 struct span digest, struct span signature);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Keyed digests (RFC 2104). */
#ifndef MAILSEAL_CRYPTO_HMAC_H
#define MAILSEAL_CRYPTO_HMAC_H

#include "crypto/digest.h"

/* False when memory is out or the key is empty. */
bool hmac_of(enum digest_kind kind, struct span key, struct span data,
	     struct digest_value *ret_value) MUST_CHECK;

#endif

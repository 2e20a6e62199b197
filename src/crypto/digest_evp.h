/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* OpenSSL's object for a digest kind; nobody outside crypto includes this. */
#ifndef MAILSEAL_CRYPTO_DIGEST_EVP_H
#define MAILSEAL_CRYPTO_DIGEST_EVP_H

#include <openssl/evp.h>

#include "crypto/digest.h"

const EVP_MD *digest_evp(enum digest_kind kind);

#endif

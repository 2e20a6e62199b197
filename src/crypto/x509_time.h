/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* ASN.1 times as seconds since 1970. Inside of crypto. */
#ifndef MAILSEAL_CRYPTO_X509_TIME_H
#define MAILSEAL_CRYPTO_X509_TIME_H

#include <openssl/asn1.h>

#include "base/base.h"

/* False when it cannot be read. */
bool x509_time_read(const ASN1_TIME *time, int64_t *ret_seconds) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Keyed digests by OpenSSL. */
#include "crypto/hmac.h"

#include <limits.h>
#include <openssl/hmac.h>

#include "crypto/digest_evp.h"

bool hmac_of(enum digest_kind kind, struct span key, struct span data,
	     struct digest_value *ret_value)
{
	struct digest_value value;
	unsigned len = 0;
	if (key.len == 0 || key.len > INT_MAX ||
	    HMAC(digest_evp(kind), key.ptr, (int)key.len, (const unsigned char *)data.ptr, data.len,
		 value.octets, &len) == NULL) {
		return false;
	}
	value.len = len;
	*ret_value = value;
	return true;
}

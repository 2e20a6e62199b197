/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Public keys: what our decoder takes is a key the library can use, or one refused for its size. */
#include "fuzz.h"

#include "crypto/public_key.h"
#include "records/dkim_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span modulus;
	struct span exponent;
	bool is_bare = false;
	if (dkim_key_decode_rsa(span_of(data, size), &modulus, &exponent, &is_bare)) {
		struct public_key *key = NULL;
		enum public_key_status status =
			public_key_new_rsa(modulus, exponent, PUBLIC_KEY_MIN_BITS, &key);
		FUZZ_CHECK((status == PUBLIC_KEY_OK) == (key != NULL));
		if (key != NULL) {
			char digest[32] = {0};
			FUZZ_CHECK(public_key_bits(key) <= PUBLIC_KEY_MAX_BITS);
			FUZZ_CHECK(public_key_verify(key, DIGEST_SHA256,
						     span_of(digest, sizeof(digest)),
						     span_of(data, size)) != SIGNATURE_NO_MEMORY);
		}
		public_key_free(key);
	}
	return 0;
}

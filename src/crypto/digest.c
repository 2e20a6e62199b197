/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Message digests by OpenSSL. */
#include "crypto/digest.h"

#include <stdlib.h>

#include "crypto/digest_evp.h"

struct digest {
	EVP_MD_CTX *context;
	bool is_failed;
};

const EVP_MD *digest_evp(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_SHA256:
		return EVP_sha256();
	case DIGEST_SHA512:
		return EVP_sha512();
	case DIGEST_SHA1:
		return EVP_sha1();
	}
	return NULL;
}

struct digest *digest_new(enum digest_kind kind)
{
	struct digest *digest = calloc(1, sizeof(*digest));
	if (digest == NULL) {
		return NULL;
	}
	digest->context = EVP_MD_CTX_new();
	if (digest->context == NULL ||
	    EVP_DigestInit_ex(digest->context, digest_evp(kind), NULL /* engine */) != 1) {
		digest_free(digest);
		return NULL;
	}
	return digest;
}

void digest_free(struct digest *digest)
{
	if (digest != NULL) {
		EVP_MD_CTX_free(digest->context);
		free(digest);
	}
}

void digest_update(struct digest *digest, struct span data)
{
	if (data.len > 0 && EVP_DigestUpdate(digest->context, data.ptr, data.len) != 1) {
		digest->is_failed = true;
	}
}

bool digest_finish(struct digest *digest, struct digest_value *ret_value)
{
	struct digest_value value;
	unsigned len = 0;
	if (digest->is_failed || EVP_DigestFinal_ex(digest->context, value.octets, &len) != 1) {
		return false;
	}
	value.len = len;
	*ret_value = value;
	return true;
}

bool digest_of(enum digest_kind kind, struct span data, struct digest_value *ret_value)
{
	struct digest_value value;
	unsigned len = 0;
	if (EVP_Digest(data.len > 0 ? data.ptr : "", data.len, value.octets, &len, digest_evp(kind),
		       NULL /* engine */) != 1) {
		return false;
	}
	value.len = len;
	*ret_value = value;
	return true;
}

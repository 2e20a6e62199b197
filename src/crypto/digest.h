/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Message digests (FIPS 180-4), at once or as a stream. */
#ifndef MAILSEAL_CRYPTO_DIGEST_H
#define MAILSEAL_CRYPTO_DIGEST_H

#include "base/base.h"

/* SHA-512 has the longest result. */
#define DIGEST_MAX_LEN 64

enum digest_kind {
	DIGEST_SHA256,
	DIGEST_SHA512,
	DIGEST_SHA1, /* RFC 8301 3.1: never enough for a signature; for old test data only */
};

struct digest_value {
	unsigned char octets[DIGEST_MAX_LEN];
	size_t len;
};

struct digest;

/* NULL when memory is out. */
struct digest *digest_new(enum digest_kind kind);
/* NULL is allowed. */
void digest_free(struct digest *digest);
/* A failure inside is remembered and told by digest_finish(). */
void digest_update(struct digest *digest, struct span data);
/* The digest of all that came; the object can only be freed after that. */
bool digest_finish(struct digest *digest, struct digest_value *ret_value) MUST_CHECK;
/* All at once. False when memory is out. */
bool digest_of(enum digest_kind kind, struct span data, struct digest_value *ret_value) MUST_CHECK;

static inline struct span digest_value_span(const struct digest_value *value)
{
	return span_of(value->octets, value->len);
}

#endif

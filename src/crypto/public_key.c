/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RSA and Ed25519 keys from their numbers: which are taken, and their checks. */
#include "crypto/public_key.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/rsa_verify.h"

/* A judge that is run again asks the same again. */
struct last_check {
	enum digest_kind kind;
	struct digest_value digest;
	unsigned char signature[PUBLIC_KEY_MAX_BITS / 8];
	size_t signature_len; /* 0: nothing was checked yet */
	enum signature_status status;
};

struct public_key {
	struct rsa_verifier *rsa; /* the one or the other */
	EVP_PKEY *ed25519;
	enum key_kind kind;
	unsigned bits;
	struct last_check last;
};

static struct span without_zeros(struct span number)
{
	while (number.len > 0 && number.ptr[0] == 0) {
		number = span_from(number, 1);
	}
	return number;
}

size_t public_key_number_bits(struct span number)
{
	number = without_zeros(number);
	if (number.len == 0) {
		return 0;
	}
	size_t bits = number.len * 8;
	for (unsigned mask = 0x80; (span_octet(number, 0) & mask) == 0; mask >>= 1) {
		bits--;
	}
	return bits;
}

static bool is_odd(struct span number)
{
	return number.len > 0 && (span_octet(number, number.len - 1) & 1) == 1;
}

static enum public_key_status check_rsa(struct span modulus, struct span exponent,
					unsigned min_bits)
{
	size_t bits = public_key_number_bits(modulus);
	size_t exponent_bits = public_key_number_bits(exponent);
	if (bits < min_bits) {
		return PUBLIC_KEY_TOO_SHORT;
	}
	if (bits > PUBLIC_KEY_MAX_BITS) {
		return PUBLIC_KEY_TOO_LONG;
	}
	/* RFC 8017 3.1: e is odd and at least 3 */
	if (exponent_bits < 2 || exponent_bits > PUBLIC_KEY_MAX_EXPONENT_BITS ||
	    !is_odd(exponent)) {
		return PUBLIC_KEY_BAD_EXPONENT;
	}
	return is_odd(modulus) ? PUBLIC_KEY_OK : PUBLIC_KEY_BAD_NUMBER;
}

static enum public_key_status wrap(struct public_key shape, struct public_key **ret_key)
{
	struct public_key *key = malloc(sizeof(*key));
	if (key == NULL || (shape.rsa == NULL && shape.ed25519 == NULL)) {
		rsa_verifier_free(shape.rsa);
		EVP_PKEY_free(shape.ed25519);
		free(key);
		ERR_clear_error();
		return PUBLIC_KEY_NO_MEMORY;
	}
	*key = shape;
	*ret_key = key;
	return PUBLIC_KEY_OK;
}

enum public_key_status public_key_new_rsa(struct span modulus, struct span exponent,
					  unsigned min_bits, struct public_key **ret_key)
{
	enum public_key_status status = check_rsa(modulus, exponent, min_bits);
	if (status != PUBLIC_KEY_OK) {
		return status;
	}
	struct public_key shape = {
		.rsa = rsa_verifier_new(modulus, exponent),
		.kind = KEY_RSA,
		.bits = (unsigned)public_key_number_bits(modulus),
	};
	return wrap(shape, ret_key);
}

enum public_key_status public_key_new_ed25519(struct span octets, struct public_key **ret_key)
{
	if (octets.len != PUBLIC_KEY_ED25519_LEN) {
		return PUBLIC_KEY_BAD_NUMBER;
	}
	struct public_key shape = {
		.ed25519 =
			EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL /* engine */,
						    (const unsigned char *)octets.ptr, octets.len),
		.kind = KEY_ED25519,
		.bits = 256,
	};
	return wrap(shape, ret_key);
}

void public_key_free(struct public_key *key)
{
	if (key != NULL) {
		rsa_verifier_free(key->rsa);
		EVP_PKEY_free(key->ed25519);
		free(key);
	}
}

enum key_kind public_key_kind(const struct public_key *key)
{
	return key->kind;
}

unsigned public_key_bits(const struct public_key *key)
{
	return key->bits;
}

static enum signature_status verify_ed25519(const struct public_key *key, struct span digest,
					    struct span signature)
{
	enum signature_status status = SIGNATURE_NO_MEMORY;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->ed25519) == 1) {
		int is_good = EVP_DigestVerify(context, (const unsigned char *)signature.ptr,
					       signature.len, (const unsigned char *)digest.ptr,
					       digest.len);
		status = is_good == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
	}
	EVP_MD_CTX_free(context);
	return status;
}

static bool is_last(const struct last_check *last, enum digest_kind kind, struct span digest,
		    struct span signature)
{
	return last->signature_len > 0 && last->kind == kind &&
	       span_equal(digest_value_span(&last->digest), digest) &&
	       span_equal(span_of(last->signature, last->signature_len), signature);
}

static void keep_last(struct last_check *last, enum digest_kind kind, struct span digest,
		      struct span signature, enum signature_status status)
{
	last->signature_len = 0;
	if (status == SIGNATURE_NO_MEMORY || digest.len > sizeof(last->digest.octets) ||
	    signature.len > sizeof(last->signature)) {
		return;
	}
	last->kind = kind;
	last->digest.len = digest.len;
	if (digest.len > 0) {
		memcpy(last->digest.octets, digest.ptr, digest.len);
	}
	memcpy(last->signature, signature.ptr, signature.len);
	last->signature_len = signature.len;
	last->status = status;
}

enum signature_status public_key_verify(struct public_key *key, enum digest_kind kind,
					struct span digest, struct span signature)
{
	if (signature.len == 0) {
		return SIGNATURE_BAD;
	}
	if (is_last(&key->last, kind, digest, signature)) {
		return key->last.status;
	}
	enum signature_status status = SIGNATURE_BAD;
	switch (key->kind) {
	case KEY_RSA:
		status = rsa_verifier_check(key->rsa, kind, digest, signature);
		break;
	case KEY_ED25519:
		status = verify_ed25519(key, digest, signature);
		break;
	}
	if (status != SIGNATURE_GOOD) {
		ERR_clear_error();
	}
	keep_last(&key->last, kind, digest, signature, status);
	return status;
}

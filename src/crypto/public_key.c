/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RSA and Ed25519 keys from their numbers. */
#include "crypto/public_key.h"

#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/digest_evp.h"

struct public_key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *context; /* RSA: ready for checks; made at the first, which costs a tenth */
	enum digest_kind context_kind;
	enum key_kind kind;
	unsigned bits;
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

/* OpenSSL's parameters hold numbers in the machine's order of octets. */
static size_t to_native(struct span number, unsigned char *native)
{
	const uint16_t probe = 1;
	bool is_little_endian = *(const unsigned char *)&probe == 1;
	for (size_t i = 0; i < number.len; i++) {
		native[i] = span_octet(number, is_little_endian ? number.len - 1 - i : i);
	}
	return number.len;
}

static EVP_PKEY *make_rsa(struct span modulus, struct span exponent)
{
	unsigned char n[PUBLIC_KEY_MAX_BITS / 8];
	unsigned char e[PUBLIC_KEY_MAX_EXPONENT_BITS / 8];
	size_t n_len = to_native(without_zeros(modulus), n);
	size_t e_len = to_native(without_zeros(exponent), e);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, n_len),
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, e_len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(context);
	return pkey;
}

/* Takes the pkey over, also when it fails. */
static enum public_key_status wrap(EVP_PKEY *pkey, struct public_key shape,
				   struct public_key **ret_key)
{
	struct public_key *key = pkey != NULL ? malloc(sizeof(*key)) : NULL;
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		ERR_clear_error();
		return PUBLIC_KEY_NO_MEMORY;
	}
	*key = shape;
	key->context = NULL;
	key->pkey = pkey;
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
	struct public_key shape = {.kind = KEY_RSA,
				   .bits = (unsigned)public_key_number_bits(modulus)};
	return wrap(make_rsa(modulus, exponent), shape, ret_key);
}

enum public_key_status public_key_new_ed25519(struct span octets, struct public_key **ret_key)
{
	if (octets.len != PUBLIC_KEY_ED25519_LEN) {
		return PUBLIC_KEY_BAD_NUMBER;
	}
	struct public_key shape = {.kind = KEY_ED25519, .bits = 256};
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL /* engine */,
						     (const unsigned char *)octets.ptr, octets.len);
	return wrap(pkey, shape, ret_key);
}

void public_key_free(struct public_key *key)
{
	if (key != NULL) {
		EVP_PKEY_CTX_free(key->context);
		EVP_PKEY_free(key->pkey);
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

static EVP_PKEY_CTX *make_context(EVP_PKEY *pkey, enum digest_kind kind)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL /* engine */);
	if (context != NULL && EVP_PKEY_verify_init(context) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(context, digest_evp(kind)) == 1) {
		return context;
	}
	EVP_PKEY_CTX_free(context);
	return NULL;
}

/* RFC 8017 8.2.2; the library also checks that the signature is as long as the modulus. */
static enum signature_status verify_rsa(struct public_key *key, enum digest_kind kind,
					struct span digest, struct span signature)
{
	if (key->context == NULL || key->context_kind != kind) {
		EVP_PKEY_CTX_free(key->context);
		key->context = make_context(key->pkey, kind);
		key->context_kind = kind;
	}
	if (key->context == NULL) {
		return SIGNATURE_NO_MEMORY;
	}
	int is_good = EVP_PKEY_verify(key->context, (const unsigned char *)signature.ptr,
				      signature.len, (const unsigned char *)digest.ptr, digest.len);
	return is_good == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

static enum signature_status verify_ed25519(const struct public_key *key, struct span digest,
					    struct span signature)
{
	enum signature_status status = SIGNATURE_NO_MEMORY;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) == 1) {
		int is_good = EVP_DigestVerify(context, (const unsigned char *)signature.ptr,
					       signature.len, (const unsigned char *)digest.ptr,
					       digest.len);
		status = is_good == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
	}
	EVP_MD_CTX_free(context);
	return status;
}

enum signature_status public_key_verify(struct public_key *key, enum digest_kind kind,
					struct span digest, struct span signature)
{
	if (signature.len == 0) {
		return SIGNATURE_BAD;
	}
	enum signature_status status = SIGNATURE_BAD;
	switch (key->kind) {
	case KEY_RSA:
		status = verify_rsa(key, kind, digest, signature);
		break;
	case KEY_ED25519:
		status = verify_ed25519(key, digest, signature);
		break;
	}
	if (status != SIGNATURE_GOOD) {
		ERR_clear_error();
	}
	return status;
}

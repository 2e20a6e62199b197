/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Raises the signature to the exponent, and compares with what must come out, octet for octet. */
#include "crypto/rsa_verify.h"

#include <stdlib.h>

#include <openssl/bn.h>

/* RFC 8017 9.2: 00 01, at least eight FF, 00. */
#define PADDING_MIN 11
#define MESSAGE_MAX (PUBLIC_KEY_MAX_BITS / 8)

struct rsa_verifier {
	BIGNUM *modulus;
	BIGNUM *exponent;
	BIGNUM *number; /* the signature, then what it stands for */
	BN_MONT_CTX *montgomery;
	BN_CTX *scratch;
};

struct rsa_verifier *rsa_verifier_new(struct span modulus, struct span exponent)
{
	struct rsa_verifier *v = calloc(1, sizeof(*v));
	if (v == NULL) {
		return NULL;
	}
	v->modulus =
		BN_bin2bn((const unsigned char *)modulus.ptr, (int)modulus.len, NULL /* ret */);
	v->exponent =
		BN_bin2bn((const unsigned char *)exponent.ptr, (int)exponent.len, NULL /* ret */);
	v->number = BN_new();
	v->montgomery = BN_MONT_CTX_new();
	v->scratch = BN_CTX_new();
	if (v->modulus == NULL || v->exponent == NULL || v->number == NULL ||
	    v->montgomery == NULL || v->scratch == NULL ||
	    BN_MONT_CTX_set(v->montgomery, v->modulus, v->scratch) != 1) {
		rsa_verifier_free(v);
		return NULL;
	}
	return v;
}

void rsa_verifier_free(struct rsa_verifier *v)
{
	if (v != NULL) {
		BN_free(v->modulus);
		BN_free(v->exponent);
		BN_free(v->number);
		BN_MONT_CTX_free(v->montgomery);
		BN_CTX_free(v->scratch);
		free(v);
	}
}

/* RFC 8017 9.2 note 1: the DER of DigestInfo in front of the digest. */
static struct span digest_info(enum digest_kind kind)
{
	static const char sha1[] = "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
	static const char sha256[] =
		"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
	static const char sha512[] =
		"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";
	switch (kind) {
	case DIGEST_SHA1:
		return span_of(sha1, sizeof(sha1) - 1);
	case DIGEST_SHA256:
		return span_of(sha256, sizeof(sha256) - 1);
	case DIGEST_SHA512:
		return span_of(sha512, sizeof(sha512) - 1);
	}
	return span_of(NULL, 0);
}

/* RFC 8017 9.2 EMSA-PKCS1-v1_5; false when the modulus is too short for it. */
static bool encode(enum digest_kind kind, struct span digest, unsigned char *message, size_t len)
{
	struct span info = digest_info(kind);
	size_t tail = info.len + digest.len;
	if (info.len == 0 || digest.len != (size_t)(unsigned char)info.ptr[info.len - 1] ||
	    len < tail + PADDING_MIN) {
		return false;
	}
	memset(message, 0xff, len - tail);
	message[0] = 0;
	message[1] = 1;
	message[len - tail - 1] = 0;
	memcpy(message + len - tail, info.ptr, info.len);
	memcpy(message + len - digest.len, digest.ptr, digest.len);
	return true;
}

enum signature_status rsa_verifier_check(struct rsa_verifier *v, enum digest_kind kind,
					 struct span digest, struct span signature)
{
	unsigned char expected[MESSAGE_MAX];
	unsigned char found[MESSAGE_MAX];
	size_t len = (size_t)BN_num_bytes(v->modulus);
	/* RFC 8017 8.2.2 step 1: as long as the modulus, no octet more or less */
	if (signature.len != len || len > MESSAGE_MAX || !encode(kind, digest, expected, len)) {
		return SIGNATURE_BAD;
	}
	if (BN_bin2bn((const unsigned char *)signature.ptr, (int)len, v->number) == NULL) {
		return SIGNATURE_NO_MEMORY;
	}
	/* RFC 8017 5.2.2 step 1: a number below the modulus */
	if (BN_ucmp(v->number, v->modulus) >= 0) {
		return SIGNATURE_BAD;
	}
	if (BN_mod_exp_mont(v->number, v->number, v->exponent, v->modulus, v->scratch,
			    v->montgomery) != 1 ||
	    BN_bn2binpad(v->number, found, (int)len) != (int)len) {
		return SIGNATURE_NO_MEMORY;
	}
	return memcmp(found, expected, len) == 0 ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

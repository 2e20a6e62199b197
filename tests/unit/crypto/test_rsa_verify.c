/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Signatures that the right key made over what must not pass (RFC 8017 8.2.2, 9.2), against the
 * library's own check. */
#include "unit.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "crypto/public_key.h"

#define KEY_BITS 1024
#define KEY_OCTETS (KEY_BITS / 8)
/* DigestInfo of SHA-256 and the digest. */
#define TAIL_OCTETS (19 + 32)

static const char info_sha256[] =
	"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

struct keys {
	EVP_PKEY *private_key;
	struct public_key *public_key;
	unsigned char modulus[KEY_OCTETS];
	struct digest_value digest;
};

static struct keys make_keys(void)
{
	struct keys keys = {.private_key = EVP_RSA_gen(KEY_BITS)};
	BIGNUM *n = NULL;
	assert_non_null(keys.private_key);
	assert_int_equal(EVP_PKEY_get_bn_param(keys.private_key, "n", &n), 1);
	assert_int_equal(BN_bn2binpad(n, keys.modulus, KEY_OCTETS), KEY_OCTETS);
	BN_free(n);
	assert_int_equal(public_key_new_rsa(span_of(keys.modulus, KEY_OCTETS), span_of("\1\0\1", 3),
					    PUBLIC_KEY_MIN_BITS, &keys.public_key),
			 PUBLIC_KEY_OK);
	assert_true(digest_of(DIGEST_SHA256, SPAN("message"), &keys.digest));
	return keys;
}

static void free_keys(struct keys *keys)
{
	public_key_free(keys->public_key);
	EVP_PKEY_free(keys->private_key);
}

/* What the key makes of any octets. */
static void sign_raw(const struct keys *keys, const unsigned char *message,
		     unsigned char *signature)
{
	size_t len = KEY_OCTETS;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(keys->private_key, NULL);
	assert_int_equal(EVP_PKEY_sign_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_sign(context, signature, &len, message, KEY_OCTETS), 1);
	assert_int_equal(len, KEY_OCTETS);
	EVP_PKEY_CTX_free(context);
}

static bool library_takes(const struct keys *keys, const unsigned char *signature)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(keys->private_key, NULL);
	assert_int_equal(EVP_PKEY_verify_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), 1);
	int r = EVP_PKEY_verify(context, signature, KEY_OCTETS, keys->digest.octets,
				keys->digest.len);
	EVP_PKEY_CTX_free(context);
	return r == 1;
}

static void encode(const struct keys *keys, unsigned char *message)
{
	memset(message, 0xff, KEY_OCTETS);
	message[0] = 0;
	message[1] = 1;
	message[KEY_OCTETS - TAIL_OCTETS - 1] = 0;
	memcpy(message + KEY_OCTETS - TAIL_OCTETS, info_sha256, sizeof(info_sha256) - 1);
	memcpy(message + KEY_OCTETS - 32, keys->digest.octets, 32);
}

static enum signature_status check(const struct keys *keys, const void *signature, size_t len)
{
	return public_key_verify(keys->public_key, DIGEST_SHA256, digest_value_span(&keys->digest),
				 span_of(signature, len));
}

/* One octet of the encoded message is another: everywhere that must matter. */
static void test_each_octet_counts(void **state)
{
	struct keys keys = make_keys();
	unsigned char signature[KEY_OCTETS];
	for (size_t at = 0; at <= KEY_OCTETS; at++) {
		unsigned char message[KEY_OCTETS];
		encode(&keys, message);
		if (at < KEY_OCTETS) {
			message[at] ^= at == 0 ? 0x20 : 0x01;
		}
		/* the first octet must keep the number below the modulus */
		if (at == 0 && message[0] >= keys.modulus[0]) {
			continue;
		}
		sign_raw(&keys, message, signature);
		bool is_good = at == KEY_OCTETS;
		assert_int_equal(check(&keys, signature, KEY_OCTETS),
				 is_good ? SIGNATURE_GOOD : SIGNATURE_BAD);
		assert_int_equal(library_takes(&keys, signature), is_good);
	}
	free_keys(&keys);
}

/* The forgery of 2006: little padding, and room for anything behind the digest. */
static void test_garbage_behind_the_digest(void **state)
{
	struct keys keys = make_keys();
	unsigned char message[KEY_OCTETS] = {0,	   1,	 0xff, 0xff, 0xff, 0xff,
					     0xff, 0xff, 0xff, 0xff, 0};
	unsigned char signature[KEY_OCTETS];
	memcpy(message + 11, info_sha256, sizeof(info_sha256) - 1);
	memcpy(message + 11 + sizeof(info_sha256) - 1, keys.digest.octets, 32);
	sign_raw(&keys, message, signature);
	assert_int_equal(check(&keys, signature, KEY_OCTETS), SIGNATURE_BAD);
	free_keys(&keys);
}

/* RFC 8017 9.2 note 1: the parameters are NULL, not absent. */
static void test_digest_info_without_parameters(void **state)
{
	static const char info[] =
		"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
	struct keys keys = make_keys();
	unsigned char message[KEY_OCTETS];
	unsigned char signature[KEY_OCTETS];
	const size_t len = sizeof(info) - 1;
	memset(message, 0xff, KEY_OCTETS);
	message[0] = 0;
	message[1] = 1;
	message[KEY_OCTETS - 32 - len - 1] = 0;
	memcpy(message + KEY_OCTETS - 32 - len, info, len);
	memcpy(message + KEY_OCTETS - 32, keys.digest.octets, 32);
	sign_raw(&keys, message, signature);
	assert_int_equal(check(&keys, signature, KEY_OCTETS), SIGNATURE_BAD);
	assert_false(library_takes(&keys, signature));
	free_keys(&keys);
}

static void test_lengths_and_sizes(void **state)
{
	struct keys keys = make_keys();
	unsigned char message[KEY_OCTETS];
	unsigned char signature[KEY_OCTETS + 1] = {0};
	encode(&keys, message);
	sign_raw(&keys, message, signature + 1);
	assert_int_equal(check(&keys, signature + 1, KEY_OCTETS), SIGNATURE_GOOD);
	assert_int_equal(check(&keys, signature, KEY_OCTETS + 1), SIGNATURE_BAD);
	assert_int_equal(check(&keys, signature + 1, KEY_OCTETS - 1), SIGNATURE_BAD);
	assert_int_equal(check(&keys, keys.modulus, KEY_OCTETS), SIGNATURE_BAD);
	assert_int_equal(check(&keys, "", 0), SIGNATURE_BAD);
	free_keys(&keys);
}

/* The outcome of the last check is kept: for that question only. */
static void test_the_last_answer_is_for_its_question(void **state)
{
	struct keys keys = make_keys();
	struct digest_value other;
	unsigned char message[KEY_OCTETS];
	unsigned char signature[KEY_OCTETS];
	assert_true(digest_of(DIGEST_SHA256, SPAN("another message"), &other));
	encode(&keys, message);
	sign_raw(&keys, message, signature);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(check(&keys, signature, KEY_OCTETS), SIGNATURE_GOOD);
		assert_int_equal(check(&keys, signature, KEY_OCTETS), SIGNATURE_GOOD);
		assert_int_equal(public_key_verify(keys.public_key, DIGEST_SHA256,
						   digest_value_span(&other),
						   span_of(signature, KEY_OCTETS)),
				 SIGNATURE_BAD);
		assert_int_equal(public_key_verify(keys.public_key, DIGEST_SHA512,
						   digest_value_span(&keys.digest),
						   span_of(signature, KEY_OCTETS)),
				 SIGNATURE_BAD);
		signature[5] ^= 1;
		assert_int_equal(check(&keys, signature, KEY_OCTETS), SIGNATURE_BAD);
		signature[5] ^= 1;
	}
	free_keys(&keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_octet_counts),
		cmocka_unit_test(test_garbage_behind_the_digest),
		cmocka_unit_test(test_digest_info_without_parameters),
		cmocka_unit_test(test_lengths_and_sizes),
		cmocka_unit_test(test_the_last_answer_is_for_its_question),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

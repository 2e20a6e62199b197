/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Digests and keys against published vectors and against each other. */
#include "unit.h"

#include "crypto/crypto.h"

static struct span unhex(struct buffer *buffer, const char *text)
{
	buffer_clear(buffer);
	assert_true(number_parse_hex(span_of_string(text), buffer));
	return buffer_span(buffer);
}

static void test_digest_vectors(void **state)
{
	/* FIPS 180-4 examples: the message "abc" */
	static const struct {
		const char *row;
		enum digest_kind kind;
		const char *hex;
	} rows[] = {
		{"sha1", DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"sha256", DIGEST_SHA256,
		 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"sha512", DIGEST_SHA512,
		 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	};
	struct buffer expected = buffer_new(DIGEST_MAX_LEN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct digest_value value;
		assert_true(digest_of(rows[i].kind, SPAN("abc"), &value));
		assert_row_span(rows[i].row, digest_value_span(&value),
				unhex(&expected, rows[i].hex));
		struct digest *digest = digest_new(rows[i].kind);
		digest_update(digest, SPAN("a"));
		digest_update(digest, SPAN(""));
		digest_update(digest, SPAN("bc"));
		assert_true(digest_finish(digest, &value));
		digest_free(digest);
		assert_row_span(rows[i].row, digest_value_span(&value), buffer_span(&expected));
	}
	buffer_free(&expected);
}

static void test_ed25519_vector(void **state)
{
	/* RFC 8032 7.1 test 1: the empty message */
	struct buffer public_octets = buffer_new(100);
	struct buffer signature = buffer_new(100);
	struct public_key *key = NULL;
	unhex(&public_octets, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
	unhex(&signature,
	      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590"
	      "a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	assert_int_equal(public_key_new_ed25519(buffer_span(&public_octets), &key), PUBLIC_KEY_OK);
	assert_int_equal(public_key_verify(key, DIGEST_SHA256, SPAN(""), buffer_span(&signature)),
			 SIGNATURE_GOOD);
	assert_int_equal(public_key_verify(key, DIGEST_SHA256, SPAN("x"), buffer_span(&signature)),
			 SIGNATURE_BAD);
	assert_int_equal(public_key_verify(key, DIGEST_SHA256, SPAN(""), SPAN("short")),
			 SIGNATURE_BAD);
	public_key_free(key);
	buffer_free(&public_octets);
	buffer_free(&signature);
}

static void test_ed25519_length(void **state)
{
	struct public_key *key = NULL;
	assert_int_equal(public_key_new_ed25519(SPAN("31 octets are one too few......"), &key),
			 PUBLIC_KEY_BAD_NUMBER);
	assert_null(key);
}

static void test_hazard_18_19_rsa_sizes(void **state)
{
	/* first and last octet of modulus and exponent, their lengths */
	static const struct {
		const char *row;
		size_t bits;
		size_t exponent_len;
		unsigned char exponent_first;
		unsigned char exponent_last;
		unsigned char modulus_last;
		enum public_key_status expected;
	} rows[] = {
		{"512", 512, 3, 1, 1, 1, PUBLIC_KEY_TOO_SHORT},
		{"768", 768, 3, 1, 1, 1, PUBLIC_KEY_TOO_SHORT},
		{"1023", 1023, 3, 1, 1, 1, PUBLIC_KEY_TOO_SHORT},
		{"1024", 1024, 3, 1, 1, 1, PUBLIC_KEY_OK},
		{"8192", 8192, 3, 1, 1, 1, PUBLIC_KEY_OK},
		{"8193", 8193, 3, 1, 1, 1, PUBLIC_KEY_TOO_LONG},
		{"16384", 16384, 3, 1, 1, 1, PUBLIC_KEY_TOO_LONG},
		{"32768", 32768, 3, 1, 1, 1, PUBLIC_KEY_TOO_LONG},
		{"even modulus", 1024, 3, 1, 1, 2, PUBLIC_KEY_BAD_NUMBER},
		{"exponent 1", 1024, 1, 1, 1, 1, PUBLIC_KEY_BAD_EXPONENT},
		{"exponent 0", 1024, 1, 0, 0, 1, PUBLIC_KEY_BAD_EXPONENT},
		{"exponent 3", 1024, 1, 3, 3, 1, PUBLIC_KEY_OK},
		{"exponent even", 1024, 3, 1, 2, 1, PUBLIC_KEY_BAD_EXPONENT},
		{"exponent 32 bits", 1024, 4, 0x80, 1, 1, PUBLIC_KEY_OK},
		{"exponent 33 bits", 1024, 5, 1, 1, 1, PUBLIC_KEY_BAD_EXPONENT},
		{"exponent 2048 bits", 1024, 256, 0x80, 1, 1, PUBLIC_KEY_BAD_EXPONENT},
	};
	static unsigned char modulus[32768 / 8 + 1];
	static unsigned char exponent[256];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct public_key *key = NULL;
		size_t len = (rows[i].bits + 7) / 8;
		memset(modulus, 0x55, sizeof(modulus));
		memset(exponent, 0, sizeof(exponent));
		modulus[0] = (unsigned char)(1u << ((rows[i].bits + 7) % 8));
		modulus[len - 1] = rows[i].modulus_last;
		exponent[0] = rows[i].exponent_first;
		exponent[rows[i].exponent_len - 1] = rows[i].exponent_last;
		enum public_key_status status = public_key_new_rsa(
			span_of(modulus, len), span_of(exponent, rows[i].exponent_len),
			PUBLIC_KEY_MIN_BITS, &key);
		assert_row_int(rows[i].row, status, rows[i].expected);
		if (key != NULL) {
			assert_row_int(rows[i].row, public_key_bits(key), rows[i].bits);
		}
		public_key_free(key);
	}
}

static void test_number_bits(void **state)
{
	assert_int_equal(public_key_number_bits(SPAN("")), 0);
	assert_int_equal(public_key_number_bits(span_of("\0\0", 2)), 0);
	assert_int_equal(public_key_number_bits(span_of("\0\1", 2)), 1);
	assert_int_equal(public_key_number_bits(span_of("\0\377\0", 3)), 16);
}

static void test_private_key_round_trip(void **state)
{
	struct private_key *key = NULL;
	struct private_key *again = NULL;
	struct public_key *public_key = NULL;
	struct buffer pem = buffer_new(PRIVATE_KEY_PEM_MAX);
	struct buffer octets = buffer_new(4096);
	struct buffer signature = buffer_new(4096);
	struct digest_value digest;
	assert_int_equal(private_key_generate(KEY_ED25519, 0, &key, NULL), 0);
	assert_int_equal(private_key_write_pem(key, &pem, NULL), 0);
	assert_int_equal(private_key_read_pem(buffer_span(&pem), &again, NULL), 0);
	assert_int_equal(private_key_kind(again), KEY_ED25519);
	assert_true(digest_of(DIGEST_SHA256, SPAN("message"), &digest));
	assert_int_equal(private_key_sign(again, DIGEST_SHA256, digest_value_span(&digest),
					  &signature, NULL),
			 0);
	assert_int_equal(private_key_write_public(key, &octets, NULL), 0);
	assert_int_equal(public_key_new_ed25519(buffer_span(&octets), &public_key), PUBLIC_KEY_OK);
	assert_int_equal(public_key_verify(public_key, DIGEST_SHA256, digest_value_span(&digest),
					   buffer_span(&signature)),
			 SIGNATURE_GOOD);
	public_key_free(public_key);
	private_key_free(key);
	private_key_free(again);
	buffer_free(&pem);
	buffer_free(&octets);
	buffer_free(&signature);
}

static void test_private_key_refusals(void **state)
{
	struct private_key *key = NULL;
	struct failure failure = {0};
	assert_true(private_key_read_pem(SPAN(""), &key, &failure) < 0);
	assert_true(private_key_read_pem(SPAN("-----BEGIN PRIVATE KEY-----\nAAAA\n"), &key,
					 &failure) < 0);
	assert_int_equal(failure.code, FAILURE_LIBRARY);
	assert_true(private_key_generate(KEY_RSA, 512, &key, &failure) < 0);
	assert_int_equal(failure.code, FAILURE_INPUT);
	assert_null(key);
}

static void test_key_cache(void **state)
{
	struct key_cache *cache = key_cache_new(7);
	struct public_key *key = NULL;
	struct span octets = SPAN("exactly thirty-two octets, yes!!");
	assert_int_equal(public_key_new_ed25519(octets, &key), PUBLIC_KEY_OK);
	assert_null(key_cache_get(cache, KEY_ED25519, octets));
	assert_true(key_cache_put(cache, octets, key));
	assert_ptr_equal(key_cache_get(cache, KEY_ED25519, octets), key);
	assert_null(key_cache_get(cache, KEY_RSA, octets));
	assert_null(key_cache_get(cache, KEY_ED25519, SPAN("another")));
	/* the same again takes the first one's place */
	assert_int_equal(public_key_new_ed25519(octets, &key), PUBLIC_KEY_OK);
	assert_true(key_cache_put(cache, octets, key));
	assert_ptr_equal(key_cache_get(cache, KEY_ED25519, octets), key);
	key_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest_vectors),
		cmocka_unit_test(test_ed25519_vector),
		cmocka_unit_test(test_ed25519_length),
		cmocka_unit_test(test_hazard_18_19_rsa_sizes),
		cmocka_unit_test(test_number_bits),
		cmocka_unit_test(test_private_key_round_trip),
		cmocka_unit_test(test_private_key_refusals),
		cmocka_unit_test(test_key_cache),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

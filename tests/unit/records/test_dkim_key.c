/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DKIM keys: tags, the key inside, and DER that must be refused. */
#include <stdio.h>

#include "problem_rows.h"

#include "records/dkim_key.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Made for these tests; the private halves were thrown away. The names say what was changed. */
#define RSA_512                                                                                    \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQ=="

#define RSA_512_BARE                                                                               \
	"MEgCQQCt30dWCamtSTTDHTHz964+E82zWd9Z0Lmkn/CQPOEcdmBDFwk41/dDR2D7kj56ma4Tsn6TnwoN"         \
	"5v9TO37vWwpLAgMBAAE="

#define RSA_2048                                                                                   \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnlHFaOQCH9RUMuyIGkJlOxhAgoNI/nvlY3OX"         \
	"Jbsc3V1/B/Mqp4O8RoIxCR5iQJ2Do0JtZjwlEYtsVQfM6znNjJLb898IedBote2SyG/7k0ni5B07OBUk"         \
	"fSsoM878ecc2li6IevNSb6T39rUeu+VMga7jJH+AbuEu3KreNi9EigFPVfs849g+DIxlJ8Iocpu2Uj54"         \
	"GGpPW38GKaLhKvAQml5aZ7LkzEGGT7ZALi7i7rDelqU1XGygjfMAOfNQvi+1rpNA39lQ/LfWYz9JfowD"         \
	"Ox+62w6+1ufRiMn7xIu3ZQ5+L2m8xh2JGDH9hNE2a9GUA+vlcGqChikY4UvN8NeS0wIDAQAB"

#define ED25519 "4/PD8Fd0w+MamY0qqP0u7Opb5shBJz7Yn3B51cVYCDY="

#define ED25519_SPKI "MCowBQYDK2VwAyEAUNdYrp9Q/mBPAd//OcvKEVZy4CHxereOTiXAyrAqeZs="

#define EVEN_EXPONENT                                                                              \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAA=="

#define EXPONENT_ONE                                                                               \
	"MFowDQYJKoZIhvcNAQEBBQADSQAwRgJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAQE="

#define EVEN_MODULUS                                                                               \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlICAwEAAQ=="

#define TRAILING_OCTET                                                                             \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQA="

#define NEEDLESS_ZERO                                                                              \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAEDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQ=="

#define NEGATIVE_MODULUS                                                                           \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBgMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQ=="

#define UNUSED_BITS                                                                                \
	"MFwwDQYJKoZIhvcNAQEBBQADSwEwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQ=="

#define OTHER_ALGORITHM                                                                            \
	"MFwwDQYJKoZIhvcNAQECBQADSwAwSAJBAMDVoLMFWYy3KUTmhbVcIUNqa5RXk2nKx8dHUgm8OHawRqqW"         \
	"j3sN7QncLuim7U78vP63DnCHgQR6fse5QJ6wIlMCAwEAAQ=="

#define LONG_LENGTH                                                                                \
	"MIFcMA0GCSqGSIb3DQEBAQUAA0sAMEgCQQDA1aCzBVmMtylE5oW1XCFDamuUV5NpysfHR1IJvDh2sEaq"         \
	"lo97De0J3C7opu1O/Lz+tw5wh4EEen7HuUCesCJTAgMBAAE="

#define CUT                                                                                        \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnlHFaOQCH9RUMuyIGkJlOxhAgoNI/nvlY3OX"         \
	"Jbsc3V1/B/Mqp4O8RoIxCR5iQJ2Do0JtZjwlEYtsVQfM6znNjJLb898IedBote2SyG/7k0ni5B07OBUk"         \
	"fSsoM878ecc2li6IevNSb6T39rUeu+VMga7jJH+AbuEu3KreNi9EigFPVfs849g+DIxlJ8Iocpu2Uj54"

static void test_is_key(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_key;
	} rows[] = {
		{"version", SPAN_INIT("v=DKIM1; p="), true},
		{"version alone", SPAN_INIT("v=DKIM1"), true},
		{"no version", SPAN_INIT("k=rsa; p=abc"), true},
		{"p alone", SPAN_INIT("p="), true},
		{"version last", SPAN_INIT("p=abc; v=DKIM1"), true},
		{"version case", SPAN_INIT("v=dkim1; p=abc"), true},
		{"dmarc has p too", SPAN_INIT("v=DMARC1; p=none"), false},
		{"another version", SPAN_INIT("v=DKIM2; p=abc"), false},
		{"spf", SPAN_INIT("v=spf1 -all"), false},
		{"no p", SPAN_INIT("k=rsa; t=y"), false},
		{"p without equals", SPAN_INIT("k=rsa; p"), false},
		{"empty", SPAN_INIT(""), false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(rows[i].name, dkim_key_is_key(rows[i].text), rows[i].is_key);
	}
}

static void test_keys(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		enum dkim_key_type type;
		bool is_key_decoded;
		unsigned rsa_bits;
		size_t error_count;
	} rows[] = {
		{"2048", SPAN_INIT("v=DKIM1; k=rsa; p=" RSA_2048), DKIM_KEY_RSA, true, 2048, 0},
		{"512", SPAN_INIT("p=" RSA_512), DKIM_KEY_RSA, true, 512, 0},
		{"folded",
		 SPAN_INIT("p= MFw \t"
			   "wDQ\r\n Y"),
		 DKIM_KEY_RSA, false, 0, 1},
		{"bare", SPAN_INIT("p=" RSA_512_BARE), DKIM_KEY_RSA, true, 512, 0},
		{"ed25519", SPAN_INIT("k=ed25519; p=" ED25519), DKIM_KEY_ED25519, true, 0, 0},
		{"ed25519 wrapped", SPAN_INIT("k=ed25519; p=" ED25519_SPKI), DKIM_KEY_ED25519,
		 false, 0, 1},
		{"ed25519 read as rsa", SPAN_INIT("p=" ED25519), DKIM_KEY_RSA, false, 0, 1},
		{"revoked", SPAN_INIT("v=DKIM1; p="), DKIM_KEY_RSA, false, 0, 0},
		{"no p", SPAN_INIT("v=DKIM1; k=rsa"), DKIM_KEY_RSA, false, 0, 1},
		{"unknown type", SPAN_INIT("k=dsa; p=abcd"), DKIM_KEY_UNKNOWN, false, 0, 1},
		{"type case", SPAN_INIT("k=RSA; p=" RSA_512), DKIM_KEY_UNKNOWN, false, 0, 1},
		{"empty type", SPAN_INIT("k=; p=" RSA_512), DKIM_KEY_UNKNOWN, false, 0, 1},
		{"even exponent", SPAN_INIT("p=" EVEN_EXPONENT), DKIM_KEY_RSA, true, 512, 1},
		{"exponent 1", SPAN_INIT("p=" EXPONENT_ONE), DKIM_KEY_RSA, true, 512, 1},
		{"even modulus", SPAN_INIT("p=" EVEN_MODULUS), DKIM_KEY_RSA, true, 512, 1},
		{"octet behind", SPAN_INIT("p=" TRAILING_OCTET), DKIM_KEY_RSA, false, 0, 1},
		{"needless zero", SPAN_INIT("p=" NEEDLESS_ZERO), DKIM_KEY_RSA, false, 0, 1},
		{"negative modulus", SPAN_INIT("p=" NEGATIVE_MODULUS), DKIM_KEY_RSA, false, 0, 1},
		{"unused bits", SPAN_INIT("p=" UNUSED_BITS), DKIM_KEY_RSA, false, 0, 1},
		{"other algorithm", SPAN_INIT("p=" OTHER_ALGORITHM), DKIM_KEY_RSA, false, 0, 1},
		{"long form of a short length", SPAN_INIT("p=" LONG_LENGTH), DKIM_KEY_RSA, false, 0,
		 1},
		{"cut off", SPAN_INIT("p=" CUT), DKIM_KEY_RSA, false, 0, 1},
		{"no DER", SPAN_INIT("p=AAAA"), DKIM_KEY_RSA, false, 0, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct dkim_key *key = dkim_key_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, key->type, rows[i].type);
		assert_row_int(name, key->is_key_decoded, rows[i].is_key_decoded);
		assert_row_int(name, key->rsa_bits, rows[i].rsa_bits);
		assert_row_int(name, key->problems.error_count, rows[i].error_count);
		arena_free(arena);
	}
}

static void test_folded(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct dkim_key *whole = dkim_key_parse(arena, SPAN("p=" RSA_2048));
	struct buffer folded = buffer_new(10000);
	buffer_puts(&folded, "p=");
	for (size_t i = 2; i < whole->text.len; i++) {
		buffer_putc(&folded, whole->text.ptr[i]);
		buffer_puts(&folded, i % 50 == 0 ? "\r\n\t " : "");
	}
	struct dkim_key *key = dkim_key_parse(arena, buffer_span(&folded));
	assert_int_equal(key->rsa_bits, 2048);
	assert_true(span_equal(key->rsa_modulus, whole->rsa_modulus));
	assert_row_span("exponent", key->rsa_exponent, SPAN("\1\0\1"));
	buffer_free(&folded);
	arena_free(arena);
}

static void test_tags(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		bool is_testing;
		bool is_strict_identity;
		bool allows_sha256;
		bool allows_sha1_only;
		bool allows_email;
		bool is_version_first;
	} rows[] = {
		{"nothing", SPAN_INIT("p="), false, false, true, false, true, true},
		{"t=y", SPAN_INIT("t=y; p="), true, false, true, false, true, true},
		{"t=y:s", SPAN_INIT("t= y : s ; p="), true, true, true, false, true, true},
		{"t unknown", SPAN_INIT("t=x:s; p="), false, true, true, false, true, true},
		{"sha256", SPAN_INIT("h=sha256; p="), false, false, true, false, true, true},
		{"sha1", SPAN_INIT("h=sha1; p="), false, false, false, true, true, true},
		{"both", SPAN_INIT("h=sha1:sha256; p="), false, false, true, false, true, true},
		{"unknown hash", SPAN_INIT("h=sha512; p="), false, false, false, false, true, true},
		{"sha1 and unknown", SPAN_INIT("h=sha1:x; p="), false, false, false, false, true,
		 true},
		{"empty h", SPAN_INIT("h=; p="), false, false, false, false, true, true},
		{"s=*", SPAN_INIT("s=*; p="), false, false, true, false, true, true},
		{"s=email", SPAN_INIT("s=x:email; p="), false, false, true, false, true, true},
		{"s=other", SPAN_INIT("s=tlsrpt; p="), false, false, true, false, false, true},
		{"empty s", SPAN_INIT("s=; p="), false, false, true, false, false, true},
		{"version later", SPAN_INIT("p=; v=DKIM1"), false, false, true, false, true, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct dkim_key *key = dkim_key_parse(arena, rows[i].text);
		const char *name = rows[i].name;
		assert_row_int(name, key->is_testing, rows[i].is_testing);
		assert_row_int(name, key->is_strict_identity, rows[i].is_strict_identity);
		assert_row_int(name, key->allows_sha256, rows[i].allows_sha256);
		assert_row_int(name, key->allows_sha1_only, rows[i].allows_sha1_only);
		assert_row_int(name, key->allows_email, rows[i].allows_email);
		assert_row_int(name, key->is_version_first, rows[i].is_version_first);
		assert_row_int(name, key->is_revoked && key->has_p, true);
		arena_free(arena);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct problem_row rows[] = {
		{"stray quote", SPAN_INIT("v=DKIM1; p=MFww\"DQYJ"), PROBLEM_ERROR, 15, 1,
		 SPAN_INIT("quotation mark"), SPAN_INIT("unbroken key")},
		{"pem", SPAN_INIT("p=-----BEGIN PUBLIC KEY-----MFww"), PROBLEM_ERROR, 2, 1,
		 SPAN_INIT("PEM"), SPAN_INIT("BEGIN")},
		{"not base64", SPAN_INIT("p=MFw*"), PROBLEM_ERROR, 5, 1, SPAN_INIT("not base64"),
		 SPAN_INIT("letters")},
		{"quoted tag", SPAN_INIT("k=rsa;\"\"p=MFww"), PROBLEM_WARN, 6, 3,
		 SPAN_INIT("unknown tag"), SPAN_INIT("did you mean \"p\"")},
		{"group cut", SPAN_INIT("p=MFwwD"), PROBLEM_ERROR, 7, 0, SPAN_INIT("middle"),
		 SPAN_INIT("multiple of four")},
		{"der cut", SPAN_INIT("p=" CUT), PROBLEM_ERROR, 2, 240,
		 SPAN_INIT("180 of 294 octets"), SPAN_INIT("whole key")},
		{"bare", SPAN_INIT("p=" RSA_512_BARE), PROBLEM_WARN, 2, 0,
		 SPAN_INIT("RSAPublicKey"), SPAN_INIT("SubjectPublicKeyInfo")},
		{"even exponent", SPAN_INIT("p=" EVEN_EXPONENT), PROBLEM_ERROR, 2, 128,
		 SPAN_INIT("exponent"), SPAN_INIT("65537")},
		{"ed25519 wrapped", SPAN_INIT("k=ed25519; p=" ED25519_SPKI), PROBLEM_ERROR, 13, 60,
		 SPAN_INIT("44 octets"), SPAN_INIT("32 octets")},
		{"no semicolon", SPAN_INIT("v=DKIM1 k=rsa; p="), PROBLEM_ERROR, 8, 1,
		 SPAN_INIT("no \";\" before \"k=\""), SPAN_INIT("\";\"")},
		{"no semicolon before p", SPAN_INIT("k=rsa p=MFww"), PROBLEM_ERROR, 6, 1,
		 SPAN_INIT("no \";\" before \"p=\""), SPAN_INIT("\";\"")},
		{"version not first", SPAN_INIT("p=; v=DKIM1"), PROBLEM_ERROR, 4, 1,
		 SPAN_INIT("does not start"), SPAN_INIT("first tag")},
		{"version case", SPAN_INIT("v=dkim1; p="), PROBLEM_ERROR, 2, 5, SPAN_INIT("dkim1"),
		 SPAN_INIT("DKIM1")},
		{"duplicate p", SPAN_INIT("p=; p=abc"), PROBLEM_ERROR, 4, 1,
		 SPAN_INIT("second \"p\""), SPAN_INIT("once")},
		{"empty k", SPAN_INIT("k=; p="), PROBLEM_ERROR, 2, 0, SPAN_INIT("\"k\" is empty"),
		 SPAN_INIT("rsa")},
		{"empty h", SPAN_INIT("h=; p="), PROBLEM_ERROR, 2, 0, SPAN_INIT("\"h\" is empty"),
		 SPAN_INIT("sha256")},
		{"empty s", SPAN_INIT("s=; p="), PROBLEM_ERROR, 2, 0, SPAN_INIT("\"s\" is empty"),
		 SPAN_INIT("email")},
		{"hash word", SPAN_INIT("h=sha256:sha512; p="), PROBLEM_WARN, 9, 6,
		 SPAN_INIT("\"sha512\""), SPAN_INIT("sha256")},
		{"type word", SPAN_INIT("k=rsa1; p="), PROBLEM_ERROR, 2, 4, SPAN_INIT("\"rsa1\""),
		 SPAN_INIT("did you mean \"rsa\"")},
		{"unknown tag", SPAN_INIT("x=1; p="), PROBLEM_WARN, 0, 1, SPAN_INIT("unknown tag"),
		 SPAN_INIT("v, k, h")},
		{"no p", SPAN_INIT("v=DKIM1; k=rsa"), PROBLEM_ERROR, 14, 0,
		 SPAN_INIT("no \"p\" tag"), SPAN_INIT("p=")},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct dkim_key *key = dkim_key_parse(arena, rows[i].text);
		assert_non_null(key);
		assert_row_problem(&rows[i], &key->problems);
		arena_free(arena);
	}
}

static void test_huge(void **state)
{
	(void)state;
	struct buffer text = buffer_new(100000);
	buffer_puts(&text, "p=");
	for (int i = 0; i < 60000; i++) {
		buffer_putc(&text, 'A');
	}
	struct arena *arena = arena_new(100000);
	struct dkim_key *key = dkim_key_parse(arena, buffer_span(&text));
	assert_int_equal(key->problems.error_count, 1);
	assert_int_equal(key->public_key.len, 0);
	arena_free(arena);
	buffer_free(&text);
}

static void test_write(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		struct span written;
	} rows[] = {
		{"rsa", SPAN_INIT("p=" RSA_512), SPAN_INIT("v=DKIM1; k=rsa; p=" RSA_512)},
		{"ed25519", SPAN_INIT("v=DKIM1;k=ed25519;t=s;p=" ED25519),
		 SPAN_INIT("v=DKIM1; k=ed25519; t=s; p=" ED25519)},
		{"revoked", SPAN_INIT("v=DKIM1; p="), SPAN_INIT("v=DKIM1; k=rsa; p=")},
		{"all", SPAN_INIT("n=note; t=y:s; s=email; h=sha256; p=" RSA_512),
		 SPAN_INIT("v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; p=" RSA_512)},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(100000);
		struct buffer written = buffer_new(1000);
		dkim_key_write(dkim_key_parse(arena, rows[i].text), &written);
		assert_row_span(rows[i].name, buffer_span(&written), rows[i].written);
		buffer_free(&written);
		arena_free(arena);
	}
	struct buffer parked = buffer_new(100);
	dkim_key_write(&(struct dkim_key){.is_revoked = true}, &parked);
	assert_row_span("parked", buffer_span(&parked), SPAN("v=DKIM1; k=rsa; p="));
	buffer_free(&parked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_key),	 cmocka_unit_test(test_keys),
		cmocka_unit_test(test_folded),	 cmocka_unit_test(test_tags),
		cmocka_unit_test(test_problems), cmocka_unit_test(test_huge),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The tables of TLS numbers. */
#include "unit.h"

#include "crypto/tls_suite.h"

static void test_suites(void **state)
{
	static const struct {
		uint32_t id;
		const char *name;
		unsigned rank;
	} rows[] = {
		{0x1301, "TLS_AES_128_GCM_SHA256", TLS_RANK_AEAD},
		{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS_RANK_AEAD},
		{0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", TLS_RANK_AEAD},
		{0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", TLS_RANK_LATER},
		{0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", TLS_RANK_LATER},
		{0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", TLS_RANK_WEAK},
		{0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", TLS_RANK_WEAK},
		{0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", TLS_RANK_WEAK},
		{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", TLS_RANK_STATIC},
		{0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", TLS_RANK_BROKEN},
		{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", TLS_RANK_BROKEN},
		{0x0005, "TLS_RSA_WITH_RC4_128_SHA", TLS_RANK_BROKEN},
		{0x003b, "TLS_RSA_WITH_NULL_SHA256", TLS_RANK_BROKEN},
		{0x010080, "SSL2_RC4_128_MD5", TLS_RANK_BROKEN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct tls_suite *suite = tls_suite_find(rows[i].id);
		assert_non_null(suite);
		assert_string_equal(tls_suite_name(rows[i].id).text, rows[i].name);
		assert_row_int(rows[i].name, tls_suite_rank(suite), rows[i].rank);
	}
	assert_null(tls_suite_find(0x0000));
	assert_null(tls_suite_find(0xffffff));
	assert_string_equal(tls_suite_name(0x5600).text, "0x5600");
}

static void test_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < tls_suite_count; i++) {
		assert_true(tls_suites[i - 1].id < tls_suites[i].id);
		assert_ptr_equal(tls_suite_find(tls_suites[i].id), &tls_suites[i]);
	}
	for (size_t i = 0; i < tls_group_count; i++) {
		assert_ptr_equal(tls_group_find(tls_groups[i].id), &tls_groups[i]);
	}
	assert_string_equal(tls_group_name(0x11ec), "X25519MLKEM768");
	assert_null(tls_group_name(0xffff));
	assert_string_equal(tls_scheme_find(0x0804)->name, "rsa_pss_rsae_sha256");
	assert_null(tls_scheme_find(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

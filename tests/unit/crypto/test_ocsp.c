/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* OCSP responses: what they say, about whom, and signed by whom. */
#include "unit.h"

#include <openssl/ocsp.h>

#include "certificate.h"
#include "crypto/ocsp.h"

#define FROM INT64_C(1700000000)
#define UNTIL INT64_C(1800000000)
#define THIS INT64_C(1750000000)
#define NEXT INT64_C(1750600000)

enum signer { SIGNER_ISSUER, SIGNER_DELEGATED, SIGNER_UNNAMED, SIGNER_STRANGER, SIGNER_COUNT };

struct setting {
	struct arena *arena;
	struct certificate issuer;
	struct certificate leaf;
	struct certificate other;
	struct certificate signers[SIGNER_COUNT];
};

static struct certificate order_certificate(const struct certificate *issuer, const char *subject,
					    const char *usage)
{
	struct certificate_order order = {
		.key = "P-256",
		.subject = subject,
		.usage = usage,
		.is_ca = issuer == NULL,
		.not_before = FROM,
		.not_after = UNTIL,
		.issuer = issuer,
	};
	return certificate_new(&order);
}

static struct setting setting_new(void)
{
	struct setting s = {.arena = arena_new((size_t)1 << 20)};
	s.issuer = order_certificate(NULL, "authority", NULL);
	s.leaf = order_certificate(&s.issuer, "mx", NULL);
	s.other = order_certificate(&s.issuer, "mx2", NULL);
	s.signers[SIGNER_ISSUER] = s.issuer;
	s.signers[SIGNER_DELEGATED] = order_certificate(&s.issuer, "responder", "OCSPSigning");
	s.signers[SIGNER_UNNAMED] = order_certificate(&s.issuer, "responder", "serverAuth");
	s.signers[SIGNER_STRANGER] = order_certificate(NULL, "authority", NULL);
	return s;
}

static void setting_free(struct setting *s)
{
	for (size_t i = SIGNER_DELEGATED; i < SIGNER_COUNT; i++) {
		certificate_free(&s->signers[i]);
	}
	certificate_free(&s->other);
	certificate_free(&s->leaf);
	certificate_free(&s->issuer);
	arena_free(s->arena);
}

static void test_status(void **state)
{
	static const struct {
		const char *name;
		int said;
		bool is_about_other;
		enum signer signer;
		enum ocsp_status status;
	} rows[] = {
		{"good", V_OCSP_CERTSTATUS_GOOD, false, SIGNER_ISSUER, OCSP_GOOD},
		{"revoked", V_OCSP_CERTSTATUS_REVOKED, false, SIGNER_ISSUER, OCSP_REVOKED},
		{"unknown", V_OCSP_CERTSTATUS_UNKNOWN, false, SIGNER_ISSUER, OCSP_UNKNOWN},
		{"by a responder", V_OCSP_CERTSTATUS_GOOD, false, SIGNER_DELEGATED, OCSP_GOOD},
		{"not a responder", V_OCSP_CERTSTATUS_GOOD, false, SIGNER_UNNAMED, OCSP_FORGED},
		{"a stranger", V_OCSP_CERTSTATUS_REVOKED, false, SIGNER_STRANGER, OCSP_FORGED},
		{"another's", V_OCSP_CERTSTATUS_REVOKED, true, SIGNER_ISSUER, OCSP_OTHER},
	};
	(void)state;
	struct setting s = setting_new();
	const struct span chain[] = {certificate_der(s.arena, &s.leaf),
				     certificate_der(s.arena, &s.issuer)};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ocsp_order order = {rows[i].said, THIS, THIS, NEXT,
						 &s.signers[rows[i].signer]};
		struct span response = certificate_ocsp(
			s.arena, rows[i].is_about_other ? &s.other : &s.leaf, &s.issuer, &order);
		struct ocsp_view view = ocsp_read(response, chain, 2);
		assert_row_int(rows[i].name, view.status, rows[i].status);
		bool is_told = view.status <= OCSP_UNKNOWN;
		assert_row_int(rows[i].name, view.this_update, is_told ? THIS : 0);
		assert_row_int(rows[i].name, view.next_update, is_told ? NEXT : 0);
		assert_row_int(rows[i].name, view.revoked_at,
			       view.status == OCSP_REVOKED ? THIS : 0);
	}
	setting_free(&s);
}

static void test_chain(void **state)
{
	(void)state;
	struct setting s = setting_new();
	const struct span leaf = certificate_der(s.arena, &s.leaf);
	const struct span other = certificate_der(s.arena, &s.other);
	const struct span issuer = certificate_der(s.arena, &s.issuer);
	const struct ocsp_order order = {V_OCSP_CERTSTATUS_GOOD, 0, THIS, 0, NULL};
	struct span response = certificate_ocsp(s.arena, &s.leaf, &s.issuer, &order);
	const struct span mixed[] = {leaf, other, issuer};
	assert_int_equal(ocsp_read(response, mixed, 3).status, OCSP_GOOD);
	assert_int_equal(ocsp_read(response, mixed, 3).next_update, 0);
	assert_int_equal(ocsp_read(response, mixed, 2).status, OCSP_OTHER);
	assert_int_equal(ocsp_read(response, &leaf, 1).status, OCSP_OTHER);
	setting_free(&s);
}

static void test_malformed(void **state)
{
	(void)state;
	struct setting s = setting_new();
	const struct span chain[] = {certificate_der(s.arena, &s.leaf),
				     certificate_der(s.arena, &s.issuer)};
	const struct ocsp_order order = {V_OCSP_CERTSTATUS_GOOD, 0, THIS, NEXT, NULL};
	struct span response = certificate_ocsp(s.arena, &s.leaf, &s.issuer, &order);
	for (size_t len = 0; len < response.len; len++) {
		assert_row_int("cut short",
			       ocsp_read(span_slice(response, 0, len), chain, 2).status,
			       OCSP_MALFORMED);
	}
	/* RFC 6960 4.2.1: a response that is only a status; 3 is tryLater */
	const struct span later = SPAN("\x30\x03\x0a\x01\x03");
	assert_int_equal(ocsp_read(later, chain, 2).status, OCSP_ERROR);
	assert_int_equal(ocsp_read(response, &response, 1).status, OCSP_MALFORMED);
	setting_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Certificates: their view, the names they are for, whom they lead to. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "certificate.h"
#include "crypto/x509.h"
#include "crypto/x509_trust.h"

#define FROM INT64_C(1700000000)
#define UNTIL INT64_C(1800000000)

static void test_view(void **state)
{
	static const struct {
		const char *name;
		struct certificate_order order;
		enum x509_key_type key_type;
		unsigned key_bits;
		enum tls_hash hash;
		size_t name_count;
		bool is_for_servers;
		bool must_staple;
		bool has_bad_dates;
	} rows[] = {
		{"RSA",
		 {.key = "RSA2048", .names = "DNS:a.org,DNS:*.b.org,IP:192.0.2.1"},
		 X509_KEY_RSA,
		 2048,
		 TLS_HASH_SHA256,
		 2,
		 true,
		 false,
		 false},
		{"weak",
		 {.key = "RSA1024", .digest = "SHA1", .usage = "clientAuth"},
		 X509_KEY_RSA,
		 1024,
		 TLS_HASH_SHA1,
		 0,
		 false,
		 false,
		 false},
		{"EC",
		 {.key = "P-256",
		  .digest = "SHA384",
		  .usage = "serverAuth,clientAuth",
		  .features = "status_request"},
		 X509_KEY_EC,
		 256,
		 TLS_HASH_SHA384,
		 0,
		 true,
		 true,
		 false},
		{"Ed25519",
		 {.key = "ED25519", .not_before = UNTIL, .not_after = FROM},
		 X509_KEY_ED25519,
		 256,
		 TLS_HASH_NONE,
		 0,
		 true,
		 false,
		 true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		struct certificate_order order = rows[i].order;
		order.subject = "mx.example.org";
		order.not_before = order.not_before != 0 ? order.not_before : FROM;
		order.not_after = order.not_after != 0 ? order.not_after : UNTIL;
		struct certificate made = certificate_new(&order);
		struct x509_view view = {0};
		assert_row_int(rows[i].name,
			       x509_view_read(arena, certificate_der(arena, &made), &view), true);
		assert_row_span(rows[i].name, view.subject, SPAN("CN=mx.example.org"));
		assert_row_int(rows[i].name, view.key_type, rows[i].key_type);
		assert_row_int(rows[i].name, view.key_bits, rows[i].key_bits);
		assert_row_int(rows[i].name, view.signature_hash, rows[i].hash);
		assert_row_int(rows[i].name, view.name_count, rows[i].name_count);
		assert_row_int(rows[i].name, view.is_for_servers, rows[i].is_for_servers);
		assert_row_int(rows[i].name, view.must_staple, rows[i].must_staple);
		assert_row_int(rows[i].name, view.has_bad_dates, rows[i].has_bad_dates);
		assert_row_int(rows[i].name, view.not_before, order.not_before);
		assert_row_int(rows[i].name, view.not_after, order.not_after);
		assert_row_int(rows[i].name, view.is_self_signed, true);
		assert_row_int(rows[i].name, view.spki_fingerprint.len, 64);
		certificate_free(&made);
		arena_free(arena);
	}
}

static void test_not_a_certificate(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct x509_view view;
	assert_false(x509_view_read(arena, SPAN(""), &view));
	assert_false(x509_view_read(arena, SPAN("\x30\x00"), &view));
	assert_false(x509_view_read(arena, SPAN("hello"), &view));
	arena_free(arena);
}

static void test_names(void **state)
{
	static struct span names[] = {SPAN_INIT("mx.example.org"), SPAN_INIT("*.Example.NET"),
				      SPAN_INIT("m*.example.com"), SPAN_INIT("*")};
	static const struct x509_view view = {.names = names, .name_count = 4};
	static const struct {
		struct span name;
		bool is_there;
	} rows[] = {
		{SPAN_INIT("mx.example.org"), true},	{SPAN_INIT("MX.example.org"), true},
		{SPAN_INIT("a.example.net"), true},	{SPAN_INIT("b.a.example.net"), false},
		{SPAN_INIT("example.net"), false},	{SPAN_INIT("mx.example.com"), false},
		{SPAN_INIT("m*.example.com"), true},	{SPAN_INIT("org"), false},
		{SPAN_INIT("a.mx.example.org"), false}, {SPAN_INIT(""), false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].name.ptr, x509_has_name(&view, rows[i].name),
			       rows[i].is_there);
	}
}

/* The root's name written in another way (RFC 5280 7.1), and an authority found through another. */
static void test_trust_names(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct certificate_order order = {
		.key = "P-256", .subject = "ROOT", .is_ca = true, .not_after = UNTIL};
	struct certificate root = certificate_new(&order);
	struct certificate renamed = root;
	renamed.x509 = X509_dup(root.x509);
	X509_NAME *name = X509_NAME_new();
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
						    (const unsigned char *)"root", -1, -1, 0),
			 1);
	X509_set_subject_name(renamed.x509, name);
	X509_NAME_free(name);
	order.subject = "between";
	order.issuer = &root;
	struct certificate middle = certificate_new(&order);
	struct certificate_order leaf_order = {
		.key = "P-256", .subject = "leaf", .issuer = &renamed, .not_after = UNTIL};
	struct certificate leaf = certificate_new(&leaf_order);
	leaf_order.issuer = &middle;
	struct certificate below = certificate_new(&leaf_order);
	char path[] = "/tmp/mailseal-roots-XXXXXX";
	int file = mkstemp(path);
	assert_true(file >= 0);
	close(file);
	/* The file holds an authority that is no root, too. */
	certificate_write(&middle, path, /* with_key */ true);
	struct x509_trust_store *store = NULL;
	struct failure failure;
	const struct span chain[] = {certificate_der(arena, &leaf), certificate_der(arena, &below)};
	assert_int_equal(x509_trust_store_load(path, &store, &failure), 0);
	assert_false(x509_trust_check(store, &chain[1], 1).is_trusted);
	x509_trust_store_free(store);
	FILE *more = fopen(path, "ae");
	assert_non_null(more);
	PEM_write_X509(more, root.x509);
	assert_int_equal(fclose(more), 0);
	assert_int_equal(x509_trust_store_load(path, &store, &failure), 0);
	assert_true(x509_trust_check(store, &chain[1], 1).is_trusted);
	assert_true(x509_trust_check(store, &chain[0], 1).is_trusted);
	x509_trust_store_free(store);
	unlink(path);
	X509_free(renamed.x509);
	certificate_free(&root);
	certificate_free(&middle);
	certificate_free(&leaf);
	certificate_free(&below);
	arena_free(arena);
}

static void test_trust(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct certificate_order order = {.key = "P-256",
					  .subject = "root",
					  .is_ca = true,
					  .not_before = 0,
					  .not_after = UNTIL};
	struct certificate root = certificate_new(&order);
	struct certificate other = certificate_new(&order);
	order.subject = "intermediate";
	order.issuer = &root;
	order.not_before = FROM;
	struct certificate middle = certificate_new(&order);
	struct certificate_order leaf_order = {.key = "P-256",
					       .subject = "leaf",
					       .issuer = &middle,
					       .not_before = 1,
					       .not_after = UNTIL - 1};
	struct certificate leaf = certificate_new(&leaf_order);
	char path[] = "/tmp/mailseal-roots-XXXXXX";
	int file = mkstemp(path);
	assert_true(file >= 0);
	close(file);
	certificate_write(&root, path, /* with_key */ false);
	struct x509_trust_store *store = NULL;
	struct failure failure;
	assert_int_equal(x509_trust_store_load(path, &store, &failure), 0);
	const struct span chain[] = {certificate_der(arena, &leaf),
				     certificate_der(arena, &middle)};
	/* Long over, and trusted nevertheless: dates are the judge's. */
	struct x509_trust trust = x509_trust_check(store, chain, 2);
	assert_true(trust.is_trusted);
	assert_int_equal(trust.from, FROM);
	assert_int_equal(trust.until, UNTIL - 1);
	assert_false(x509_trust_check(store, chain, 1).is_trusted);
	const struct span stranger = certificate_der(arena, &other);
	trust = x509_trust_check(store, &stranger, 1);
	assert_false(trust.is_trusted);
	assert_true(trust.error.len > 0);
	x509_trust_store_free(store);
	unlink(path);
	assert_int_equal(x509_trust_store_load(path, &store, &failure), FAILURE_INPUT);
	certificate_free(&root);
	certificate_free(&other);
	certificate_free(&middle);
	certificate_free(&leaf);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_view),	    cmocka_unit_test(test_not_a_certificate),
		cmocka_unit_test(test_names),	    cmocka_unit_test(test_trust),
		cmocka_unit_test(test_trust_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

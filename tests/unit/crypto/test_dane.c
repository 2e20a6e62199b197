/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLSA records against a chain of two. */
#include "unit.h"

#include "certificate.h"
#include "crypto/dane.h"
#include "crypto/x509.h"

#define NOW INT64_C(1750000000)
#define LATE INT64_C(1900000000)

enum which { LEAF, ROOT, NOBODY };

static const struct row {
	const char *name;
	uint8_t usage;
	uint8_t selector;
	uint8_t matching;
	enum which which;
	bool is_cut;
	const char *host;
	int64_t now;
	enum dane_outcome outcome;
	int depth;
} rows[] = {
	{"3 1 1", 3, 1, 1, LEAF, false, "mx.example.org", NOW, DANE_MATCH, 0},
	{"3 1 1, other name", 3, 1, 1, LEAF, false, "mx.example.net", NOW, DANE_MATCH, 0},
	{"3 1 1, expired", 3, 1, 1, LEAF, false, "mx.example.org", LATE, DANE_MATCH, 0},
	{"3 0 0", 3, 0, 0, LEAF, false, "mx.example.org", NOW, DANE_MATCH, 0},
	{"3 0 1", 3, 0, 1, LEAF, false, "mx.example.org", NOW, DANE_MATCH, 0},
	{"3 1 1 of the root", 3, 1, 1, ROOT, false, "mx.example.org", NOW, DANE_MISMATCH, -1},
	{"3 1 1 of nobody", 3, 1, 1, NOBODY, false, "mx.example.org", NOW, DANE_MISMATCH, -1},
	{"2 1 1", 2, 1, 1, ROOT, false, "mx.example.org", NOW, DANE_MATCH, 1},
	{"2 0 1", 2, 0, 1, ROOT, false, "mx.example.org", NOW, DANE_MATCH, 1},
	{"2 1 1, other name", 2, 1, 1, ROOT, false, "mx.example.net", NOW, DANE_NAME, -1},
	{"2 1 1, expired", 2, 1, 1, ROOT, false, "mx.example.org", LATE, DANE_EXPIRED, -1},
	{"2 1 1 of nobody", 2, 1, 1, NOBODY, false, "mx.example.org", NOW, DANE_MISMATCH, -1},
	{"1 1 1", 1, 1, 1, LEAF, false, "mx.example.org", NOW, DANE_UNUSABLE, -1},
	{"3 2 1", 3, 2, 1, LEAF, false, "mx.example.org", NOW, DANE_UNUSABLE, -1},
	{"3 1 3", 3, 1, 3, LEAF, false, "mx.example.org", NOW, DANE_UNUSABLE, -1},
	{"3 1 1, short", 3, 1, 1, LEAF, true, "mx.example.org", NOW, DANE_UNUSABLE, -1},
};

/* The record data a row asks for. */
static struct span data_of(struct arena *arena, const struct row *row, struct span der)
{
	struct x509_view view;
	assert_true(x509_view_read(arena, der, &view));
	if (row->matching == 0) {
		return row->selector == 0 ? der : view.spki;
	}
	struct span hex = row->selector == 0 ? view.fingerprint : view.spki_fingerprint;
	struct buffer octets = buffer_new(64);
	assert_true(number_parse_hex(hex, &octets));
	struct span data = arena_copy(arena, buffer_span(&octets));
	buffer_free(&octets);
	return row->is_cut ? span_slice(data, 0, 31) : data;
}

static void test_records(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct certificate_order order = {.key = "P-256",
					  .subject = "root",
					  .is_ca = true,
					  .not_before = NOW - 1000,
					  .not_after = NOW + 1000};
	struct certificate root = certificate_new(&order);
	struct certificate nobody = certificate_new(&order);
	struct certificate_order leaf_order = {.key = "RSA2048",
					       .subject = "leaf",
					       .names = "DNS:mx.example.org",
					       .issuer = &root,
					       .not_before = NOW - 1000,
					       .not_after = NOW + 1000};
	struct certificate leaf = certificate_new(&leaf_order);
	const struct span all[] = {[LEAF] = certificate_der(arena, &leaf),
				   [ROOT] = certificate_der(arena, &root),
				   [NOBODY] = certificate_der(arena, &nobody)};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		/* A record that never matches stands before it. */
		const struct dane_record records[] = {
			{0, 0, 0, SPAN("unusable")},
			{row->usage, row->selector, row->matching,
			 data_of(arena, row, all[row->which])},
		};
		const struct span host = span_of_string(row->host);
		struct dane_result result = dane_check(records, 2, all, 2, &host, 1, row->now);
		assert_row_int(row->name, result.outcome, row->outcome);
		assert_row_int(row->name, result.depth, row->depth);
		assert_row_int(row->name, result.matched, row->outcome == DANE_MATCH ? 1 : -1);
	}
	certificate_free(&root);
	certificate_free(&nobody);
	certificate_free(&leaf);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Certificates of policy hosts: what is wrong with each, in words. */
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

#include "certificate.h"
#include "collect/policy_certificate.h"

#define NOW 1795000000
#define DAY 86400
#define HOST "mta-sts.example.org"

static struct certificate authority;
static struct certificate middle;
static struct certificate old_middle;
static struct x509_trust_store *trust;

static struct certificate make_authority(const char *subject, int64_t until,
					 const struct certificate *issuer)
{
	return certificate_new(&(struct certificate_order){
		.key = "P-256",
		.subject = subject,
		.is_ca = true,
		.not_before = NOW - 100 * DAY,
		.not_after = until,
		.issuer = issuer,
	});
}

static int set_up(void **state)
{
	(void)state;
	authority = make_authority("Root", NOW + 1000 * DAY, NULL);
	middle = make_authority("Middle", NOW + 500 * DAY, &authority);
	old_middle = make_authority("Old", NOW - DAY, &authority);
	char path[] = "/tmp/mailseal-test-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	certificate_write(&authority, path, /* with_key */ false);
	struct failure failure;
	int r = x509_trust_store_load(path, &trust, &failure);
	unlink(path);
	return r;
}

static int tear_down(void **state)
{
	(void)state;
	x509_trust_store_free(trust);
	certificate_free(&authority);
	certificate_free(&middle);
	certificate_free(&old_middle);
	return 0;
}

static const struct row {
	const char *name;
	const char *names;
	int64_t from;
	int64_t until;
	const struct certificate *issuer; /* NULL: itself */
	bool sends_issuer;
	const char *fault;
} rows[] = {
	{"good", "DNS:" HOST, NOW - DAY, NOW + DAY, &authority, false, ""},
	{"wildcard", "DNS:*.example.org", NOW - DAY, NOW + DAY, &authority, false, ""},
	{"through another", "DNS:" HOST, NOW - DAY, NOW + DAY, &middle, true, ""},
	{"the other is not sent", "DNS:" HOST, NOW - DAY, NOW + DAY, &middle, false,
	 "unable to get local issuer certificate"},
	{"the other has expired", "DNS:" HOST, NOW - DAY, NOW + DAY, &old_middle, true,
	 "expired on 2026-11-1"},
	{"self-signed", "DNS:" HOST, NOW - DAY, NOW + DAY, NULL, false, "self-signed certificate"},
	{"for the domain itself", "DNS:example.org", NOW - DAY, NOW + DAY, &authority, false,
	 "not for the name " HOST},
	{"a wildcard too high", "DNS:*.org", NOW - DAY, NOW + DAY, &authority, false,
	 "not for the name " HOST},
	{"expired", "DNS:" HOST, NOW - 9 * DAY, NOW - 2, &authority, false, "expired on 2026-11-1"},
	{"to the second", "DNS:" HOST, NOW - 9 * DAY, NOW, &authority, false, ""},
	{"too early", "DNS:" HOST, NOW + 2, NOW + DAY, &authority, false,
	 "not valid before 2026-11-1"},
	{"everything at once", "DNS:other.example", NOW - 9 * DAY, NOW - 2, NULL, false,
	 "self-signed certificate; not for the name " HOST "; expired on 2026-11-1"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct arena *arena = arena_new((size_t)1 << 20);
		struct certificate leaf = certificate_new(&(struct certificate_order){
			.key = "P-256",
			.subject = HOST,
			.names = row->names,
			.not_before = row->from,
			.not_after = row->until,
			.issuer = row->issuer,
		});
		struct span chain[2] = {certificate_der(arena, &leaf)};
		if (row->sends_issuer) {
			chain[1] = certificate_der(arena, row->issuer);
		}
		const struct policy_certificate certificate = {
			.chain = chain,
			.chain_count = row->sends_issuer ? 2 : 1,
			.host = SPAN(HOST),
			.now = NOW,
		};
		struct span fault = policy_certificate_fault(arena, trust, &certificate);
		struct span wanted = span_of_string(row->fault);
		assert_row_span(row->name, span_slice(fault, 0, wanted.len), wanted);
		assert_row_int(row->name, fault.len > 0, wanted.len > 0);
		certificate_free(&leaf);
		arena_free(arena);
	}
}

static void test_unreadable(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct span chain[1] = {SPAN("not a certificate")};
	struct policy_certificate certificate = {chain, 1, SPAN(HOST), NOW};
	struct span wanted = SPAN("the certificate cannot be read");
	assert_row_span("text", policy_certificate_fault(arena, trust, &certificate), wanted);
	certificate.chain_count = 0;
	assert_row_span("none", policy_certificate_fault(arena, trust, &certificate), wanted);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unreadable),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "advise/record.h"

#include "unit.h"

#define MAX_ITEMS 4
#define NOW INT64_C(1795392000) /* 2026-11-23T00:00:00Z */

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)1 << 20);
	return arena == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* A NULL-terminated row of strings as spans. */
static size_t spans_of(const char *const *strings, struct span *spans)
{
	size_t count = 0;
	while (count < MAX_ITEMS && strings[count] != NULL) {
		spans[count] = span_of_string(strings[count]);
		count++;
	}
	return count;
}

static void assert_refused(const char *row, int r, const struct failure *failure, const char *why)
{
	assert_row_int(row, r, FAILURE_INPUT);
	if (strstr(failure->detail, why) == NULL) {
		fail_msg("%s: \"%s\" does not say \"%s\"", row, failure->detail, why);
	}
}

static void test_spf(void **state)
{
	static const struct {
		const char *row;
		const char *terms[MAX_ITEMS];
		enum spf_qualifier all;
		const char *value; /* NULL: refused */
		const char *why;
	} rows[] = {
		{"nobody", {NULL}, SPF_FAIL, "v=spf1 -all", NULL},
		{"a provider",
		 {"include:spf.example.net", "ip4:192.0.2.0/24"},
		 SPF_SOFTFAIL,
		 "v=spf1 include:spf.example.net ip4:192.0.2.0/24 ~all",
		 NULL},
		{"mistyped", {"nclude:spf.example.net"}, SPF_FAIL, NULL, "nclude"},
		{"two in one", {"mx a"}, SPF_FAIL, NULL, "not one term"},
		{"bad address", {"ip4:192.0.2.256"}, SPF_FAIL, NULL, "192.0.2.256"},
		{"its own all", {"+all"}, SPF_FAIL, NULL, "all"},
		{"redirect beside all", {"redirect=example.net"}, SPF_FAIL, NULL, "redirect"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span terms[MAX_ITEMS];
		struct record_spf_wish wish = {.domain = SPAN("example.org"),
					       .terms = terms,
					       .term_count = spans_of(rows[i].terms, terms),
					       .all = rows[i].all};
		struct record_change change = {0};
		struct failure failure = {0};
		int r = record_spf_make(arena, &wish, &change, &failure);
		if (rows[i].value == NULL) {
			assert_refused(rows[i].row, r, &failure, rows[i].why);
			assert_row_int(rows[i].row, change.value.len, 0);
			continue;
		}
		assert_row_int(rows[i].row, r, 0);
		assert_row_int(rows[i].row, change.type, RR_TXT);
		assert_row_span(rows[i].row, change.name, SPAN("example.org"));
		assert_row_span(rows[i].row, change.value, span_of_string(rows[i].value));
	}
}

static void test_dmarc(void **state)
{
	static const struct {
		const char *row;
		enum dmarc_policy policies[3];
		bool is_strict;
		const char *rua[MAX_ITEMS];
		const char *value; /* NULL: refused */
		const char *why;
	} rows[] = {
		{"to begin with",
		 {DMARC_POLICY_NONE, DMARC_POLICY_ABSENT, DMARC_POLICY_ABSENT},
		 false,
		 {"dmarc@example.org"},
		 "v=DMARC1; p=none; rua=mailto:dmarc@example.org",
		 NULL},
		{"everything",
		 {DMARC_POLICY_REJECT, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT},
		 true,
		 {"a@example.org", "mailto:b@example.net"},
		 "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; "
		 "rua=mailto:a@example.org,mailto:b@example.net",
		 NULL},
		{"odd characters",
		 {DMARC_POLICY_NONE, DMARC_POLICY_ABSENT, DMARC_POLICY_ABSENT},
		 false,
		 {"a!b#c@example.org"},
		 "v=DMARC1; p=none; rua=mailto:a%21b%23c@example.org",
		 NULL},
		{"idn",
		 {DMARC_POLICY_NONE, DMARC_POLICY_ABSENT, DMARC_POLICY_ABSENT},
		 false,
		 {"a@b\xc3\xbc"
		  "cher.example"},
		 "v=DMARC1; p=none; rua=mailto:a@xn--bcher-kva.example",
		 NULL},
		{"no reader",
		 {DMARC_POLICY_REJECT, DMARC_POLICY_ABSENT, DMARC_POLICY_ABSENT},
		 false,
		 {NULL},
		 "v=DMARC1; p=reject",
		 NULL},
		{"template",
		 {DMARC_POLICY_NONE, DMARC_POLICY_ABSENT, DMARC_POLICY_ABSENT},
		 false,
		 {RECORD_ADDRESS_TEMPLATE},
		 "v=DMARC1; p=none; rua=mailto:<YOUR-REPORT-ADDRESS>",
		 NULL},
		{"no address",
		 {DMARC_POLICY_NONE, 0, 0},
		 false,
		 {"example.org"},
		 NULL,
		 "not a mail address"},
		{"no domain", {DMARC_POLICY_NONE, 0, 0}, false, {"a@b c"}, NULL, "domain name"},
		{"web address",
		 {DMARC_POLICY_NONE, 0, 0},
		 false,
		 {"https://example.org/"},
		 NULL,
		 "no mail address"},
		{"two in one",
		 {DMARC_POLICY_NONE, 0, 0},
		 false,
		 {"mailto:a@example.org,mailto:b@example.org"},
		 NULL,
		 "cannot be used"},
		{"hostile",
		 {DMARC_POLICY_NONE, 0, 0},
		 false,
		 {"mailto:a@example.org; p=none"},
		 NULL,
		 "cannot be used"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span rua[MAX_ITEMS];
		struct record_dmarc_wish wish = {
			.domain = SPAN("example.org"),
			.policy = rows[i].policies[0],
			.subdomain_policy = rows[i].policies[1],
			.nonexistent_policy = rows[i].policies[2],
			.is_strict = rows[i].is_strict,
			.rua = rua,
			.rua_count = spans_of(rows[i].rua, rua),
		};
		struct record_change change = {0};
		struct failure failure = {0};
		int r = record_dmarc_make(arena, &wish, &change, &failure);
		if (rows[i].value == NULL) {
			assert_refused(rows[i].row, r, &failure, rows[i].why);
			continue;
		}
		assert_row_int(rows[i].row, r, 0);
		assert_row_span(rows[i].row, change.name, SPAN("_dmarc.example.org"));
		assert_row_span(rows[i].row, change.value, span_of_string(rows[i].value));
		assert_row_int(rows[i].row, change.is_template,
			       span_find(change.value, '<', 0) < change.value.len);
	}
}

static void test_tls_rpt(void **state)
{
	(void)state;
	struct span rua[] = {SPAN("tls@example.org"), SPAN("https://reports.example.net/in")};
	struct record_tls_rpt_wish wish = {SPAN("example.org"), rua, 2};
	struct record_change change;
	struct failure failure;
	assert_int_equal(record_tls_rpt_make(arena, &wish, &change, &failure), 0);
	assert_row_span("name", change.name, SPAN("_smtp._tls.example.org"));
	assert_row_span("value", change.value,
			SPAN("v=TLSRPTv1; rua=mailto:tls@example.org,"
			     "https://reports.example.net/in"));
	assert_false(change.is_template);
	wish.rua_count = 0;
	assert_refused("none", record_tls_rpt_make(arena, &wish, &change, &failure), &failure,
		       "report address");
	rua[0] = SPAN(RECORD_ADDRESS_TEMPLATE);
	wish.rua_count = 1;
	assert_int_equal(record_tls_rpt_make(arena, &wish, &change, &failure), 0);
	assert_true(change.is_template);
}

static void test_mta_sts(void **state)
{
	static const struct {
		const char *row;
		enum mta_sts_mode mode;
		const char *mx[MAX_ITEMS];
		uint64_t max_age_s;
		const char *policy; /* NULL: refused */
	} rows[] = {
		{"testing",
		 MTA_STS_MODE_TESTING,
		 {"mail.example.org", "*.example.net"},
		 86400,
		 "version: STSv1\r\nmode: testing\r\nmx: mail.example.org\r\nmx: *.example.net\r\n"
		 "max_age: 86400\r\n"},
		{"switched off",
		 MTA_STS_MODE_NONE,
		 {NULL},
		 86400,
		 "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"},
		{"no host", MTA_STS_MODE_ENFORCE, {NULL}, 86400, NULL},
		{"bad host", MTA_STS_MODE_ENFORCE, {"mail example"}, 86400, NULL},
		{"bad wildcard", MTA_STS_MODE_ENFORCE, {"mail.*.example"}, 86400, NULL},
		{"too long", MTA_STS_MODE_ENFORCE, {"mail.example.org"}, 40000000, NULL},
		{"no mode", MTA_STS_MODE_INVALID, {"mail.example.org"}, 86400, NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span mx[MAX_ITEMS];
		struct record_mta_sts_wish wish = {.domain = SPAN("example.org"),
						   .mode = rows[i].mode,
						   .mx = mx,
						   .mx_count = spans_of(rows[i].mx, mx),
						   .max_age_s = rows[i].max_age_s,
						   .now = NOW};
		struct record_change change = {0};
		struct span policy = SPAN("");
		struct failure failure = {0};
		int r = record_mta_sts_make(arena, &wish, &change, &policy, &failure);
		if (rows[i].policy == NULL) {
			assert_row_int(rows[i].row, r, FAILURE_INPUT);
			continue;
		}
		assert_row_int(rows[i].row, r, 0);
		assert_row_span(rows[i].row, policy, span_of_string(rows[i].policy));
		assert_row_span(rows[i].row, change.name, SPAN("_mta-sts.example.org"));
		assert_row_span(rows[i].row, change.value, SPAN("v=STSv1; id=20261123000000"));
	}
}

static void test_parked(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *value;
	} rows[RECORD_PARKED_COUNT] = {
		{"example.org", RR_TXT, "v=spf1 -all"},
		{"_dmarc.example.org", RR_TXT,
		 "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; rua=mailto:dmarc@example.net"},
		{"*._domainkey.example.org", RR_TXT, "v=DKIM1; p="},
		{"example.org", RR_MX, "0 ."},
	};
	(void)state;
	struct span rua[] = {SPAN("dmarc@example.net")};
	struct record_change changes[RECORD_PARKED_COUNT];
	struct failure failure;
	assert_int_equal(record_parked_make(arena, SPAN("example.org"), rua, 1, changes, &failure),
			 0);
	for (size_t i = 0; i < RECORD_PARKED_COUNT; i++) {
		assert_row_int(rows[i].value, changes[i].action, RECORD_PUBLISH);
		assert_row_int(rows[i].value, changes[i].type, rows[i].type);
		assert_row_span(rows[i].value, changes[i].name, span_of_string(rows[i].name));
		assert_row_span(rows[i].value, changes[i].value, span_of_string(rows[i].value));
	}
	struct span bad[] = {SPAN("nobody")};
	assert_int_equal(record_parked_make(arena, SPAN("example.org"), bad, 1, changes, &failure),
			 FAILURE_INPUT);
}

/* A domain so long that no record can stand below it. */
static void test_long_domain(void **state)
{
	(void)state;
	struct span label = SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	struct span domain = arena_printf(arena, "%.*s.%.*s.%.*s.%.*s", SPAN_ARG(label),
					  SPAN_ARG(label), SPAN_ARG(label), SPAN_ARG(label));
	struct record_change changes[RECORD_PARKED_COUNT];
	struct failure failure;
	assert_int_equal(record_parked_make(arena, domain, NULL, 0, changes, &failure),
			 FAILURE_INPUT);
	assert_non_null(strstr(failure.detail, "too long"));
}

static void test_memory(void **state)
{
	(void)state;
	for (size_t successes = 0; successes < 40; successes++) {
		struct arena *small = arena_new((size_t)1 << 20);
		struct record_change changes[RECORD_PARKED_COUNT];
		struct failure failure;
		arena_fail_after(small, successes);
		int r = record_parked_make(small, SPAN("example.org"), NULL, 0, changes, &failure);
		assert_true(r == 0 || r == FAILURE_MEMORY);
		assert_int_equal(r == 0, !arena_has_failed(small));
		arena_free(small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_spf, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dmarc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tls_rpt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mta_sts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_parked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_domain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

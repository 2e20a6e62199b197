/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Hazard 53: what the header of a mail proves about the report in it. */
#include "unit.h"

#include "service/authenticity.h"

#define OURS "Authentication-Results: mx.example; "
#define FROM(address) "From: " address "\r\n"
#define END "Subject: report\r\n\r\nbody\r\n"

struct world {
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
};

static int open_world(void **state)
{
	static struct world world;
	struct failure failure;
	assert_int_equal(public_suffix_list_load(NULL, &world.suffixes, &failure), 0);
	assert_int_equal(provider_table_load(&world.providers, &failure), 0);
	*state = &world;
	return 0;
}

static int close_world(void **state)
{
	struct world *world = *state;
	public_suffix_list_free(world->suffixes);
	provider_table_free(world->providers);
	return 0;
}

struct row {
	const char *name;
	const char *mail;
	enum store_kind kind;
	const char *reporter;
	const char *contact;
	enum store_authenticity expected;
};

static const struct row rows[] = {
	{"proved by DKIM", OURS "dkim=pass header.d=r.example\r\n" FROM("a@r.example") END,
	 STORE_AGGREGATE, "r.example", "a@r.example", STORE_AUTHENTICITY_PROVED},
	{"a line feed ends lines",
	 "Authentication-Results: mx.example; spf=pass smtp.mailfrom=r.example\n"
	 "From: a@r.example\n\nbody\n",
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_PROVED},
	{"two authors",
	 OURS "dkim=pass header.d=r.example\r\n" FROM("a@r.example, b@r.example") END,
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_UNDECIDED},
	{"two From fields",
	 OURS "dkim=pass header.d=r.example\r\n" FROM("a@r.example") FROM("a@evil.example") END,
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_UNDECIDED},
	{"no From field", OURS "dkim=pass header.d=r.example\r\n" END, STORE_AGGREGATE, "r.example",
	 "", STORE_AUTHENTICITY_UNDECIDED},
	{"of several signatures one fits",
	 OURS "dkim=fail header.d=r.example; dkim=pass header.d=r.example\r\n" FROM("a@r.example")
		 END,
	 STORE_TLS, "r.example", "", STORE_AUTHENTICITY_PROVED},
	{"one may yet pass",
	 OURS "dkim=fail header.d=r.example; dkim=temperror header.d=r.example;"
	      " spf=fail smtp.mailfrom=r.example\r\n" FROM("a@r.example") END,
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_UNDECIDED},
	{"a public suffix aligns with nobody",
	 OURS "dkim=pass header.d=co.uk; spf=none\r\n" FROM("a@r.co.uk") END, STORE_AGGREGATE,
	 "r.co.uk", "", STORE_AUTHENTICITY_UNALIGNED},
	{"in the name of a known reporter",
	 OURS "dkim=pass header.d=r.example\r\n" FROM("a@r.example") END, STORE_AGGREGATE,
	 "google.com", "a@r.example", STORE_AUTHENTICITY_IMPOSTOR},
	{"in the name of nobody known",
	 OURS "dkim=pass header.d=r.example\r\n" FROM("a@r.example") END, STORE_AGGREGATE,
	 "other.example", "a@other.example", STORE_AUTHENTICITY_OTHER_NAME},
	{"a TLS report by SPF", OURS "spf=pass smtp.mailfrom=r.example\r\n" FROM("a@r.example") END,
	 STORE_TLS, "r.example", "", STORE_AUTHENTICITY_UNSIGNED},
	{"a name that begins as ours",
	 "Authentication-Results: mx.example.evil.example; dmarc=pass"
	 " header.from=r.example\r\n" FROM("a@r.example") END,
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_NO_RESULTS},
	{"ours in a comment",
	 "Authentication-Results: (mx.example) evil.example; dmarc=pass"
	 " header.from=r.example\r\n" FROM("a@r.example") END,
	 STORE_AGGREGATE, "r.example", "", STORE_AUTHENTICITY_NO_RESULTS},
	{"nothing but octets", "\xff\x01", STORE_AGGREGATE, "r.example", "",
	 STORE_AUTHENTICITY_UNDECIDED},
};

static void test_hazard_53_rows(void **state)
{
	const struct world *world = *state;
	const struct authenticity_options options = {
		.hosts = {SPAN("mx.example")},
		.host_count = 1,
		.suffixes = world->suffixes,
		.providers = world->providers,
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct failure failure;
		enum store_authenticity found;
		struct report_mail mail = {.raw = span_of_string(rows[i].mail)};
		struct authenticity_case report = {&mail, rows[i].kind,
						   span_of_string(rows[i].reporter),
						   span_of_string(rows[i].contact)};
		assert_row_int(rows[i].name,
			       authenticity_judge(&options, &report, &found, &failure), 0);
		assert_row_int(rows[i].name, found, rows[i].expected);
	}
}

static void test_names_differ(void **state)
{
	assert_string_equal(authenticity_name(STORE_AUTHENTICITY_PROVED), "proved");
	assert_string_equal(authenticity_name(STORE_AUTHENTICITY_UNALIGNED), "unaligned");
	assert_string_equal(authenticity_name(STORE_AUTHENTICITY_IMPOSTOR), "impostor");
	assert_string_equal(authenticity_name(STORE_AUTHENTICITY_NO_MAIL), "no-mail");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hazard_53_rows),
		cmocka_unit_test(test_names_differ),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}

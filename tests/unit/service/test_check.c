/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A what-if must judge as the world would be judged if it were so. */
#include "unit.h"

#include "facts/assume.h"
#include "guide/providers.h"
#include "service/check.h"
#include "world.h"

#define COMMON                                                                                     \
	"example.org. MX 10 mx.example.org.\n"                                                     \
	"mx.example.org. A 93.184.216.1\n"                                                         \
	"example.org. TXT \"v=spf1 mx -all\"\n"
#define DMARC "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"\n"
#define KEY "\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""

static const struct row {
	const char *name;
	const char *world;
	const char *assumed; /* --with, one a line */
	const char *removed; /* --without, likewise */
	const char *reality; /* the world when it is so */
} rows[] = {
	{"empty keys for every selector", COMMON DMARC, "*._domainkey.example.org TXT v=DKIM1; p=",
	 "", COMMON DMARC "*._domainkey.example.org. TXT \"v=DKIM1; p=\"\n"},
	{"beside a key that is there",
	 COMMON DMARC "selector1._domainkey.example.org. TXT " KEY "\n",
	 "*._domainkey.example.org TXT v=DKIM1; p=", "",
	 COMMON DMARC "selector1._domainkey.example.org. TXT " KEY
		      "\n*._domainkey.example.org. TXT \"v=DKIM1; p=\"\n"},
	{"a wildcard that was another",
	 COMMON DMARC "*._domainkey.example.org. TXT \"v=DKIM1; p=\"\n",
	 "*._domainkey.example.org TXT v=DKIM1; k=ed25519; "
	 "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
	 "", COMMON DMARC "*._domainkey.example.org. TXT " KEY "\n"},
	{"a wildcard taken away", COMMON DMARC "*._domainkey.example.org. TXT " KEY "\n", "",
	 "*._domainkey.example.org TXT", COMMON DMARC},
	{"a wildcard for everything", COMMON, "*.example.org TXT v=DMARC1; p=none", "",
	 COMMON "*.example.org. TXT \"v=DMARC1; p=none\"\n"},
	{"a wildcard for everything, the tree in the way",
	 COMMON "selector1._domainkey.example.org. TXT " KEY "\n", "*.example.org TXT hello", "",
	 COMMON "selector1._domainkey.example.org. TXT " KEY "\n*.example.org. TXT \"hello\"\n"},
	{"a record elsewhere", COMMON "_dmarc.example.net. TXT \"v=DMARC1; p=reject\"\n",
	 "_dmarc.example.org CNAME _dmarc.example.net.", "",
	 COMMON "_dmarc.example.org. CNAME _dmarc.example.net.\n"
		"_dmarc.example.net. TXT \"v=DMARC1; p=reject\"\n"},
	{"a record nowhere", COMMON DMARC, "_dmarc.example.org CNAME _dmarc.example.net.", "",
	 COMMON "_dmarc.example.org. CNAME _dmarc.example.net.\n"},
	{"a key elsewhere, through two names", COMMON DMARC "k.example.net. TXT " KEY "\n",
	 "selector1._domainkey.example.org CNAME alias.example.net.\n"
	 "alias.example.net CNAME k.example.net.",
	 "",
	 COMMON DMARC "selector1._domainkey.example.org. CNAME alias.example.net.\n"
		      "alias.example.net. CNAME k.example.net.\nk.example.net. TXT " KEY "\n"},
	{"a target that cannot be read", COMMON "_dmarc.example.net. TXT !servfail\n",
	 "_dmarc.example.org CNAME _dmarc.example.net.", "",
	 COMMON "_dmarc.example.org. CNAME _dmarc.example.net.\n"
		"_dmarc.example.net. TXT !servfail\n"},
	{"an alias taken away",
	 COMMON "_dmarc.example.org. CNAME _dmarc.example.net.\n"
		"_dmarc.example.net. TXT \"v=DMARC1; p=reject\"\n",
	 "", "_dmarc.example.org CNAME", COMMON},
	{"an alias and its target", COMMON,
	 "_dmarc.example.org CNAME _dmarc.example.net.\n_dmarc.example.net TXT v=DMARC1; "
	 "p=quarantine",
	 "",
	 COMMON "_dmarc.example.org. CNAME _dmarc.example.net.\n"
		"_dmarc.example.net. TXT \"v=DMARC1; p=quarantine\"\n"},
	{"every selector an alias", COMMON DMARC "k.example.net. TXT " KEY "\n",
	 "*._domainkey.example.org CNAME k.example.net.", "",
	 COMMON DMARC "*._domainkey.example.org. CNAME k.example.net.\nk.example.net. TXT " KEY
		      "\n"},
};

struct judged {
	struct world *world;
	struct facts *facts;
	struct check_report report;
};

static void assume(struct assumptions *assumptions, struct arena *arena, const char *text,
		   bool is_removal)
{
	struct span rest = span_of_string(text);
	struct span line;
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		struct failure failure;
		assert_int_equal(assumption_add(assumptions, arena, line, is_removal, &failure), 0);
	}
}

static struct judged judge(const char *text, const struct assumptions *assumptions,
			   const struct check_options *options)
{
	struct judged judged = {.world = world_new(), .facts = facts_new(1)};
	struct check_options own = *options;
	struct span domain = SPAN("example.org");
	struct span rest = span_of_string(text);
	struct span line;
	struct failure failure;
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		assert_true(world_add_line(judged.world, line, &failure));
	}
	own.source = world_source(judged.world);
	own.assumptions = assumptions;
	assert_int_equal(check_domains(judged.facts, &domain, 1, &own, &judged.report, &failure),
			 0);
	return judged;
}

static void end(struct judged *judged)
{
	check_report_free(&judged->report);
	facts_free(judged->facts);
	world_free(judged->world);
}

static void compare(const char *name, const struct assessment *is, const struct assessment *should)
{
	for (size_t i = 0; i < finding_count(is) || i < finding_count(should); i++) {
		struct span one =
			i < finding_count(is) ? finding_at(is, i)->guidance->id : SPAN("");
		struct span other =
			i < finding_count(should) ? finding_at(should, i)->guidance->id : SPAN("");
		assert_row_span(name, one, other);
		assert_row_span(name, finding_at(is, i)->subject, finding_at(should, i)->subject);
	}
	assert_row_int(name, is->unknowns.len, should->unknowns.len);
	assert_row_int(name, is->spoofable.answer, should->spoofable.answer);
}

static void test_what_if(void **state)
{
	struct failure failure;
	struct public_suffix_list *suffixes = NULL;
	struct provider_table *providers = NULL;
	(void)state;
	assert_int_equal(public_suffix_list_load(NULL, &suffixes, &failure), 0);
	assert_int_equal(provider_table_load(&providers, &failure), 0);
	const struct check_options options = {
		.assess = {.now = WORLD_NOW, .suffixes = suffixes, .providers = providers}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		struct assumptions assumptions = {0};
		assume(&assumptions, arena, rows[i].assumed, /* is_removal: */ false);
		assume(&assumptions, arena, rows[i].removed, /* is_removal: */ true);
		struct judged is = judge(rows[i].world, &assumptions, &options);
		struct judged should = judge(rows[i].reality, NULL, &options);
		compare(rows[i].name, is.report.results[0].assessment,
			should.report.results[0].assessment);
		end(&is);
		end(&should);
		arena_free(arena);
	}
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_if),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "advise/dmarc_mend.h"

#include "guide/providers.h"
#include "unit.h"

/* An assessment that knows nothing about the addresses but which services have closed. */
struct fixture {
	struct arena *arena;
	struct provider_table *providers;
	struct assess_options options;
	struct assessment assessment;
};

static struct fixture f;

static int set_up(void **state)
{
	(void)state;
	struct failure failure;
	assert_int_equal(provider_table_load(&f.providers, &failure), 0);
	f.arena = arena_new((size_t)8 << 20);
	f.options.providers = f.providers;
	f.assessment = (struct assessment){.arena = f.arena,
					   .options = &f.options,
					   .domain = SPAN("example.org"),
					   .kind = DOMAIN_SENDING};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	provider_table_free(f.providers);
	arena_free(f.arena);
	return 0;
}

static void test_mend(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		bool is_new_to_force;
		const char *mended;
	} rows[] = {
		{"order and wanted tags stay",
		 "v=DMARC1; p=quarantine; adkim=s; rua=mailto:a@example.org; sp=reject", false,
		 "v=DMARC1; p=quarantine; adkim=s; rua=mailto:a@example.org; sp=reject"},
		{"policy in front", "v=DMARC1; rua=mailto:a@example.org; p=none", false,
		 "v=DMARC1; p=none; rua=mailto:a@example.org"},
		{"no policy", "v=DMARC1; rua=mailto:a@example.org", false,
		 "v=DMARC1; p=none; rua=mailto:a@example.org"},
		{"policy mistyped", "v=DMARC1; p=rejct; rua=mailto:a@example.org", false,
		 "v=DMARC1; p=none; rua=mailto:a@example.org"},
		{"policy in capitals", "v=DMARC1; p=REJECT; rua=mailto:a@example.org", false,
		 "v=DMARC1; p=reject; rua=mailto:a@example.org"},
		{"sp mistyped", "v=DMARC1; p=reject; sp=quarantin; rua=mailto:a@example.org", false,
		 "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@example.org"},
		{"np unreadable", "v=DMARC1; p=reject; np=yes; rua=mailto:a@example.org", false,
		 "v=DMARC1; p=reject; rua=mailto:a@example.org"},
		{"was no record", "v=dmarc1; p=reject; sp=reject; rua=mailto:a@example.org", true,
		 "v=DMARC1; p=none; rua=mailto:a@example.org"},
		{"removed tags",
		 "v=DMARC1; p=reject; pct=100; rf=afrf; ri=86400; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"pct that older receivers honour",
		 "v=DMARC1; p=reject; pct=20; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=reject; pct=20; rua=mailto:a@b.example"},
		{"pct that means nothing", "v=DMARC1; p=none; pct=20; rua=mailto:a@b.example",
		 false, "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"pct unreadable", "v=DMARC1; p=reject; pct=half; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"repeated tag", "v=DMARC1; p=none; p=reject; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"mistyped tag", "v=DMARC1; p=none; rau=mailto:a@b.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"unknown tag", "v=DMARC1; p=none; colour=red; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"missing semicolon", "v=DMARC1; p=reject rua=mailto:a@b.example", false,
		 "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"words for letters",
		 "v=DMARC1; p=none; adkim=strict; aspf=relaxed; t=no; rua=mailto:a@b.example",
		 false, "v=DMARC1; p=none; adkim=s; aspf=r; t=n; rua=mailto:a@b.example"},
		{"other words",
		 "v=DMARC1; p=none; adkim=x; aspf=; psd=maybe; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"fo without ruf", "v=DMARC1; p=none; fo=1; rua=mailto:a@b.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"fo with both",
		 "v=DMARC1; p=none; fo=0:1:d; ruf=mailto:f@b.example; rua=mailto:a@b.example",
		 false, "v=DMARC1; p=none; fo=1:d; ruf=mailto:f@b.example; rua=mailto:a@b.example"},
		{"bare address", "v=DMARC1; p=none; rua=a@b.example,mailto:c@d.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example,mailto:c@d.example"},
		{"size suffix and repetition",
		 "v=DMARC1; p=none; rua=mailto:a@b.example!10m,mailto:A@B.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"semicolon between addresses",
		 "v=DMARC1; p=none; rua=mailto:a@b.example;mailto:c@d.example", false,
		 "v=DMARC1; p=none; rua=mailto:a@b.example,mailto:c@d.example"},
		{"closed service",
		 "v=DMARC1; p=none; rua=mailto:dmarc-rua@dmarc.service.gov.uk,mailto:a@b.example; "
		 "ruf=mailto:dmarc-ruf@dmarc.service.gov.uk; fo=1",
		 false, "v=DMARC1; p=none; rua=mailto:a@b.example"},
		{"nobody left", "v=DMARC1; p=reject; rua=mailto:x@mailcheck.service.ncsc.gov.uk",
		 false, "v=DMARC1; p=reject; rua=mailto:<YOUR-REPORT-ADDRESS>"},
		{"nobody named", "v=DMARC1; p=reject", false,
		 "v=DMARC1; p=reject; rua=mailto:<YOUR-REPORT-ADDRESS>"},
		{"web address", "v=DMARC1; p=none; rua=https://b.example/in,mailto:a@b.example",
		 false, "v=DMARC1; p=none; rua=mailto:a@b.example"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dmarc_mend mend = {f.arena, &f.assessment, rows[i].is_new_to_force};
		struct tag_draft draft = dmarc_mend_draft(&mend, span_of_string(rows[i].text));
		assert_row_span(rows[i].row, dmarc_mend_write(&draft),
				span_of_string(rows[i].mended));
	}
}

static struct tag_draft draft_of(struct span text)
{
	struct problems problems = {0};
	struct tag_list list = tag_list_parse(f.arena, text, &problems);
	return tag_draft_of(f.arena, &list);
}

/* From the first to the last step, never two at once. */
static void test_journey(void **state)
{
	static const struct {
		const char *row;
		const char *steps[6];
	} rows[] = {
		{"plain",
		 {"v=DMARC1; p=none", "v=DMARC1; p=quarantine", "v=DMARC1; p=reject",
		  "v=DMARC1; p=reject"}},
		{"capitals", {"v=DMARC1; p=None; sp=Reject", "v=DMARC1; p=quarantine; sp=reject"}},
		{"out of test mode",
		 {"v=DMARC1; p=reject; t=y", "v=DMARC1; p=reject", "v=DMARC1; p=reject"}},
		{"test mode of nothing", {"v=DMARC1; p=none; t=y", "v=DMARC1; p=quarantine"}},
		{"all of the mail",
		 {"v=DMARC1; p=quarantine; pct=50", "v=DMARC1; p=quarantine",
		  "v=DMARC1; p=reject"}},
		{"subdomains catch up",
		 {"v=DMARC1; p=reject; sp=none", "v=DMARC1; p=reject; sp=quarantine",
		  "v=DMARC1; p=reject"}},
		{"subdomains go along",
		 {"v=DMARC1; p=none; sp=none", "v=DMARC1; p=quarantine; sp=quarantine",
		  "v=DMARC1; p=reject; sp=reject"}},
		{"subdomains are ahead",
		 {"v=DMARC1; p=none; sp=reject", "v=DMARC1; p=quarantine; sp=reject",
		  "v=DMARC1; p=reject; sp=reject"}},
		{"invented names at once",
		 {"v=DMARC1; p=quarantine; np=none", "v=DMARC1; p=reject; np=reject"}},
	};
	(void)state;
	const struct dmarc_mend mend = {f.arena, &f.assessment, false};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; rows[i].steps[k + 1] != NULL; k++) {
			struct tag_draft draft = draft_of(span_of_string(rows[i].steps[k]));
			dmarc_mend_tighten(&mend, &draft);
			assert_row_span(rows[i].row, tag_draft_write(&draft),
					span_of_string(rows[i].steps[k + 1]));
		}
	}
}

static void test_parked(void **state)
{
	(void)state;
	f.assessment.kind = DOMAIN_PARKED;
	const struct dmarc_mend mend = {f.arena, &f.assessment, true};
	struct tag_draft draft = dmarc_mend_draft(&mend, SPAN("v=dmarc1; p=none"));
	assert_row_span("mend", dmarc_mend_write(&draft),
			SPAN("v=DMARC1; p=reject; rua=mailto:<YOUR-REPORT-ADDRESS>"));
	draft = draft_of(SPAN("v=DMARC1; p=none; sp=none; np=none; t=y; pct=5; adkim=s"));
	assert_row_span("strength", dmarc_mend_strength(&draft),
			SPAN("p=none; sp=none; np=none; t=y; pct=5"));
	dmarc_mend_tighten(&mend, &draft);
	assert_row_span("at once", tag_draft_write(&draft), SPAN("v=DMARC1; p=reject; adkim=s"));
}

static void test_join(void **state)
{
	(void)state;
	const struct dmarc_mend mend = {f.arena, &f.assessment, false};
	struct tag_draft draft = dmarc_mend_draft(
		&mend, SPAN("v=DMARC1; p=reject; sp=reject; rua=mailto:a@b.example"));
	struct tag_draft other = dmarc_mend_draft(
		&mend, SPAN("v=DMARC1; p=none; rua=mailto:c@d.example,mailto:A@b.example"));
	struct tag_draft silent = dmarc_mend_draft(&mend, SPAN("v=DMARC1; p=quarantine"));
	dmarc_mend_join(&mend, &draft, &other);
	dmarc_mend_join(&mend, &draft, &silent);
	assert_row_span("weakest, both readers", dmarc_mend_write(&draft),
			SPAN("v=DMARC1; p=none; rua=mailto:a@b.example,mailto:c@d.example"));
	dmarc_mend_join(&mend, &silent, &other);
	assert_row_span("a reader for the template", dmarc_mend_write(&silent),
			SPAN("v=DMARC1; p=none; rua=mailto:c@d.example,mailto:A@b.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mend, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_journey, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_parked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_join, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include "discovery/dmarc_applied.h"

#define ORGANISATION "_dmarc.o.example. TXT \"v=DMARC1; p=reject; sp=quarantine; np=none\"|"

struct run {
	struct judged judged;
	struct span domain;
	struct dmarc_applied name;
	struct dmarc_applied existing;
	struct dmarc_applied invented;
};

static int judge_policies(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct arena *arena = run->judged.arena;
	const struct dmarc_walk *walk = dmarc_walk(arena, inquiry, run->domain);
	const struct dmarc_walk *below = dmarc_walk_below(arena, inquiry, run->domain);
	if (walk == NULL || below == NULL) {
		return failure_set_memory(reterr, "walk");
	}
	run->name = dmarc_applied_to_start(walk, inquiry);
	run->existing = dmarc_applied_below(below, DMARC_EXISTING);
	run->invented = dmarc_applied_below(below, DMARC_NONEXISTENT);
	return 0;
}

static const char *word(const struct dmarc_applied *applied)
{
	switch (applied->status) {
	case DMARC_APPLIES:
		return dmarc_policy_name(applied->policy);
	case DMARC_NO_RECORD:
		return "nothing";
	case DMARC_UNUSABLE:
		return "unusable";
	case DMARC_UNKNOWN:
		break;
	}
	return "unknown";
}

static void assert_row_word(const char *row, const struct dmarc_applied *actual,
			    const char *expected)
{
	assert_row_span(row, span_of_string(word(actual)), span_of_string(expected));
}

static void test_policies(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		const char *domain;
		const char *policies[3]; /* the name, an existing and an invented subdomain */
	} rows[] = {
		{"nothing", "", "o.example", {"nothing", "nothing", "nothing"}},
		{"organisation", ORGANISATION, "o.example", {"reject", "quarantine", "none"}},
		{"a name that exists",
		 ORGANISATION "a.o.example. A 192.0.2.1",
		 "a.o.example",
		 {"quarantine", "quarantine", "none"}},
		{"a name that does not",
		 ORGANISATION,
		 "a.o.example",
		 {"none", "quarantine", "none"}},
		{"an empty non-terminal exists",
		 ORGANISATION "b.a.o.example. A 192.0.2.1",
		 "a.o.example",
		 {"quarantine", "quarantine", "none"}},
		{"a wildcard exists",
		 ORGANISATION "*.o.example. MX 10 mx.o.example.",
		 "a.o.example",
		 {"quarantine", "quarantine", "none"}},
		{"a dangling CNAME exists",
		 ORGANISATION "a.o.example. CNAME gone.other.example.",
		 "a.o.example",
		 {"quarantine", "quarantine", "none"}},
		{"existence unknown",
		 ORGANISATION "a.o.example. A !timeout",
		 "a.o.example",
		 {"unknown", "quarantine", "none"}},
		{"existence does not matter",
		 "_dmarc.o.example. TXT \"v=DMARC1; p=reject\"|a.o.example. A !timeout",
		 "a.o.example",
		 {"reject", "reject", "reject"}},
		{"test mode",
		 "_dmarc.o.example. TXT \"v=DMARC1; p=reject; sp=quarantine; np=none; t=y\"",
		 "o.example",
		 {"quarantine", "none", "none"}},
		{"unusable",
		 "_dmarc.o.example. TXT \"v=DMARC1; p=perhaps\"",
		 "o.example",
		 {"unusable", "unusable", "unusable"}},
		{"an unusable record of one's own hides the organisation's",
		 ORGANISATION "_dmarc.a.o.example. TXT \"v=DMARC1\"",
		 "a.o.example",
		 {"unusable", "quarantine", "none"}},
		{"organisation unknown",
		 "_dmarc.a.o.example. TXT \"v=DMARC1; p=reject\"|_dmarc.o.example. TXT !servfail",
		 "a.o.example",
		 {"reject", "unknown", "unknown"}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = {
			.judged = judged_new(rows[i].world),
			.domain = span_of_string(rows[i].domain),
		};
		judged_run(&run.judged, (struct judge){judge_policies, &run});
		assert_row_word(rows[i].name, &run.name, rows[i].policies[0]);
		assert_row_word(rows[i].name, &run.existing, rows[i].policies[1]);
		assert_row_word(rows[i].name, &run.invented, rows[i].policies[2]);
		judged_free(&run.judged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_policies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

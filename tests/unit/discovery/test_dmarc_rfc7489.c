/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include <stdio.h>

#include "discovery/dmarc_rfc7489.h"

struct run {
	struct judged judged;
	struct span domain;
	const struct public_suffix_list *suffixes;
	struct dmarc_rfc7489 reading;
};

static int judge_reading(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	const struct dmarc_walk *walk = dmarc_walk(run->judged.arena, inquiry, run->domain);
	if (walk == NULL) {
		return failure_set_memory(reterr, "walk");
	}
	run->reading = dmarc_rfc7489(run->judged.arena, inquiry, walk, run->suffixes);
	return 0;
}

static const char *word(const struct dmarc_applied *applied)
{
	return applied->status == DMARC_UNKNOWN ? "unknown" : dmarc_policy_name(applied->policy);
}

static const struct {
	const char *name;
	const char *world;
	const char *domain;
	const char *organisation;
	const char *policy;
	const char *below;
	unsigned pct;
} rows[] = {
	{"nothing", "", "o.co.uk", "o.co.uk", "absent", "absent", 100},
	{"own record", "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject; sp=none; pct=5\"", "o.co.uk",
	 "o.co.uk", "reject", "none", 5},
	{"inherited: sp", "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject; sp=none\"", "a.b.o.co.uk",
	 "o.co.uk", "none", "none", 100},
	{"inherited: p for want of sp", "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject\"", "a.b.o.co.uk",
	 "o.co.uk", "reject", "reject", 100},
	{"names between are not asked", "_dmarc.b.o.co.uk. TXT \"v=DMARC1; p=reject\"",
	 "a.b.o.co.uk", "o.co.uk", "absent", "absent", 100},
	{"np, t and psd are unknown words",
	 "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject; np=none; t=y; psd=n\"", "o.co.uk", "o.co.uk",
	 "reject", "reject", 100},
	{"an invalid np does no harm", "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject; np=perhaps\"",
	 "o.co.uk", "o.co.uk", "reject", "reject", 100},
	{"an invalid sp does",
	 "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject; sp=perhaps; rua=mailto:d@o.co.uk\"", "o.co.uk",
	 "o.co.uk", "none", "none", 100},
	{"several end the search",
	 "_dmarc.a.o.co.uk. TXT \"v=DMARC1\"|_dmarc.a.o.co.uk. TXT \"v=DMARC1; p=none\"|"
	 "_dmarc.o.co.uk. TXT \"v=DMARC1; p=reject\"",
	 "a.o.co.uk", "o.co.uk", "absent", "reject", 100},
	{"a public suffix has no organisation", "_dmarc.co.uk. TXT \"v=DMARC1; p=reject\"", "co.uk",
	 "", "reject", "absent", 100},
	{"its record does not reach down", "_dmarc.co.uk. TXT \"v=DMARC1; p=reject; psd=y\"",
	 "o.co.uk", "o.co.uk", "absent", "absent", 100},
	{"own SERVFAIL", "_dmarc.a.o.co.uk. TXT !servfail", "a.o.co.uk", "o.co.uk", "unknown",
	 "absent", 100},
	{"organisation SERVFAIL", "_dmarc.o.co.uk. TXT !servfail", "a.o.co.uk", "o.co.uk",
	 "unknown", "unknown", 100},
};

static void test_readings(void **state)
{
	const struct public_suffix_list *suffixes = *state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = {
			.judged = judged_new(rows[i].world),
			.domain = span_of_string(rows[i].domain),
			.suffixes = suffixes,
		};
		judged_run(&run.judged, (struct judge){judge_reading, &run});
		assert_row_span(rows[i].name, run.reading.organisation,
				span_of_string(rows[i].organisation));
		assert_row_span(rows[i].name, span_of_string(word(&run.reading.name)),
				span_of_string(rows[i].policy));
		assert_row_span(rows[i].name, span_of_string(word(&run.reading.below)),
				span_of_string(rows[i].below));
		assert_row_int(rows[i].name, run.reading.pct, rows[i].pct);
		judged_free(&run.judged);
	}
}

int main(void)
{
	struct public_suffix_list *suffixes = NULL;
	struct failure failure;
	if (public_suffix_list_load(/* path: */ NULL, &suffixes, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_readings, suffixes)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	public_suffix_list_free(suffixes);
	return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include "discovery/dmarc_step.h"

struct run {
	struct judged judged;
	struct span domain;
	struct dmarc_step step;
};

static int judge_step(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	run->step = dmarc_step_read(run->judged.arena, inquiry, run->domain);
	return 0;
}

static struct run read_step(const char *world, const char *domain)
{
	struct run run = {.judged = judged_new(world), .domain = span_of_string(domain)};
	judged_run(&run.judged, (struct judge){judge_step, &run});
	return run;
}

static void test_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		enum dmarc_step_kind kind;
		size_t text_count;
		const char *near_miss;
	} rows[] = {
		{"nothing", "", DMARC_STEP_NONE, 0, ""},
		{"other text", "_dmarc.a.example. TXT \"v=spf1 -all\"", DMARC_STEP_NONE, 0, ""},
		{"one", "_dmarc.a.example. TXT \"v=DMARC1; p=none\"", DMARC_STEP_RECORD, 1, ""},
		{"one through a CNAME",
		 "_dmarc.a.example. CNAME d.b.example.|d.b.example. TXT \"v=DMARC1; p=none\"",
		 DMARC_STEP_RECORD, 1, ""},
		{"one in two strings", "_dmarc.a.example. TXT \"v=DMA\" \"RC1; p=none\"",
		 DMARC_STEP_RECORD, 1, ""},
		{"one without policy is still one", "_dmarc.a.example. TXT \"v=DMARC1\"",
		 DMARC_STEP_RECORD, 1, ""},
		{"two",
		 "_dmarc.a.example. TXT \"v=DMARC1; p=none\"|_dmarc.a.example. TXT \"v=DMARC1\"",
		 DMARC_STEP_SEVERAL, 2, ""},
		{"near miss", "_dmarc.a.example. TXT \"v=dmarc1; p=none\"", DMARC_STEP_NONE, 0,
		 "v=dmarc1; p=none"},
		{"SERVFAIL", "_dmarc.a.example. TXT !servfail", DMARC_STEP_UNKNOWN, 0, ""},
		{"bogus", "~a.example. bogus|_dmarc.a.example. TXT \"v=DMARC1; p=none\"",
		 DMARC_STEP_UNKNOWN, 0, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = read_step(rows[i].world, "a.example");
		assert_row_int(rows[i].name, run.step.kind, rows[i].kind);
		assert_row_int(rows[i].name, run.step.text_count, rows[i].text_count);
		assert_row_int(rows[i].name, run.step.record != NULL,
			       rows[i].kind == DMARC_STEP_RECORD);
		assert_row_span(rows[i].name, run.step.near_miss,
				span_of_string(rows[i].near_miss));
		judged_free(&run.judged);
	}
}

/* RFC 1035 2.3.4: "_dmarc." in front of 250 octets is no name: there can be no record, no question
 */
static void test_long_name(void **state)
{
	(void)state;
	char domain[251];
	memset(domain, 'a', sizeof(domain) - 1);
	for (size_t i = 49; i < sizeof(domain) - 2; i += 50) {
		domain[i] = '.';
	}
	domain[250] = '\0';
	struct run run = read_step("", domain);
	assert_int_equal(run.step.kind, DMARC_STEP_NONE);
	assert_int_equal(run.step.name.len, 0);
	assert_null(run.step.fact);
	assert_int_equal(world_asked_count(run.judged.world), 0);
	judged_free(&run.judged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_long_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include "discovery/dmarc_walk.h"

struct run {
	struct judged judged;
	struct span start;
	bool is_below;
	const struct dmarc_walk *walk;
};

static int judge_walk(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct arena *arena = run->judged.arena;
	run->walk = run->is_below ? dmarc_walk_below(arena, inquiry, run->start)
				  : dmarc_walk(arena, inquiry, run->start);
	return run->walk != NULL ? 0 : failure_set_memory(reterr, "walk");
}

static struct run walk(const char *world, const char *start, bool is_below)
{
	struct run run = {
		.judged = judged_new(world), .start = span_of_string(start), .is_below = is_below};
	judged_run(&run.judged, (struct judge){judge_walk, &run});
	return run;
}

static struct span holder_of(const struct dmarc_walk *walk)
{
	if (!walk->is_holder_known) {
		return SPAN("unknown");
	}
	return walk->holder != NULL ? walk->holder->domain : SPAN("nothing");
}

/* psd and labels are in the conformance cases; here is what they leave out. */
static void test_outcomes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		const char *start;
		const char *organisation; /* "" when unknown */
		const char *holder;
		const char *refused;
	} rows[] = {
		{"nothing anywhere", "", "a.b.example", "a.b.example", "nothing", ""},
		{"hazard 41: out of labels without psd, the highest record counts",
		 "_dmarc.b.example. TXT \"v=DMARC1; p=none\"|_dmarc.a.b.example. TXT \"v=DMARC1; "
		 "p=reject\"",
		 "x.a.b.example", "b.example", "b.example", ""},
		{"a top-level domain itself", "_dmarc.example. TXT \"v=DMARC1; p=none\"", "example",
		 "example", "example", ""},
		{"hazard 43: a top-level record without psd is a suffix",
		 "_dmarc.example. TXT \"v=DMARC1; p=none\"", "a.b.example", "b.example", "example",
		 "example"},
		{"top-level record without psd above a record",
		 "_dmarc.example. TXT \"v=DMARC1; p=none\"|_dmarc.b.example. TXT \"v=DMARC1; "
		 "p=none\"",
		 "a.b.example", "b.example", "b.example", "example"},
		{"top-level psd=n says one organisation",
		 "_dmarc.example. TXT \"v=DMARC1; p=none; psd=n\"", "a.b.example", "example",
		 "example", ""},
		{"top-level SERVFAIL at the start", "_dmarc.example. TXT !servfail", "example", "",
		 "unknown", ""},
		{"own SERVFAIL", "_dmarc.b.example. TXT !servfail", "b.example", "", "unknown", ""},
		{"own record, parent SERVFAIL",
		 "_dmarc.a.b.example. TXT \"v=DMARC1; p=none\"|_dmarc.b.example. TXT !servfail",
		 "a.b.example", "", "a.b.example", ""},
		{"own record with psd=n: the parent does not matter",
		 "_dmarc.a.b.example. TXT \"v=DMARC1; p=none; psd=n\"|_dmarc.b.example. TXT "
		 "!servfail",
		 "a.b.example", "a.b.example", "a.b.example", ""},
		{"top-level SERVFAIL under a record",
		 "_dmarc.b.example. TXT \"v=DMARC1; p=none\"|_dmarc.example. TXT !servfail",
		 "a.b.example", "b.example", "b.example", ""},
		{"top-level SERVFAIL under nothing",
		 "_dmarc.a.b.example. TXT \"v=DMARC1; p=none\"|_dmarc.example. TXT !servfail",
		 "a.b.example", "", "a.b.example", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = walk(rows[i].world, rows[i].start, /* is_below: */ false);
		assert_row_span(rows[i].name, run.walk->organisation,
				span_of_string(rows[i].organisation));
		assert_row_span(rows[i].name, holder_of(run.walk), span_of_string(rows[i].holder));
		assert_row_int(rows[i].name, run.walk->unknown != NULL,
			       rows[i].organisation[0] == '\0');
		assert_row_span(rows[i].name,
				run.walk->refused != NULL ? run.walk->refused->domain : SPAN(""),
				span_of_string(rows[i].refused));
		judged_free(&run.judged);
	}
}

static void test_below(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		const char *domain;
		const char *organisation;
		const char *holder;
	} rows[] = {
		{"an organisation", "_dmarc.b.example. TXT \"v=DMARC1; p=none\"", "b.example",
		 "b.example", "b.example"},
		{"a record below the organisation does not count",
		 "_dmarc.b.example. TXT \"v=DMARC1; p=none\"|_dmarc.a.b.example. TXT \"v=DMARC1; "
		 "p=none\"",
		 "a.b.example", "b.example", "b.example"},
		{"a public suffix", "_dmarc.example. TXT \"v=DMARC1; p=none; psd=y\"", "example",
		 "*.example", "example"},
		{"seven labels are seen from below",
		 "_dmarc.a.b.c.d.e.f.example. TXT \"v=DMARC1; p=none\"", "a.b.c.d.e.f.example",
		 "a.b.c.d.e.f.example", "a.b.c.d.e.f.example"},
		{"eight labels are jumped over",
		 "_dmarc.a.b.c.d.e.f.g.example. TXT \"v=DMARC1; p=none\"", "a.b.c.d.e.f.g.example",
		 "*.a.b.c.d.e.f.g.example", "nothing"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = walk(rows[i].world, rows[i].domain, /* is_below: */ true);
		assert_row_span(rows[i].name, run.walk->organisation,
				span_of_string(rows[i].organisation));
		assert_row_span(rows[i].name, holder_of(run.walk), span_of_string(rows[i].holder));
		judged_free(&run.judged);
	}
}

/* RFC 9989 4.10: a name of 127 labels costs eight questions like any other */
static void test_label_bomb(void **state)
{
	(void)state;
	char start[2 * 123 + 8];
	for (size_t i = 0; i < 123; i++) {
		memcpy(start + 2 * i, "a.", 2);
	}
	memcpy(start + 2 * 123, "example", 8);
	struct run run = walk("", start, /* is_below: */ false);
	assert_true(world_asked_count(run.judged.world) <= DMARC_WALK_MAX);
	assert_int_equal(run.walk->step_count, DMARC_WALK_MAX);
	assert_true(span_equal(run.walk->steps[1].domain, SPAN("a.a.a.a.a.a.example")));
	assert_true(span_equal(run.walk->steps[7].domain, SPAN("example")));
	judged_free(&run.judged);
}

/* Each step failing in turn must leave the organisation unknown, never another one. */
static void test_every_failure(void **state)
{
	(void)state;
	static const char *const names[] = {"_dmarc.a.b.c.example", "_dmarc.b.c.example",
					    "_dmarc.c.example"};
	for (size_t i = 0; i < 3; i++) {
		struct run run = {
			.judged = judged_new("_dmarc.c.example. TXT \"v=DMARC1; p=none\""),
			.start = SPAN("a.b.c.example"),
		};
		world_fail_key(run.judged.world,
			       (struct fact_key){FACT_DNS, RR_TXT, span_of_string(names[i])},
			       FACT_FAILURE_TIMEOUT);
		judged_run(&run.judged, (struct judge){judge_walk, &run});
		assert_row_int(names[i], run.walk->organisation.len, 0);
		assert_row_int(names[i], run.walk->is_holder_known, false);
		judged_free(&run.judged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_label_bomb),
		cmocka_unit_test(test_every_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

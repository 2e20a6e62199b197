/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every store: a report is kept with what is known of who sent it. */
#include <stdio.h>

#include "contract.h"

/* Hazard 53: what is proved not to be its reporter's is kept, told, and counts for nothing. */
struct authenticity_sums {
	uint64_t reports[STORE_AUTHENTICITY_PROVED + 1];
	uint64_t messages[STORE_AUTHENTICITY_PROVED + 1];
};

static int sum_authenticity(void *context, const struct store_authenticity_line *line)
{
	struct authenticity_sums *sums = context;
	sums->reports[line->authenticity] += line->reports;
	sums->messages[line->authenticity] += line->messages;
	return 0;
}

static struct authenticity_sums authenticities_of(struct world *world, const char *domain)
{
	struct failure failure;
	struct authenticity_sums sums = {0};
	struct store_scope scope = scope_of(domain);
	must(store_left_out(world->store, &scope, sum_authenticity, &sums, &failure), &failure);
	return sums;
}

static enum store_outcome add_as(struct world *world, const char *id, const char *content,
				 enum store_authenticity authenticity, uint64_t messages)
{
	struct store_report report = report_of(id, "forged.example", 0, content);
	struct store_row row =
		row_of("forged.example", messages, STORE_RESULT_PASS, STORE_RESULT_PASS);
	report.authenticity = authenticity;
	report.mail_from = SPAN("evil.example");
	begin(world);
	enum store_outcome outcome = add(world, &report, &row, 1);
	commit(world);
	return outcome;
}

static void test_hazard_53_left_out_reports_count_for_nothing(void **state)
{
	struct world *world = *state;
	add_as(world, "1", "forged 1 content", STORE_AUTHENTICITY_UNALIGNED, 7);
	struct sums sums = sums_of(world, "forged.example");
	assert_int_equal(sums.messages, 0);
	assert_int_equal(sums.days, 0);
	struct authenticity_sums held = authenticities_of(world, "forged.example");
	assert_int_equal(held.reports[STORE_AUTHENTICITY_UNALIGNED], 1);
	assert_int_equal(held.messages[STORE_AUTHENTICITY_UNALIGNED], 7);
	/* It does not stand in the way of the true one under the same identity. */
	assert_int_equal(add_as(world, "1", "true 1 content..", STORE_AUTHENTICITY_PROVED, 7),
			 STORE_MERGED);
	sums = sums_of(world, "forged.example");
	assert_int_equal(sums.messages, 7);
	assert_int_equal(sums.last_day.reports, 1);
}

static void test_hazard_53_better_proof_counts(void **state)
{
	struct world *world = *state;
	assert_int_equal(add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_NOT_JUDGED, 5),
			 STORE_NEW);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
	assert_int_equal(add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_IMPOSTOR, 5),
			 STORE_SAME);
	assert_int_equal(sums_of(world, "forged.example").messages, 7);
	assert_int_equal(sums_of(world, "forged.example").last_day.reports, 1);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_NO_MAIL, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 7);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_PROVED, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
	assert_int_equal(sums_of(world, "forged.example").last_day.reports, 2);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_UNALIGNED, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
}

static int take_repetition(void *context, const struct store_repetition *repetition)
{
	*(struct store_repetition *)context = *repetition;
	return 0;
}

static void test_hazard_53_overlapping_windows(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_repetition found = {.reports = 0};
	struct store_row row = row_of("overlap.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_scope scope = scope_of("overlap.example");
	begin(world);
	for (int i = 0; i < 3; i++) {
		char id[8];
		snprintf(id, sizeof(id), "%d", i);
		struct store_report report =
			report_of(id, "overlap.example", i, "0123456789abcdef");
		report.end_at += 1; /* where the next one begins */
		add(world, &report, &row, 1);
	}
	commit(world);
	must(store_repetitions(world->store, &scope, take_repetition, &found, &failure), &failure);
	assert_int_equal(found.reports, 0);
	struct store_report report = report_of("x", "overlap.example", 1, "0123456789abcdef");
	report.begin_at -= STORE_DAY_SECONDS / 2;
	begin(world);
	add(world, &report, &row, 1);
	report = report_of("1", "overlap.example", 1, "another content.");
	report.end_at += 1;
	row.messages = 2;
	add(world, &report, &row, 1);
	commit(world);
	must(store_repetitions(world->store, &scope, take_repetition, &found, &failure), &failure);
	assert_int_equal(found.reports, 5);
	assert_int_equal(found.overlapping, 2); /* itself, and the one that it reaches into */
	assert_int_equal(found.same_id, 1);
}

int contract_authenticity(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_hazard_53_left_out_reports_count_for_nothing, world),
		cmocka_unit_test_prestate(test_hazard_53_better_proof_counts, world),
		cmocka_unit_test_prestate(test_hazard_53_overlapping_windows, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every estate: results are kept with their facts, once, and come back as they were. */
#include <stdio.h>

#include "estate_contract.h"

static int count_fact(void *context, struct span body)
{
	struct buffer *all = context;
	buffer_append(all, body);
	buffer_putc(all, '\n');
	return 0;
}

static void test_result_is_kept_with_its_facts(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"kept.example"};
	struct estate_content facts[] = {fact_b, fact_a};
	int64_t run = open_run(world, ESTATE_SCAN, "kept");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], NOON, facts, 2, "set-of-a-and-b-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 1);
	assert_string_equal(entries->names[0], "kept.example");
	assert_string_equal(entries->verdicts[0], "verdict-is-good.");
	struct buffer all = buffer_new(1000);
	struct failure failure;
	must(estate_facts(world->store, entries->rows[0].facts, count_fact, &all, &failure),
	     &failure);
	assert_true(span_equal(buffer_span(&all), SPAN("fact b\nfact a\n")));
	buffer_free(&all);
}

static int64_t judge_in(struct world *world, enum estate_run_kind kind, const char *list,
			int64_t at, const char *set_digest, const char *verdict)
{
	static const char *const names[] = {"days.example"};
	int64_t run = open_run(world, kind, list);
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], at, &fact_a, 1, set_digest, verdict);
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	return run;
}

static void judge_once(struct world *world, const char *list, int64_t at, const char *set_digest,
		       const char *verdict)
{
	judge_in(world, ESTATE_SCAN, list, at, set_digest, verdict);
}

static void test_unchanged_day_shares_everything(void **state)
{
	struct world *world = *state;
	judge_once(world, "day 1", NOON, "set-of-a-alone-.", "verdict-is-good.");
	judge_once(world, "day 2", NOON + STORE_DAY_SECONDS, "set-of-a-alone-.",
		   "verdict-is-good.");
	judge_once(world, "day 3", NOON + 2 * STORE_DAY_SECONDS, "set-of-a-later-.",
		   "verdict-is-bad-.");
	struct entries *days = history_of(world, "days.example", 0, NOON * 2, false);
	assert_int_equal(days->count, 3);
	assert_int_equal(days->rows[0].facts, days->rows[1].facts);
	assert_int_equal(days->rows[0].verdict_id, days->rows[1].verdict_id);
	assert_int_not_equal(days->rows[1].facts, days->rows[2].facts);
	assert_int_not_equal(days->rows[1].verdict_id, days->rows[2].verdict_id);
	days = history_of(world, "days.example", NOON, NOON + STORE_DAY_SECONDS, true);
	assert_int_equal(days->count, 2);
	assert_int_equal(days->rows[0].checked_at, NOON + STORE_DAY_SECONDS);
	assert_int_equal(history_of(world, "nobody.example", 0, NOON * 2, false)->count, 0);
}

struct latest {
	int64_t checked_at;
	char verdict[32];
	size_t count;
};

static int note_latest(void *context, const struct estate_entry *entry)
{
	struct latest *latest = context;
	if (span_equal(entry->domain.name, SPAN("days.example"))) {
		latest->checked_at = entry->checked_at;
		snprintf(latest->verdict, sizeof(latest->verdict), "%.*s",
			 SPAN_ARG(entry->verdict));
		latest->count++;
	}
	return 0;
}

/* Stands on the days of the test before it. */
static void test_latest_up_to_a_time(void **state)
{
	struct world *world = *state;
	struct latest latest = {0};
	struct failure failure;
	must(estate_latest(world->store, NOON * 2, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 1);
	assert_string_equal(latest.verdict, "verdict-is-bad-.");
	latest = (struct latest){0};
	must(estate_latest(world->store, NOON + STORE_DAY_SECONDS + 5, note_latest, &latest,
			   &failure),
	     &failure);
	assert_int_equal(latest.count, 1);
	assert_int_equal(latest.checked_at, NOON + STORE_DAY_SECONDS);
	latest = (struct latest){0};
	must(estate_latest(world->store, NOON - 1, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 0);
}

/* Stands on the same days: what is judged again stands beside what was said then, at the same time,
 * and is seen by those who ask for its run. */
static void test_judged_again_is_beside(void **state)
{
	struct world *world = *state;
	int64_t last_day = NOON + 2 * STORE_DAY_SECONDS;
	int64_t run = judge_in(world, ESTATE_REJUDGED, "days again", last_day, "set-of-a-later-.",
			       "verdict-is-new-.");
	struct latest latest = {0};
	struct failure failure;
	must(estate_latest(world->store, NOON * 2, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 1);
	assert_string_equal(latest.verdict, "verdict-is-bad-.");
	struct entries *days = history_of(world, "days.example", 0, NOON * 2, true);
	assert_int_equal(days->count, 3);
	assert_string_equal(days->verdicts[0], "verdict-is-bad-.");
	assert_int_equal(history_of(world, "days.example", 0, NOON * 2, false)->count, 3);
	struct entries *again = results_of(world, run);
	assert_int_equal(again->count, 1);
	assert_int_equal(again->rows[0].checked_at, last_day);
	assert_string_equal(again->verdicts[0], "verdict-is-new-.");
}

/* More than two pages, written in batches with shared facts. */
static void test_many_results_come_back_once(void **state)
{
	struct world *world = *state;
	int64_t run = open_run(world, ESTATE_SCAN, "many");
	struct failure failure;
	char name[32];
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "d%d.many.example", i);
		struct estate_domain domain = {.name = span_of_string(name)};
		must(estate_run_add(world->store, run, &domain, 1, &failure), &failure);
	}
	for (int batch = 0; batch < 5; batch++) {
		struct seen seen = claim_as(world, run, "one", 100, LONG_LEASE);
		assert_int_equal(seen.count, 100);
		static struct estate_result results[100];
		static enum estate_outcome outcomes[100];
		static char sets[100][20];
		struct estate_content facts[] = {fact_a, fact_b};
		for (size_t i = 0; i < 100; i++) {
			snprintf(sets[i], sizeof(sets[i]), "set-%012d",
				 (int)(i % 7) + batch * 1000);
			results[i] = result_of(&seen.leases[i], NOON, facts, 2, sets[i],
					       "verdict-is-good.");
		}
		must(estate_finish(world->store, run, results, 100, outcomes, &failure), &failure);
		for (size_t i = 0; i < 100; i++) {
			assert_int_equal(outcomes[i], ESTATE_KEPT);
		}
	}
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 500);
	for (size_t i = 1; i < entries->count; i++) {
		assert_string_not_equal(entries->names[i - 1], entries->names[i]);
	}
}

static int stop_at_once(void *context, const struct estate_entry *entry)
{
	(void)context;
	(void)entry;
	return -5;
}

static void test_reader_may_stop(void **state)
{
	struct world *world = *state;
	struct failure failure;
	assert_int_equal(
		estate_latest(world->store, NOON * 2, stop_at_once, /* context: */ NULL, &failure),
		-5);
	/* And the store goes on working. */
	(void)open_run(world, ESTATE_SCAN, "after stopping");
}

int estate_contract_results(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_result_is_kept_with_its_facts, world),
		cmocka_unit_test_prestate(test_unchanged_day_shares_everything, world),
		cmocka_unit_test_prestate(test_latest_up_to_a_time, world),
		cmocka_unit_test_prestate(test_judged_again_is_beside, world),
		cmocka_unit_test_prestate(test_many_results_come_back_once, world),
		cmocka_unit_test_prestate(test_reader_may_stop, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

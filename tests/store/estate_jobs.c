/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every estate: workers share the jobs of a run, each is done once, and a run ends. */
#include "estate_contract.h"

static void test_workers_meet_in_one_run(void **state)
{
	struct world *world = *state;
	int64_t first = open_run(world, ESTATE_SCAN, "meet");
	assert_int_equal(open_run(world, ESTATE_SCAN, "meet"), first);
	assert_int_not_equal(open_run(world, ESTATE_WATCH, "meet"), first);
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "meet too"), first);
}

static void test_each_job_is_leased_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"a.once.example", "b.once.example", "c.once.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "once");
	add_named(world, run, names, 3);
	add_named(world, run, names, 3);
	struct seen one = claim_as(world, run, "one", 2, LONG_LEASE);
	struct seen two = claim_as(world, run, "two", 10, LONG_LEASE);
	struct seen three = claim_as(world, run, "three", 10, LONG_LEASE);
	assert_int_equal(one.count, 2);
	assert_int_equal(two.count, 1);
	assert_int_equal(three.count, 0);
	assert_string_equal(one.owners[0], "Ada");
	assert_string_not_equal(one.names[0], two.names[0]);
	assert_string_not_equal(one.names[1], two.names[0]);
	struct estate_progress progress = progress_of(world, run);
	assert_int_equal(progress.domains, 3);
	assert_int_equal(progress.leased, 3);
	assert_int_equal(progress.finished, 0);
}

static void test_waits_for_a_lease_to_end(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"wait.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "wait");
	add_named(world, run, names, 1);
	(void)claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_claim claim = {.run = run, .worker = SPAN("two"), .max_count = 1};
	struct seen seen = {.count = 0};
	struct failure failure;
	int64_t wait_seconds = 0;
	must(estate_claim(world->store, &claim, note_lease, &seen, &wait_seconds, &failure),
	     &failure);
	assert_in_range(wait_seconds, LONG_LEASE - 60, LONG_LEASE);
}

static void test_finish_twice_counts_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"twice.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "twice");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result = result_of(&seen.leases[0], NOON, &fact_a, 1,
						"set-of-a-alone-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	/* As after a commit whose answer was lost. */
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	assert_int_equal(results_of(world, run)->count, 1);
	assert_int_equal(claim_as(world, run, "two", 1, LONG_LEASE).count, 0);
}

static void test_late_finish_is_refused(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"late.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "late");
	add_named(world, run, names, 1);
	struct seen frozen = claim_as(world, run, "frozen", 1, LOST_LEASE);
	struct seen other = claim_as(world, run, "other", 1, LONG_LEASE);
	assert_int_equal(other.count, 1);
	assert_int_equal(other.leases[0].attempts, 1);
	struct estate_result late = result_of(&frozen.leases[0], NOON, &fact_a, 1,
					      "set-of-a-alone-.", "verdict-is-late.");
	struct estate_result good = result_of(&other.leases[0], NOON + 1, &fact_a, 1,
					      "set-of-a-alone-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &late), ESTATE_LOST);
	assert_int_equal(finish(world, run, &good), ESTATE_KEPT);
	assert_int_equal(finish(world, run, &late), ESTATE_LOST);
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 1);
	assert_string_equal(entries->verdicts[0], "verdict-is-good.");
}

static void test_renewed_lease_is_held(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"held.example", "gone.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "renew");
	add_named(world, run, names, 2);
	(void)claim_as(world, run, "gone", 1, LOST_LEASE);
	(void)claim_as(world, run, "holder", 1, LONG_LEASE);
	struct estate_claim claim = {
		.run = run, .worker = SPAN("gone"), .lease_seconds = LONG_LEASE};
	struct failure failure;
	must(estate_renew(world->store, &claim, &failure), &failure);
	/* What was lost is not held again: another may claim it. */
	assert_int_equal(claim_as(world, run, "third", 10, LONG_LEASE).count, 1);
}

static void test_released_jobs_are_free_at_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"one.free.example", "two.free.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "release");
	add_named(world, run, names, 2);
	struct seen seen = claim_as(world, run, "leaver", 1, LONG_LEASE);
	(void)claim_as(world, run, "stayer", 1, LONG_LEASE);
	struct failure failure;
	must(estate_release(world->store, run, SPAN("leaver"), &failure), &failure);
	assert_int_equal(progress_of(world, run).leased, 1);
	struct seen again = claim_as(world, run, "third", 10, LONG_LEASE);
	assert_int_equal(again.count, 1);
	assert_int_equal(again.leases[0].domain_id, seen.leases[0].domain_id);
	/* To give back is not to fail. */
	assert_int_equal(again.leases[0].attempts, 0);
}

static void test_abandoned_run_is_closed(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"abandoned.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "abandoned");
	add_named(world, run, names, 1);
	struct failure failure;
	must(estate_run_abandon(world->store, run, NOON, &failure), &failure);
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "abandoned"), run);
}

static void test_job_that_kills_workers_is_given_up(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"killer.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "killer");
	add_named(world, run, names, 1);
	struct failure failure;
	must(estate_run_seal(world->store, run, &failure), &failure);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim_as(world, run, "victim", 1, LOST_LEASE).count, 1);
	}
	assert_int_equal(claim_as(world, run, "victim", 1, LOST_LEASE).count, 0);
	assert_int_equal(progress_of(world, run).given_up, 1);
	bool is_finished = false;
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_true(is_finished);
}

static void test_run_ends_when_all_is_done(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"end.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "end");
	add_named(world, run, names, 1);
	struct failure failure;
	bool is_finished = true;
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	must(estate_run_seal(world->store, run, &failure), &failure);
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_false(is_finished);
	struct estate_result result = result_of(&seen.leases[0], NOON, &fact_a, 1,
						"set-of-a-alone-.", "verdict-is-good.");
	(void)finish(world, run, &result);
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_true(is_finished);
	/* The next run of that name is another one. */
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "end"), run);
}

static void test_unsealed_run_does_not_end(void **state)
{
	struct world *world = *state;
	int64_t run = open_run(world, ESTATE_SCAN, "unsealed");
	struct failure failure;
	bool is_finished = true;
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_false(is_finished);
}

static void test_postponed_job_comes_again(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"later.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "later");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct failure failure;
	must(estate_postpone(world->store, run, &seen.leases[0], 1, SPAN("no memory"), &failure),
	     &failure);
	assert_int_equal(claim_as(world, run, "two", 1, LONG_LEASE).count, 1);
	/* The first lease is gone: giving it back again changes nothing. */
	must(estate_postpone(world->store, run, &seen.leases[0], 1, SPAN("late"), &failure),
	     &failure);
	assert_int_equal(claim_as(world, run, "three", 1, LONG_LEASE).count, 0);
}

static void test_watch_comes_round_again(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"round.example"};
	int64_t run = open_run(world, ESTATE_WATCH, "round");
	add_named(world, run, names, 1);
	for (int i = 0; i < 3; i++) {
		struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
		assert_int_equal(seen.count, 1);
		struct estate_result result = result_of(&seen.leases[0], NOON + i, &fact_a, 1,
							"set-of-a-alone-.", "verdict-is-good.");
		result.next_due_at = 1;
		assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
		assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	}
	assert_int_equal(history_of(world, "round.example", 0, NOON * 2, false)->count, 3);
	struct entries *newest = results_of(world, run);
	assert_int_equal(newest->count, 1);
	assert_int_equal(newest->rows[0].checked_at, NOON + 2);
}

int estate_contract_jobs(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_workers_meet_in_one_run, world),
		cmocka_unit_test_prestate(test_each_job_is_leased_once, world),
		cmocka_unit_test_prestate(test_waits_for_a_lease_to_end, world),
		cmocka_unit_test_prestate(test_finish_twice_counts_once, world),
		cmocka_unit_test_prestate(test_late_finish_is_refused, world),
		cmocka_unit_test_prestate(test_renewed_lease_is_held, world),
		cmocka_unit_test_prestate(test_released_jobs_are_free_at_once, world),
		cmocka_unit_test_prestate(test_abandoned_run_is_closed, world),
		cmocka_unit_test_prestate(test_job_that_kills_workers_is_given_up, world),
		cmocka_unit_test_prestate(test_run_ends_when_all_is_done, world),
		cmocka_unit_test_prestate(test_unsealed_run_does_not_end, world),
		cmocka_unit_test_prestate(test_postponed_job_comes_again, world),
		cmocka_unit_test_prestate(test_watch_comes_round_again, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

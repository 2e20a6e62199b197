/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every store: each report counts once, a batch is all or nothing, and writers share. */
#include "contract.h"

static void test_same_report_counts_once(void **state)
{
	struct world *world = *state;
	struct store_row rows[] = {
		row_of("same.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("same.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
	};
	struct store_report report = report_of("1", "same.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_NEW);
	assert_int_equal(add(world, &report, rows, 2), STORE_SAME); /* in the same batch */
	commit(world);
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_SAME);
	commit(world);
	struct sums sums = sums_of(world, "same.example");
	assert_int_equal(sums.messages, 11);
	assert_int_equal(sums.last_day.messages, 11);
	assert_int_equal(sums.last_day.reports, 1);
}

static void test_id_is_reused(void **state)
{
	struct world *world = *state;
	struct store_row row = row_of("reuse.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report monday = report_of("7", "reuse.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report tuesday = report_of("7", "reuse.example", 1, "aaaaaaaaaaaaaaaa");
	struct store_report other = monday;
	other.reporter = SPAN("other.example");
	begin(world);
	assert_int_equal(add(world, &monday, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &tuesday, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &other, &row, 1), STORE_NEW);
	commit(world);
	assert_int_equal(sums_of(world, "reuse.example").messages, 15);
}

static void test_other_content_is_merged(void **state)
{
	struct world *world = *state;
	struct store_row rows[] = {
		row_of("merge.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("merge.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
		row_of("merge.example", 7, STORE_RESULT_FAIL, STORE_RESULT_PASS),
	};
	struct store_report report = report_of("1", "merge.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report more = report_of("1", "merge.example", 0, "bbbbbbbbbbbbbbbb");
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_NEW);
	assert_int_equal(add(world, &more, rows + 1, 2), STORE_MERGED);
	assert_int_equal(add(world, &more, rows + 1, 2), STORE_SAME);
	commit(world);
	struct sums sums = sums_of(world, "merge.example");
	assert_int_equal(sums.messages, 18);
	assert_int_equal(sums.last_day.messages, 18);
	assert_int_equal(sums.last_day.spf_pass, 7);
}

static void test_end_settles_identity(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	struct store_row row = row_of("late.example", 4, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report early = report_of("", "", -500, "aaaaaaaaaaaaaaaa");
	struct store_report settled = report_of("1", "late.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	must(store_report_begin(world->store, &early, &failure), &failure);
	must(store_row_add(world->store, &row, &failure), &failure);
	must(store_report_end(world->store, &settled, &outcome, &failure), &failure);
	commit(world);
	struct sums sums = sums_of(world, "late.example");
	assert_int_equal(sums.messages, 4);
	assert_int_equal(sums.last_day.day, DAY_2026_11_02);
}

struct told {
	enum store_outcome outcomes[8];
	uint64_t rows[8];
	size_t count;
};

static void take_settled(void *context, const struct store_settled *settled)
{
	struct told *told = context;
	assert_true(told->count < 8);
	told->outcomes[told->count] = settled->outcome;
	told->rows[told->count++] = settled->rows;
}

/* Nobody asks at once: the batch is settled at its end, with the same outcomes. */
static void test_batch_is_settled_together(void **state)
{
	static const enum store_outcome expected[] = {STORE_NEW, STORE_SAME,   STORE_MERGED,
						      STORE_NEW, STORE_MERGED, STORE_SAME};
	struct world *world = *state;
	struct failure failure;
	struct told told = {.count = 0};
	struct store_row rows[] = {
		row_of("together.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("together.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
		row_of("together.example", 7, STORE_RESULT_FAIL, STORE_RESULT_PASS),
	};
	const struct {
		struct store_report report;
		size_t first;
	} reports[] = {
		{report_of("1", "together.example", 0, "aaaaaaaaaaaaaaaa"), 0},
		{report_of("1", "together.example", 0, "aaaaaaaaaaaaaaaa"), 0},
		{report_of("1", "together.example", 0, "bbbbbbbbbbbbbbbb"), 1},
		{report_of("2", "together.example", 1, "aaaaaaaaaaaaaaaa"), 1},
		{report_of("1", "together.example", 0, "cccccccccccccccc"), 1},
		{report_of("1", "together.example", 0, "bbbbbbbbbbbbbbbb"), 1},
	};
	store_tell_settled(world->store, take_settled, &told);
	begin(world);
	for (size_t i = 0; i < 6; i++) {
		must(store_report_begin(world->store, &reports[i].report, &failure), &failure);
		for (size_t row = 0; row < 2; row++) {
			must(store_row_add(world->store, &rows[reports[i].first + row], &failure),
			     &failure);
		}
		must(store_report_end(world->store, &reports[i].report, /* ret_outcome */ NULL,
				      &failure),
		     &failure);
	}
	assert_int_equal(told.count, 0);
	commit(world);
	store_tell_settled(world->store, NULL, NULL);
	assert_int_equal(told.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(told.outcomes[i], expected[i]);
		assert_int_equal(told.rows[i], 2);
	}
	struct sums sums = sums_of(world, "together.example");
	assert_int_equal(sums.messages, 5 + 6 + 7 + 6 + 7);
	assert_int_equal(sums.days, 2);
}

static void test_discard_and_rollback_leave_nothing(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_row row = row_of("gone.example", 4, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report report = report_of("1", "gone.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_total before = total_of(world, STORE_AGGREGATE);
	begin(world);
	must(store_report_begin(world->store, &report, &failure), &failure);
	must(store_row_add(world->store, &row, &failure), &failure);
	must(store_report_discard(world->store, &failure), &failure);
	commit(world);
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	store_rollback(world->store);
	assert_int_equal(sums_of(world, "gone.example").count, 0);
	struct store_total after = total_of(world, STORE_AGGREGATE);
	assert_int_equal(after.rows, before.rows);
	assert_int_equal(after.reports, before.reports);
	/* Words of the batch that was taken back are made anew. */
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	commit(world);
	assert_int_equal(sums_of(world, "gone.example").messages, 4);
}

static void test_opens_again(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_total before = total_of(world, STORE_AGGREGATE);
	store_close(world->store);
	must(store_open(world->location, &world->store, &failure), &failure);
	struct store_total after = total_of(world, STORE_AGGREGATE);
	assert_true(before.rows > 0);
	assert_int_equal(after.rows, before.rows);
	assert_int_equal(after.messages, before.messages);
}

static void test_two_writers(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct world other = {world->location, NULL};
	must(store_open(other.location, &other.store, &failure), &failure);
	struct store_row row = row_of("two.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report report = report_of("1", "two.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	commit(world);
	begin(&other);
	assert_int_equal(add(&other, &report, &row, 1), STORE_SAME);
	struct store_report next = report_of("2", "two.example", 0, "aaaaaaaaaaaaaaaa");
	assert_int_equal(add(&other, &next, &row, 1), STORE_NEW);
	commit(&other);
	begin(world);
	next = report_of("3", "two.example", 0, "aaaaaaaaaaaaaaaa");
	assert_int_equal(add(world, &next, &row, 1), STORE_NEW);
	commit(world);
	store_close(other.store);
	assert_int_equal(sums_of(world, "two.example").messages, 3);
}

int contract_batches(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_same_report_counts_once, world),
		cmocka_unit_test_prestate(test_id_is_reused, world),
		cmocka_unit_test_prestate(test_other_content_is_merged, world),
		cmocka_unit_test_prestate(test_end_settles_identity, world),
		cmocka_unit_test_prestate(test_batch_is_settled_together, world),
		cmocka_unit_test_prestate(test_discard_and_rollback_leave_nothing, world),
		cmocka_unit_test_prestate(test_opens_again, world),
		cmocka_unit_test_prestate(test_two_writers, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

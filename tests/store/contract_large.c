/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every store: a report of more rows than wait in memory is as any other. */
#include "contract.h"

/* More rows than wait, and what the beginning said of day and domain was wrong. */
static void test_large_report_moves(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const int rows = 100000;
	struct store_row row = row_of("moved.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report early = report_of("", "nobody.example", -500, "aaaaaaaaaaaaaaaa");
	struct store_report settled = report_of("1", "moved.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	must(store_report_begin(world->store, &early, &failure), &failure);
	for (int i = 0; i < rows; i++) {
		must(store_row_add(world->store, &row, &failure), &failure);
	}
	must(store_report_end(world->store, &settled, &outcome, &failure), &failure);
	commit(world);
	assert_int_equal(outcome, STORE_NEW);
	struct sums sums = sums_of(world, "moved.example");
	assert_int_equal(sums.messages, rows);
	assert_int_equal(sums.last_day.day, DAY_2026_11_02);
	assert_int_equal(sums.last_day.messages, rows);
	assert_int_equal(sums_of(world, "nobody.example").count, 0);
}

static void test_large_report_is_discarded_too(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const int rows = 120000; /* more than one COPY */
	struct store_report report = report_of("1", "large.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_row row = row_of("large.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	begin(world);
	for (int pass = 0; pass < 3; pass++) {
		must(store_report_begin(world->store, &report, &failure), &failure);
		for (int i = 0; i < rows; i++) {
			must(store_row_add(world->store, &row, &failure), &failure);
		}
		if (pass == 0) {
			must(store_report_discard(world->store, &failure), &failure);
		} else {
			must(store_report_end(world->store, &report, &outcome, &failure), &failure);
			assert_int_equal(outcome, pass == 1 ? STORE_NEW : STORE_SAME);
		}
	}
	commit(world);
	assert_int_equal(sums_of(world, "large.example").messages, rows);
	assert_int_equal(sums_of(world, "large.example").last_day.messages, rows);
}

/* Two large reports under one identity: a row of one must not be looked for in all of the other. */
static void test_large_report_is_merged(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const uint32_t rows = 60000;
	static const char *const contents[] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"};
	begin(world);
	for (uint32_t pass = 0; pass < 2; pass++) {
		struct store_report report = report_of("1", "merged.example", 0, contents[pass]);
		must(store_report_begin(world->store, &report, &failure), &failure);
		for (uint32_t i = 0; i < rows; i++) {
			uint32_t number = i + pass * (rows / 2);
			struct store_row row =
				row_of("merged.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
			row.source = span_of(&number, sizeof(number));
			must(store_row_add(world->store, &row, &failure), &failure);
		}
		must(store_report_end(world->store, &report, &outcome, &failure), &failure);
		assert_int_equal(outcome, pass == 0 ? STORE_NEW : STORE_MERGED);
	}
	commit(world);
	assert_int_equal(sums_of(world, "merged.example").messages, rows + rows / 2);
}

int contract_large(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_large_report_moves, world),
		cmocka_unit_test_prestate(test_large_report_is_discarded_too, world),
		cmocka_unit_test_prestate(test_large_report_is_merged, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How many questions may be in flight. */
#include "unit.h"

#include "collect/dns_window.h"

#define MAX 1000

static void test_begins_small(void **state)
{
	(void)state;
	struct dns_window window = dns_window_new(MAX);
	size_t first = dns_window_size(&window);
	assert_true(first > 0 && first < MAX);
	window.answered = 10;
	assert_int_equal(dns_window_size(&window), first + 10);
	window.answered = 2 * MAX;
	assert_int_equal(dns_window_size(&window), MAX);
}

static void test_shrinks_and_grows_back(void **state)
{
	(void)state;
	struct dns_window window = dns_window_new(MAX);
	window.answered = MAX;
	dns_window_adapt(&window, MAX, /* turn_ms: */ 500, /* now_ms: */ 1000);
	assert_int_equal(dns_window_size(&window), MAX - MAX / 4);
	/* Not twice for one bad moment. */
	dns_window_adapt(&window, MAX, 500, 1001);
	assert_int_equal(dns_window_size(&window), MAX - MAX / 4);
	/* Neither long nor short; short, but not full. */
	dns_window_adapt(&window, MAX, 150, 2000);
	dns_window_adapt(&window, 5, 10, 2000);
	assert_int_equal(dns_window_size(&window), MAX - MAX / 4);
	dns_window_adapt(&window, MAX, 10, 2000);
	assert_true(dns_window_size(&window) > MAX - MAX / 4);
	for (int64_t now_ms = 3000; now_ms < 60000; now_ms += 1000) {
		dns_window_adapt(&window, MAX, 10, now_ms);
	}
	assert_int_equal(dns_window_size(&window), MAX);
}

static void test_has_a_least(void **state)
{
	(void)state;
	struct dns_window window = dns_window_new(MAX);
	window.answered = MAX;
	for (int64_t now_ms = 1000; now_ms < 60000; now_ms += 1000) {
		dns_window_adapt(&window, MAX, 500, now_ms);
	}
	assert_int_equal(dns_window_size(&window), DNS_WINDOW_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins_small),
		cmocka_unit_test(test_shrinks_and_grows_back),
		cmocka_unit_test(test_has_a_least),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include <stdio.h>

#include "service/seen.h"

static void test_seen(void **state)
{
	(void)state;
	struct seen *seen = seen_new(/* seed */ 5);
	assert_int_equal(seen_add(seen, SPAN("example.org")), SEEN_NEW);
	assert_int_equal(seen_add(seen, SPAN("example.org")), SEEN_BEFORE);
	assert_int_equal(seen_add(seen, SPAN("example.net")), SEEN_NEW);
	for (unsigned i = 0; i < 100000; i++) {
		char name[32];
		int len = snprintf(name, sizeof(name), "d%u.example", i);
		assert_int_equal(seen_add(seen, span_of(name, (size_t)len)), SEEN_NEW);
	}
	assert_int_equal(seen_add(seen, SPAN("d77.example")), SEEN_BEFORE);
	assert_int_equal(seen_add(seen, SPAN("example.org")), SEEN_BEFORE);
	assert_int_equal(seen_count(seen), 100002);
	seen_free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_seen)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

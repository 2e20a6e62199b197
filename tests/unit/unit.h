/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What every unit test needs: cmocka in its required order, and an assertion that names the table
 * row. */
#ifndef MAILSEAL_TESTS_UNIT_H
#define MAILSEAL_TESTS_UNIT_H

/* cmocka.h wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

/* Fails with the row's name and both values when they differ. */
#define assert_row_int(row, actual, expected)                                                      \
	do {                                                                                       \
		long long actual_ = (long long)(actual);                                           \
		long long expected_ = (long long)(expected);                                       \
		if (actual_ != expected_) {                                                        \
			fail_msg("%s: %s is %lld, expected %lld", (row), #actual, actual_,         \
				 expected_);                                                       \
		}                                                                                  \
	} while (0)

#define assert_row_span(row, actual, expected)                                                     \
	do {                                                                                       \
		struct span actual_ = (actual);                                                    \
		struct span expected_ = (expected);                                                \
		if (!span_equal(actual_, expected_)) {                                             \
			fail_msg("%s: %s is \"%.*s\", expected \"%.*s\"", (row), #actual,          \
				 SPAN_ARG(actual_), SPAN_ARG(expected_));                          \
		}                                                                                  \
	} while (0)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Table rows "this text has this problem at this octet", for the parsers of records. */
#ifndef MAILSEAL_TESTS_PROBLEM_ROWS_H
#define MAILSEAL_TESTS_PROBLEM_ROWS_H

#include "unit.h"

#include "records/problem.h"

struct problem_row {
	const char *name;
	struct span text;
	enum problem_weight weight;
	size_t offset;
	size_t len;
	struct span what;     /* a part of it */
	struct span expected; /* a part of it */
};

static inline bool problem_row_is_met(const struct problem_row *row, const struct problem *problem)
{
	return problem->weight == row->weight && problem->offset == row->offset &&
	       problem->len == row->len &&
	       (row->what.len == 0 || span_search(problem->what, row->what) < problem->what.len) &&
	       (row->expected.len == 0 ||
		span_search(problem->expected, row->expected) < problem->expected.len);
}

/* Fails, showing what there is, unless one of the problems is the row's. */
static inline void assert_row_problem(const struct problem_row *row,
				      const struct problems *problems)
{
	char found[2000] = "";
	size_t len = 0;
	for (size_t i = 0; i < problem_count(problems); i++) {
		const struct problem *problem = problem_at(problems, i);
		if (problem_row_is_met(row, problem)) {
			return;
		}
		len += (size_t)snprintf(found + len, sizeof(found) - len,
					"\n  %d at %zu+%zu: %.*s [%.*s]", (int)problem->weight,
					problem->offset, problem->len, SPAN_ARG(problem->what),
					SPAN_ARG(problem->expected));
		if (len >= sizeof(found)) {
			len = sizeof(found) - 1;
		}
	}
	fail_msg("%s: no such problem among:%s", row->name, found);
}

#endif

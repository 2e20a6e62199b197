/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What holds for the problems of every record, whatever the text. */
#ifndef MAILSEAL_FUZZ_FUZZ_PROBLEMS_H
#define MAILSEAL_FUZZ_FUZZ_PROBLEMS_H

#include "fuzz.h"

#include "records/problem.h"

static inline void fuzz_check_problems(const struct problems *problems, struct span text)
{
	size_t errors = 0;
	FUZZ_CHECK(problem_count(problems) <= PROBLEM_MAX);
	for (size_t i = 0; i < problem_count(problems); i++) {
		const struct problem *problem = problem_at(problems, i);
		FUZZ_CHECK(problem->offset <= text.len);
		FUZZ_CHECK(problem->len <= text.len - problem->offset);
		FUZZ_CHECK(problem->what.len > 0 && problem->expected.len > 0);
		FUZZ_CHECK(text_is_utf8(problem->what));
		FUZZ_CHECK(i == 0 || problem_at(problems, i - 1)->offset <= problem->offset);
		errors += problem->weight == PROBLEM_ERROR;
	}
	FUZZ_CHECK(errors <= problems->error_count);
}

#endif

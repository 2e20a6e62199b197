/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words a parser's problem. */
#include "assess/problem_text.h"

struct span problem_text(struct arena *arena, const struct problem *problem)
{
	if (problem->expected.len == 0) {
		return arena_printf(arena, "column %zu: %.*s", problem->offset + 1,
				    SPAN_ARG(problem->what));
	}
	return arena_printf(arena, "column %zu: %.*s (expected: %.*s)", problem->offset + 1,
			    SPAN_ARG(problem->what), SPAN_ARG(problem->expected));
}

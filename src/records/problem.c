/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Problems of one record. */
#include "records/problem.h"

void problem_add(struct problems *problems, struct arena *arena, struct problem problem)
{
	problems->error_count += problem.weight == PROBLEM_ERROR;
	struct problem *kept = VECTOR_PUSH(&problems->items, arena, struct problem, PROBLEM_MAX);
	if (kept != NULL) {
		*kept = problem;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A parser's problem as one line for people. */
#ifndef MAILSEAL_ASSESS_PROBLEM_TEXT_H
#define MAILSEAL_ASSESS_PROBLEM_TEXT_H

#include "records/problem.h"

/* "column 12: unknown tag "pp" (expected: p)"; in the arena. */
struct span problem_text(struct arena *arena, const struct problem *problem);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Does advice keep what it promises? The changes of a scenario's advice are carried out in its
 * world, in order, and the domain is judged again.
 */
#ifndef MAILSEAL_TESTS_ADVICE_CHECK_H
#define MAILSEAL_TESTS_ADVICE_CHECK_H

#include "advise/advise.h"

struct advice_case {
	const char *path;
	struct arena *arena;
	const struct assessment *before;
	const struct vector *world_lines; /* of struct span, as world_add_line() took them */
	const struct vector *fact_lines;  /* of struct span, as facts_load_line() took them */
	const struct assess_options *options;
};

/*
 * Holds for every case: texts are complete; fixes are in order; a finding that names a fix is in at
 * most one; values parse without error; what is to be replaced or removed is really published.
 * After the changes that need no owner's words: each finding of a fix whose changes could all be
 * made is gone (of a step-by-step fix, one at least), and no new finding is worse than the worst
 * that was mended. Complains on stderr and returns false.
 */
bool advice_check(const struct advice_case *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The finished result of a check: what service makes and present shows. */
#ifndef MAILSEAL_ADVISE_CHECK_REPORT_H
#define MAILSEAL_ADVISE_CHECK_REPORT_H

#include "advise/fix.h"
#include "advise/what_if.h"
#include "assess/profile.h"

/* All there is to say about one domain. */
struct check_result {
	const struct assessment *assessment; /* with the assumptions, when there are any */
	const struct advice *advice;
	const struct what_if *what_if;	 /* NULL without assumptions */
	struct profile_result *profiles; /* as many as options->profile_count */
	size_t profile_count;
};

struct check_report {
	int64_t checked_at;
	int64_t observed_from; /* oldest and newest fact; 0 when there is none */
	int64_t observed_to;
	struct check_result *results; /* in the order of the domains */
	size_t result_count;
	/* Owned: what the results point into. The last two are NULL without assumptions. */
	struct arena *arena;
	struct arena *before_arena;
	struct facts *overlay;
};

#endif

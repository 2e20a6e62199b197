/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Check one or a few domains: facts, judgement, advice and baselines, with what-if. */
#ifndef MAILSEAL_SERVICE_CHECK_H
#define MAILSEAL_SERVICE_CHECK_H

#include "advise/advise.h"
#include "assess/profile.h"

struct check_options {
	struct assess_options assess;
	struct fact_source *source;	       /* answers what the facts do not hold */
	const struct assumptions *assumptions; /* what-if; NULL or empty for none */
	const struct profile *const *profiles; /* baselines to judge by */
	size_t profile_count;
};

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

/*
 * Judges canonical domains together, so that what they share is asked once. What is learnt is added
 * to `facts`, which must outlive the report.
 */
int check_domains(struct facts *facts, const struct span *domains, size_t domain_count,
		  const struct check_options *options, struct check_report *ret_report,
		  struct failure *reterr) MUST_CHECK;
void check_report_free(struct check_report *report);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Check one or a few domains: facts, judgement, advice and baselines, with what-if. */
#ifndef MAILSEAL_SERVICE_CHECK_H
#define MAILSEAL_SERVICE_CHECK_H

#include "advise/check_report.h"

struct check_options {
	struct assess_options assess;
	struct fact_source *source;	       /* answers what the facts do not hold */
	const struct assumptions *assumptions; /* what-if; NULL or empty for none */
	const struct profile *const *profiles; /* baselines to judge by */
	size_t profile_count;
};

/*
 * Judges canonical domains together, so that what they share is asked once. What is learnt is added
 * to `facts`, which must outlive the report.
 */
int check_domains(struct facts *facts, const struct span *domains, size_t domain_count,
		  const struct check_options *options, struct check_report *ret_report,
		  struct failure *reterr) MUST_CHECK;
/*
 * The same in two halves, for those who have the questions answered themselves: when
 * assess_domain() has wanted nothing, this makes a report of one domain of its assessment. The
 * report lives in the arena, which stays the caller's; it must not be freed.
 */
int check_conclude(const struct facts *facts, const struct assessment *assessment,
		   const struct check_options *options, struct arena *arena,
		   struct check_report *ret_report, struct failure *reterr) MUST_CHECK;
void check_report_free(struct check_report *report);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * assess: what a domain's facts mean. One file a control (spf, dkim, dmarc, mx, tls_rpt, mta_sts,
 *dnssec, bimi, ...), one table of assessors in assess.c, run in order; a later one may read the
 *view an earlier one made.
 *
 *   assessment   the result of judging one domain: views, findings, unknowns, measures, summary
 *   finding      a fact's meaning, by stable id; its words are in guidance/
 *   measure      named values that baselines put conditions on
 *
 * Assessors are straight-line and pure: they ask the inquiry, treat what is unknown as unknown, and
 *never stop at the first miss. While anything is still wanted their result is thrown away and they
 *run again from the start.
 *
 * How a rule is written:
 *
 *	const struct fact *fact = assessment_dns(a, name, RR_TXT);
 *	if (fact_is_unknown(fact)) {
 *		unknown_add(a, CONTROL_TLS_RPT, fact);
 *		return;
 *	}
 *	struct finding *finding = finding_add(a, FINDING_TLS_RPT_SYNTAX, name);
 *	finding_arg(a, finding, "column", "%zu", problem->offset + 1);
 *	finding_evidence(a, finding, "%.*s", SPAN_ARG(text));
 */
#ifndef MAILSEAL_ASSESS_ASSESS_H
#define MAILSEAL_ASSESS_ASSESS_H

#include "assess/assessment.h"
#include "assess/finding.h"
#include "assess/measure.h"

/*
 * Judges one canonical domain. The assessment lives in the arena and points into the facts. Its
 * result counts only when the inquiry ends with nothing wanted. Fails only for memory.
 */
int assess_domain(struct arena *arena, struct inquiry *inquiry, struct span domain,
		  const struct assess_options *options, struct assessment **ret_assessment,
		  struct failure *reterr) MUST_CHECK;

#endif

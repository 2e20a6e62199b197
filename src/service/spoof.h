/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Can a stranger send as a domain? Tries what a stranger would try, on the facts alone; what works
 * is shown by a complete message, which is judged again as verify judges it. Nothing is ever sent.
 */
#ifndef MAILSEAL_SERVICE_SPOOF_H
#define MAILSEAL_SERVICE_SPOOF_H

#include "assess/assess.h"
#include "authenticate/spoof_report.h"

struct spoof_options {
	struct assess_options assess;
	struct fact_source *source;
};

struct spoof;

/* domain must be canonical. What is learnt is added to facts, which must outlive the result. */
int spoof_domain(struct facts *facts, struct span domain, const struct spoof_options *options,
		 struct spoof **ret_spoof, struct failure *reterr) MUST_CHECK;
/* Lives as long as the spoof. */
const struct spoof_report *spoof_report(const struct spoof *spoof);
void spoof_free(struct spoof *spoof);

#endif

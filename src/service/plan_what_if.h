/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What would have become of the mail of the recent days under other records? SPF is evaluated again
 * for each source with the records as they are and as they are assumed to be; a signature is judged
 * by what becomes of its key. Only a difference between the two counts: where there is none, what
 * the receivers reported stands. What cannot be told from reports is undecided: a signature under a
 * key that is replaced, a source whose records cannot be read.
 */
#ifndef MAILSEAL_SERVICE_PLAN_WHAT_IF_H
#define MAILSEAL_SERVICE_PLAN_WHAT_IF_H

#include "facts/facts.h"
#include "service/senders.h"

/* Sources evaluated again, those with most mail first; the mail of further ones is undecided. */
#define WHAT_IF_TRIALS 5000
#define WHAT_IF_KEYS 500

struct what_if_total {
	uint64_t messages;
	uint64_t failing_before; /* as reported */
	uint64_t failing_after;	 /* certainly */
	uint64_t undecided;	 /* may fail or pass */
};

struct what_if_sender {
	const struct sender *sender;
	struct what_if_total total;
};

struct plan_what_if {
	struct what_if_total classes[MAIL_CLASS_COUNT];
	struct what_if_sender *senders; /* for whom something changes, or is undecided */
	size_t sender_count;
};

struct what_if_options {
	struct facts *facts;
	struct fact_source *source; /* answers what the facts do not hold */
	const struct assumptions *assumptions;
	int64_t now;
};

/* In the report's arena. */
int plan_what_if_make(struct senders_report *report, const struct what_if_options *options,
		      const struct plan_what_if **ret_what_if, struct failure *reterr) MUST_CHECK;

#endif

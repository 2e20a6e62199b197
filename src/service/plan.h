/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The journey of a domain from p=none over p=quarantine to p=reject, by what its reports prove. A
 * step is advised only when no legitimate mail would be lost by it, as far as can be known.
 */
#ifndef MAILSEAL_SERVICE_PLAN_H
#define MAILSEAL_SERVICE_PLAN_H

#include "advise/record.h"
#include "assess/reported.h"
#include "service/plan_what_if.h"

/* NCSC, Email security and anti-spoofing: at least two weeks at none; at least four weeks at
 * quarantine, and about three months before reject. */
#define PLAN_NONE_DAYS 14
#define PLAN_QUARANTINE_DAYS 28
#define PLAN_REJECT_DAYS 90
/* Fewer data say nothing about the mail that nobody has seen yet. */
#define PLAN_MIN_DAYS 14
#define PLAN_MIN_MESSAGES 100
#define PLAN_MIN_REPORTERS 2
#define PLAN_SILENT_DAYS REPORTED_SILENT_DAYS

enum plan_advice {
	PLAN_NO_DATA,
	PLAN_SILENT, /* reports came, and stopped */
	PLAN_TOO_FEW,
	PLAN_FIX,   /* legitimate or unknown mail fails */
	PLAN_DWELL, /* all is well: wait until the time is over */
	PLAN_STEP,  /* publish the next record now */
	PLAN_KEEP,  /* at reject: stay and watch */
	PLAN_ADVICE_COUNT,
};

struct plan {
	struct senders_report *senders;
	enum dmarc_policy policy; /* ABSENT: nobody has reported one */
	enum dmarc_policy subdomain_policy;
	bool has_pct;
	unsigned pct;
	int64_t since; /* the policy was first seen then */
	int64_t days_at_policy;
	uint64_t days_with_data;
	uint64_t reporter_count;
	/* Share of legitimate mail that fails, at most, with 95 % confidence: in 1/100 %. */
	unsigned loss_bound_permyriad;
	enum plan_advice advice;
	const struct sender **blockers;
	size_t blocker_count;
	enum dmarc_policy next_policy; /* ABSENT when there is no next step */
	int64_t earliest;	       /* time of the next step, for DWELL */
	bool has_record;
	struct record_change record;	    /* the next record */
	const struct plan_what_if *what_if; /* NULL unless other records were assumed */
};

struct plan_options {
	const struct dmarc_record *published; /* as the DNS has it now; NULL when not looked up */
	const struct plan_what_if *what_if;   /* NULL for none */
};

/* In the report's arena. */
int plan_make(struct senders_report *senders, const struct plan_options *options,
	      struct plan *ret_plan, struct failure *reterr) MUST_CHECK;
/* Stable words for JSON. Static. */
const char *plan_advice_name(enum plan_advice advice);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One yes-or-no question put to a server, with the third answer: not known, and why not. */
#ifndef MAILSEAL_FACTS_PROBE_H
#define MAILSEAL_FACTS_PROBE_H

#include "base/base.h"

enum probe_answer {
	PROBE_UNKNOWN,
	PROBE_NO,
	PROBE_YES,
};

/* Why the answer is not known. The zero of a struct says "not asked". */
enum probe_reason {
	PROBE_NOT_ASKED,      /* the plan of this run does not hold the question */
	PROBE_NOT_APPLICABLE, /* nothing to ask: EMS of a server without TLS 1.2 */
	PROBE_NO_TLS,	      /* STARTTLS could not be had, so nothing behind it was seen */
	PROBE_THROTTLED,      /* the server limits us: 421, 450, or refused after it had answered */
	PROBE_TIMEOUT,	      /* no answer in time */
	PROBE_CLOSED,	      /* the connection was closed or reset instead of an answer */
	PROBE_UNCLEAR,	      /* answered, but not so that it means yes or no */
	PROBE_INTERRUPTED,    /* the run was stopped */
	PROBE_REASON_COUNT,
};

struct probe {
	enum probe_answer answer;
	enum probe_reason reason; /* only of PROBE_UNKNOWN */
};

static inline struct probe probe_of(bool is_yes)
{
	return (struct probe){.answer = is_yes ? PROBE_YES : PROBE_NO};
}

static inline struct probe probe_unknown(enum probe_reason reason)
{
	return (struct probe){PROBE_UNKNOWN, reason};
}

static inline bool probe_is_yes(struct probe probe)
{
	return probe.answer == PROBE_YES;
}

static inline bool probe_is_no(struct probe probe)
{
	return probe.answer == PROBE_NO;
}

/* "yes", "no", or the reason: "throttled". Static. */
const char *probe_name(struct probe probe);
/* Reads what probe_name() writes. */
bool probe_parse(struct span text, struct probe *ret_probe) MUST_CHECK;
/* For people: "the server limits how often we may ask". Static. */
const char *probe_reason_explain(enum probe_reason reason);

#endif

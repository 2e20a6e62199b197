/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One search for a way in, as its parts share it. Only service/spoof*.c use this. */
#ifndef MAILSEAL_SERVICE_SPOOF_STATE_H
#define MAILSEAL_SERVICE_SPOOF_STATE_H

#include "crypto/private_key.h"
#include "service/spoof.h"
#include "service/spoof_plan.h"
#include "service/verify.h"

/* What receivers of one standard make of an attempt. */
struct spoof_reading {
	enum dmarc_result result;
	enum dmarc_policy disposition;
	enum dmarc_status status;
	enum dmarc_policy published; /* before t=y lowered it */
	bool asks_for_reports;
	bool is_signed; /* the aligned pass is DKIM's */
	unsigned pct;	/* 100 by RFC 9989 */
};

/* One attempt on its way. */
struct spoof_trial {
	struct private_key *key; /* of its signature; NULL without one */
	struct facts
		*overlay; /* with what the stranger publishes; NULL for the facts as they are */
	bool is_left_out; /* it needs an overlay, and there were enough of those */
	const struct fact *unknown;
	struct spoof_reading newer; /* RFC 9989 */
	struct spoof_reading older; /* RFC 7489 */
};

struct spoof {
	struct arena *arena;	 /* assessment, attempts, texts */
	struct arena *try_arena; /* of the round */
	const struct spoof_options *options;
	struct facts *facts;
	struct span domain;
	struct assessment *assessment;
	struct vector attempts; /* of struct spoof_attempt */
	struct spoof_trial trials[SPOOF_MAX_ATTEMPTS];
	struct verification *verifications[SPOOF_VECTOR_COUNT];
	struct spoof_report report;
};

static inline struct spoof_attempt *spoof_attempt_at(const struct spoof *s, size_t i)
{
	return VECTOR_AT(&s->attempts, struct spoof_attempt, i);
}

/* The facts an attempt is judged on. */
static inline struct facts *spoof_facts_of(const struct spoof *s,
					   const struct spoof_attempt *attempt)
{
	struct facts *overlay = s->trials[attempt->number].overlay;
	return overlay != NULL ? overlay : s->facts;
}

/* Finds out what becomes of every attempt, without a message. */
int spoof_try(struct spoof *s, struct failure *reterr) MUST_CHECK;
/* The best of each kind, with its reason. */
void spoof_choose(struct spoof *s);
/* The answer, and the attempt that came closest, once the messages are judged. */
void spoof_conclude(struct spoof_report *report);

#endif

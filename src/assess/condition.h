/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One condition of a baseline over one measure:
 *
 *   MEASURE is WORD [or WORD...]         bool (yes, no) and word measures
 *   MEASURE is not WORD [or WORD...]     likewise
 *   MEASURE >= N    MEASURE <= N         number measures, and the length of list measures
 *   MEASURE includes WORD                list measures, letters compared without case
 *   MEASURE only WORD [or WORD...]       list measures: nothing else is in it
 */
#ifndef MAILSEAL_ASSESS_CONDITION_H
#define MAILSEAL_ASSESS_CONDITION_H

#include "assess/measure.h"

#define CONDITION_MAX_WORDS 40

enum condition_operator {
	CONDITION_IS,
	CONDITION_IS_NOT,
	CONDITION_AT_LEAST,
	CONDITION_AT_MOST,
	CONDITION_INCLUDES,
	CONDITION_ONLY,
};

struct condition {
	enum measure_id measure;
	enum condition_operator operator;
	const struct span *words; /* alternatives of "is"; the one word of "includes" */
	size_t word_count;
	int64_t number;
};

enum condition_outcome {
	CONDITION_HOLDS,
	CONDITION_FAILS,
	CONDITION_UNKNOWN,	  /* the measure is unknown */
	CONDITION_NOT_APPLICABLE, /* the measure makes no sense for this domain */
};

/*
 * Reads a condition; its spans point into text and the arena. False with the reason, in the arena,
 * for an unknown measure or operator, an operator or word that does not fit the measure, and a bad
 * number.
 */
bool condition_parse(struct arena *arena, struct span text, struct condition *ret_condition,
		     struct span *ret_why) MUST_CHECK;
/* A measure nobody set counts as unknown. */
enum condition_outcome condition_judge(const struct condition *condition,
				       const struct measure *measure);
/* What was seen: "dmarc.policy is none", or "tls.starttls-all: not measured"; in the arena. */
struct span condition_observed(struct arena *arena, const struct condition *condition,
			       const struct measure *measure);
/* What the condition asks for: "must be quarantine or reject"; in the arena. */
struct span condition_wanted(struct arena *arena, const struct condition *condition);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges an assessment by a profile, three-valued: what is not known is never a pass or a fail. */
#include "assess/condition.h"
#include "assess/profile.h"

/* The outcomes of a row's conditions of one kind, counted. */
struct tally {
	size_t counts[CONDITION_NOT_APPLICABLE + 1];
};

static struct tally tally_of(const struct condition *conditions, size_t count,
			     const struct assessment *assessment)
{
	struct tally tally = {0};
	for (size_t i = 0; i < count; i++) {
		const struct measure *measure = measure_get(assessment, conditions[i].measure);
		tally.counts[condition_judge(&conditions[i], measure)]++;
	}
	return tally;
}

static struct span append_sentence(struct arena *arena, struct span text, struct span sentence)
{
	return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(text), text.len > 0 ? "; " : "",
			    SPAN_ARG(sentence));
}

/* What was seen for every condition with this outcome; for a failed demand also what is wanted. */
static struct span explain(struct arena *arena, const struct condition *conditions, size_t count,
			   const struct assessment *assessment, enum condition_outcome outcome)
{
	struct span text = SPAN("");
	for (size_t i = 0; i < count; i++) {
		const struct measure *measure = measure_get(assessment, conditions[i].measure);
		if (condition_judge(&conditions[i], measure) == outcome) {
			text = append_sentence(arena, text,
					       condition_observed(arena, &conditions[i], measure));
		}
	}
	return text;
}

/* "dmarc.policy is none, must be reject; spf.all is ..." */
static struct span explain_failures(struct arena *arena, const struct requirement *requirement,
				    const struct assessment *assessment)
{
	struct span text = SPAN("");
	for (size_t i = 0; i < requirement->requires_count; i++) {
		const struct condition *condition = &requirement->requires[i];
		const struct measure *measure = measure_get(assessment, condition->measure);
		if (condition_judge(condition, measure) == CONDITION_FAILS) {
			struct span seen = condition_observed(arena, condition, measure);
			struct span wanted = condition_wanted(arena, condition);
			text = append_sentence(arena, text,
					       arena_printf(arena, "%.*s, %.*s", SPAN_ARG(seen),
							    SPAN_ARG(wanted)));
		}
	}
	return text;
}

/* Sets *result and returns true when the scope already decides. */
static bool judge_scope(struct arena *arena, const struct requirement *requirement,
			const struct assessment *assessment, struct requirement_result *result)
{
	static const enum condition_outcome deciding[] = {
		CONDITION_FAILS,
		CONDITION_NOT_APPLICABLE,
		CONDITION_UNKNOWN,
	};
	struct tally tally = tally_of(requirement->applies, requirement->applies_count, assessment);
	for (size_t i = 0; i < sizeof(deciding) / sizeof(deciding[0]); i++) {
		if (tally.counts[deciding[i]] > 0) {
			result->status = deciding[i] == CONDITION_UNKNOWN
						 ? REQUIREMENT_NOT_MEASURED
						 : REQUIREMENT_NOT_APPLICABLE;
			result->reason =
				explain(arena, requirement->applies, requirement->applies_count,
					assessment, deciding[i]);
			return true;
		}
	}
	return false;
}

static void judge_demands(struct arena *arena, const struct requirement *requirement,
			  const struct assessment *assessment, struct requirement_result *result)
{
	struct tally tally =
		tally_of(requirement->requires, requirement->requires_count, assessment);
	enum condition_outcome shown = CONDITION_NOT_APPLICABLE;
	if (tally.counts[CONDITION_FAILS] > 0) {
		result->status = REQUIREMENT_NOT_SATISFIED;
		result->reason = explain_failures(arena, requirement, assessment);
		return;
	}
	if (tally.counts[CONDITION_UNKNOWN] > 0) {
		result->status = REQUIREMENT_NOT_MEASURED;
		shown = CONDITION_UNKNOWN;
	} else if (tally.counts[CONDITION_HOLDS] > 0) {
		result->status = REQUIREMENT_SATISFIED;
		return;
	} else {
		result->status = REQUIREMENT_NOT_APPLICABLE;
	}
	result->reason = explain(arena, requirement->requires, requirement->requires_count,
				 assessment, shown);
}

/* What is not enough for a row of the future is told with its day, and held against nobody. */
static void judge_day(struct arena *arena, const struct assessment *assessment,
		      struct requirement_result *result)
{
	const struct requirement *requirement = result->requirement;
	if (assessment->options->now >= requirement->from_time ||
	    result->status != REQUIREMENT_NOT_SATISFIED) {
		return;
	}
	result->status = REQUIREMENT_NOT_APPLICABLE;
	result->will_fail = true;
	result->reason = arena_printf(arena, "from %.*s on this will not be enough: %.*s",
				      SPAN_ARG(requirement->from), SPAN_ARG(result->reason));
}

static struct requirement_result judge_requirement(struct arena *arena,
						   const struct requirement *requirement,
						   const struct assessment *assessment)
{
	struct requirement_result result = {.requirement = requirement};
	if (judge_scope(arena, requirement, assessment, &result)) {
		return result;
	}
	if (requirement->is_attest) {
		result.status = REQUIREMENT_ATTEST;
		result.reason = SPAN("cannot be seen from outside: somebody has to attest it");
		return result;
	}
	judge_demands(arena, requirement, assessment, &result);
	judge_day(arena, assessment, &result);
	return result;
}

struct profile_result profile_judge(struct arena *arena, const struct profile *profile,
				    const struct assessment *assessment)
{
	struct profile_result result = {.profile = profile};
	result.rows = arena_alloc(arena, profile->requirement_count * sizeof(*result.rows));
	if (result.rows == NULL) {
		return result;
	}
	result.row_count = profile->requirement_count;
	for (size_t i = 0; i < result.row_count; i++) {
		result.rows[i] = judge_requirement(arena, &profile->requirements[i], assessment);
		enum requirement_status status = result.rows[i].status;
		result.satisfied_count += status == REQUIREMENT_SATISFIED;
		result.not_satisfied_count += status == REQUIREMENT_NOT_SATISFIED;
		result.not_measured_count += status == REQUIREMENT_NOT_MEASURED;
	}
	return result;
}

const char *requirement_status_name(enum requirement_status status)
{
	static const char *const names[] = {
		[REQUIREMENT_SATISFIED] = "satisfied",
		[REQUIREMENT_NOT_SATISFIED] = "not-satisfied",
		[REQUIREMENT_NOT_MEASURED] = "not-measured",
		[REQUIREMENT_NOT_APPLICABLE] = "not-applicable",
		[REQUIREMENT_ATTEST] = "attest",
	};
	return names[status];
}

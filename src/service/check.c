/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One loop for all domains of a check: judge, ask, judge again; then advice and baselines. */
#include "service/check.h"

/* What one run of the loop works on. Each run starts with an empty arena: only the last one's
 * result counts. */
struct judging {
	const struct span *domains;
	size_t domain_count;
	const struct check_options *options;
	const struct assumptions *wanted_for; /* observe what the assumptions will be laid over */
	struct arena *arena;
	const struct assessment **assessments;
	struct facts *observed;
};

static int judge_all(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *judging = context;
	arena_reset(judging->arena);
	judging->assessments =
		arena_alloc(judging->arena, judging->domain_count * sizeof(*judging->assessments));
	if (judging->assessments == NULL) {
		return failure_set_memory(reterr, "check");
	}
	if (judging->wanted_for != NULL) {
		assumptions_want(judging->wanted_for, inquiry);
	}
	for (size_t i = 0; i < judging->domain_count; i++) {
		struct assessment *assessment;
		int r = assess_domain(judging->arena, inquiry, judging->domains[i],
				      &judging->options->assess, &assessment, reterr);
		if (r < 0) {
			return r;
		}
		judging->assessments[i] = assessment;
	}
	return 0;
}

static bool has_assumptions(const struct check_options *options)
{
	return options->assumptions != NULL && options->assumptions->items.len > 0;
}

/* Memory for the judgements of a check: per domain, with room for a hostile one among them. */
static struct arena *new_arena(size_t domain_count)
{
	return arena_new(LIMIT_DOMAIN_ARENA + domain_count * ((size_t)4 << 20));
}

static void note_times(const struct facts *facts, struct check_report *report)
{
	for (size_t i = 0; i < facts_count(facts); i++) {
		int64_t at = facts_at(facts, i)->observed_at;
		if (at == 0) {
			continue;
		}
		if (report->observed_from == 0 || at < report->observed_from) {
			report->observed_from = at;
		}
		report->observed_to = at > report->observed_to ? at : report->observed_to;
	}
}

static int fill_result(struct check_report *report, const struct check_options *options,
		       const struct assessment *assessment, struct check_result *result,
		       struct failure *reterr)
{
	result->assessment = assessment;
	result->advice = advise(report->arena, assessment);
	result->profile_count = options->profile_count;
	result->profiles =
		arena_alloc(report->arena, options->profile_count * sizeof(*result->profiles));
	if (result->advice == NULL || result->profiles == NULL) {
		return failure_set_memory(reterr, "check");
	}
	for (size_t i = 0; i < options->profile_count; i++) {
		result->profiles[i] =
			profile_judge(report->arena, options->profiles[i], assessment);
	}
	return arena_has_failed(report->arena) ? failure_set_memory(reterr, "check") : 0;
}

static int fill_report(const struct judging *judging, struct check_report *report,
		       struct failure *reterr)
{
	size_t count = judging->domain_count;
	report->results = arena_alloc(report->arena, count * sizeof(*report->results));
	if (report->results == NULL) {
		return failure_set_memory(reterr, "check");
	}
	report->result_count = count;
	for (size_t i = 0; i < count; i++) {
		int r = fill_result(report, judging->options, judging->assessments[i],
				    &report->results[i], reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* Judges once more, with the assumptions laid over the facts. */
static int judge_assumed(struct facts *overlay, struct judging *judging, struct arena *arena,
			 struct failure *reterr)
{
	const struct assumptions *assumptions = judging->options->assumptions;
	struct assumed_source assumed =
		assumed_source_new(judging->options->source, assumptions, judging->observed);
	int r = assumptions_apply(assumptions, overlay, arena, reterr);
	if (r == 0) {
		r = assumptions_cover(assumptions, judging->observed, 0, overlay, reterr);
	}
	judging->wanted_for = NULL;
	return r == 0 ? settle(overlay, &assumed.source, (struct judge){judge_all, judging}, reterr)
		      : r;
}

static int compare_all(const struct assessment *const *before, struct check_report *report,
		       struct failure *reterr)
{
	for (size_t i = 0; i < report->result_count; i++) {
		struct check_result *result = &report->results[i];
		result->what_if = what_if_compare(report->arena, before[i], result->assessment);
		if (result->what_if == NULL) {
			return failure_set_memory(reterr, "check");
		}
	}
	return 0;
}

/* The observed judgement in report->before_arena, the assumed one in report->arena. */
static int check_what_if(struct facts *facts, struct judging *judging, struct check_report *report,
			 struct failure *reterr)
{
	const struct assessment **before = judging->assessments;
	report->before_arena = judging->arena;
	report->arena = new_arena(judging->domain_count);
	report->overlay = facts_overlay_new(facts);
	if (report->arena == NULL || report->overlay == NULL) {
		return failure_set_memory(reterr, "check");
	}
	judging->arena = report->arena;
	int r = judge_assumed(report->overlay, judging, report->before_arena, reterr);
	if (r == 0) {
		r = fill_report(judging, report, reterr);
	}
	return r == 0 ? compare_all(before, report, reterr) : r;
}

static int run_check(struct facts *facts, struct judging *judging, struct check_report *report,
		     struct failure *reterr)
{
	struct judge judge = {judge_all, judging};
	int r = settle(facts, judging->options->source, judge, reterr);
	if (r < 0) {
		return r;
	}
	note_times(facts, report);
	return has_assumptions(judging->options) ? check_what_if(facts, judging, report, reterr)
						 : fill_report(judging, report, reterr);
}

int check_domains(struct facts *facts, const struct span *domains, size_t domain_count,
		  const struct check_options *options, struct check_report *ret_report,
		  struct failure *reterr)
{
	struct check_report report = {
		.checked_at = options->assess.now,
		.arena = new_arena(domain_count),
	};
	if (report.arena == NULL) {
		return failure_set_memory(reterr, "check");
	}
	struct judging judging = {
		.domains = domains,
		.domain_count = domain_count,
		.options = options,
		.wanted_for = has_assumptions(options) ? options->assumptions : NULL,
		.arena = report.arena,
		.observed = facts,
	};
	int r = run_check(facts, &judging, &report, reterr);
	if (r < 0) {
		check_report_free(&report);
		return r;
	}
	*ret_report = report;
	return 0;
}

int check_conclude(const struct facts *facts, const struct assessment *assessment,
		   const struct check_options *options, struct arena *arena,
		   struct check_report *ret_report, struct failure *reterr)
{
	const struct assessment *assessments[] = {assessment};
	const struct judging judging = {
		.domain_count = 1, .options = options, .assessments = assessments};
	struct check_report report = {.checked_at = options->assess.now, .arena = arena};
	note_times(facts, &report);
	int r = fill_report(&judging, &report, reterr);
	if (r == 0) {
		*ret_report = report;
	}
	return r;
}

void check_report_free(struct check_report *report)
{
	arena_free(report->arena);
	arena_free(report->before_arena);
	facts_free(report->overlay);
	*report = (struct check_report){0};
}

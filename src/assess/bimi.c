/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges the BIMI record and the DMARC policy it depends on. */
#include "assess/bimi.h"

#include "assess/dmarc.h"
#include "assess/spf.h"

static const struct txt_kind kind = {
	.control = CONTROL_BIMI,
	.prefix = SPAN_INIT("default._bimi"),
	.is_record = bimi_record_is_bimi,
	.is_near_miss = bimi_record_is_near_miss,
};

static const enum measure_id measures[] = {
	MEASURE_BIMI_PRESENT,
	MEASURE_BIMI_VALID,
};

#define MEASURES (sizeof(measures) / sizeof(measures[0]))

static bool is_enforced(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_QUARANTINE || policy == DMARC_POLICY_REJECT;
}

/* Empty when the record at a step is as strong as BIMI wants it. */
static struct span find_weakness(struct assessment *a, const struct dmarc_step *step)
{
	const struct dmarc_record *record = step->record;
	enum dmarc_policy policy = record->is_testing ? dmarc_policy_lowered(record->p) : record->p;
	if (!dmarc_record_is_usable(record) || !is_enforced(policy)) {
		return arena_printf(a->arena, "the DMARC policy of %.*s is not enforced",
				    SPAN_ARG(step->domain));
	}
	if (record->pct < 100) {
		return arena_printf(a->arena, "the DMARC record of %.*s has pct=%u",
				    SPAN_ARG(step->domain), record->pct);
	}
	if (record->sp == DMARC_POLICY_NONE) {
		return arena_printf(a->arena, "the DMARC record of %.*s has sp=none",
				    SPAN_ARG(step->domain));
	}
	return span_of(NULL, 0);
}

/* A pass that everybody gets proves nothing, whatever the policy: careful receivers refuse it. */
static bool is_spf_open(const struct assessment *a)
{
	return a->spf != NULL && !a->spf->is_unknown && a->spf->outcome == SPF_OUTCOME_PASS;
}

/*
 * BIMI draft, "Domain owner actions": quarantine or reject for all mail, for the domain and its
 * organisational domain, and sp not none.
 */
static void check_dmarc(struct assessment *a, struct bimi_view *view)
{
	const struct dmarc_view *dmarc = a->dmarc;
	if (dmarc == NULL || dmarc->domain.status == DMARC_UNKNOWN ||
	    dmarc->walk->unknown != NULL) {
		view->is_dmarc_enough = ANSWER_UNKNOWN;
		return;
	}
	view->is_dmarc_enough = ANSWER_NO;
	if (dmarc->domain.status != DMARC_APPLIES) {
		view->obstacle = SPAN("no DMARC policy applies");
		return;
	}
	const struct dmarc_step *top = dmarc_walk_find(dmarc->walk, dmarc->walk->organisation);
	view->obstacle = find_weakness(a, dmarc->holder);
	if (view->obstacle.len == 0 && top != NULL && top->record != NULL) {
		view->obstacle = find_weakness(a, top);
	}
	if (view->obstacle.len == 0 && is_spf_open(a)) {
		view->obstacle = SPAN("its SPF record lets everybody pass");
	}
	if (view->obstacle.len == 0) {
		view->is_dmarc_enough = ANSWER_YES;
	}
}

static void report_dmarc(struct assessment *a, const struct bimi_view *view)
{
	if (view->is_dmarc_enough == ANSWER_UNKNOWN) {
		unknown_note(a, CONTROL_BIMI, SPAN("the DMARC policy"),
			     SPAN("could not be determined"));
	} else if (view->is_dmarc_enough == ANSWER_NO) {
		struct finding *finding =
			txt_records_finding(a, FINDING_BIMI_DMARC_NOT_ENFORCED, &view->found);
		finding_arg(a, finding, "obstacle", "%.*s", SPAN_ARG(view->obstacle));
	}
}

static void report_mark(struct assessment *a, const struct bimi_view *view)
{
	if (view->record->is_location_valid && view->record->evidence.len == 0) {
		(void)txt_records_finding(a, FINDING_BIMI_SELF_ASSERTED, &view->found);
	} else if (view->record->is_location_valid && view->record->is_evidence_valid) {
		(void)txt_records_finding(a, FINDING_BIMI_PUBLISHED, &view->found);
	}
}

static void measure_valid(struct assessment *a, const struct bimi_view *view)
{
	bool is_valid = view->record->problems.error_count == 0;
	if (is_valid && view->is_dmarc_enough == ANSWER_UNKNOWN) {
		measure_unknown(a, MEASURE_BIMI_VALID, SPAN("the DMARC policy is not known"));
	} else {
		measure_bool(a, MEASURE_BIMI_VALID,
			     is_valid && view->is_dmarc_enough == ANSWER_YES);
	}
}

static void assess_record(struct assessment *a, struct bimi_view *view)
{
	view->record = bimi_record_parse(a->arena, view->found.texts[0]);
	if (view->record == NULL) {
		return;
	}
	if (bimi_record_is_declined(view->record)) {
		(void)txt_records_finding(a, FINDING_BIMI_DECLINED, &view->found);
		measure_not_applicable(a, MEASURE_BIMI_VALID, SPAN("the domain declines BIMI"));
		return;
	}
	check_dmarc(a, view);
	txt_records_report_problems(a, FINDING_BIMI_SYNTAX, &view->found,
				    &(struct txt_problems){.problems = &view->record->problems});
	report_dmarc(a, view);
	report_mark(a, view);
	measure_valid(a, view);
}

/* No record is no fault: most domains have none and need none. */
static void assess_absence(struct assessment *a, const struct bimi_view *view)
{
	measure_bool(a, MEASURE_BIMI_PRESENT, false);
	measure_not_applicable(a, MEASURE_BIMI_VALID, SPAN("no BIMI record"));
	if (view->found.near_miss.len > 0) {
		txt_records_report_near_miss(a, FINDING_BIMI_NOT_RECOGNISED, &view->found);
	} else {
		a->is_absent[CONTROL_BIMI] = true;
	}
}

void bimi_assess(struct assessment *a)
{
	struct bimi_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->bimi = view;
	view->found = txt_records_read(a, &kind);
	if (!view->found.is_known) {
		txt_records_unknown(a, measures, MEASURES, view->found.fact);
		return;
	}
	if (view->found.count == 0) {
		assess_absence(a, view);
		return;
	}
	measure_bool(a, MEASURE_BIMI_PRESENT, true);
	if (view->found.count > 1) {
		txt_records_report_several(a, FINDING_BIMI_SEVERAL_RECORDS, &view->found);
		measure_bool(a, MEASURE_BIMI_VALID, false);
	} else {
		assess_record(a, view);
	}
}

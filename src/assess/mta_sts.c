/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges the MTA-STS record, and hands over to the policy behind it. */
#include "assess/mta_sts.h"

/* RFC 8461 3.1 */
static const struct txt_kind kind = {
	.control = CONTROL_MTA_STS,
	.prefix = SPAN_INIT("_mta-sts"),
	.is_record = mta_sts_record_is_sts,
	.is_near_miss = mta_sts_record_is_near_miss,
};

static const enum measure_id of_record[] = {
	MEASURE_MTA_STS_RECORD_PRESENT,
	MEASURE_MTA_STS_RECORD_VALID,
};
static const enum measure_id of_policy[] = {
	MEASURE_MTA_STS_POLICY_VALID, MEASURE_MTA_STS_STRICT,	     MEASURE_MTA_STS_MODE,
	MEASURE_MTA_STS_MAX_AGE,      MEASURE_MTA_STS_HOSTS_FITTING,
};

#define RECORD_MEASURES (sizeof(of_record) / sizeof(of_record[0]))
#define POLICY_MEASURES (sizeof(of_policy) / sizeof(of_policy[0]))

/* RFC 8461 3.1: without exactly one valid record senders do not look for a policy */
static void measure_no_policy(struct assessment *a, struct mta_sts_view *view)
{
	view->is_without = true;
	txt_records_not_applicable(a, of_policy, POLICY_MEASURES,
				   SPAN("no usable MTA-STS record, so no policy is looked for"));
}

static void assess_near_miss(struct assessment *a, struct mta_sts_view *view)
{
	txt_records_report_near_miss(a, FINDING_MTA_STS_NOT_RECOGNISED, &view->found);
	measure_bool(a, MEASURE_MTA_STS_RECORD_PRESENT, false);
	measure_not_applicable(a, MEASURE_MTA_STS_RECORD_VALID, SPAN("no MTA-STS record"));
	measure_no_policy(a, view);
}

/* A policy is about mail the domain receives: whoever receives none is not asked for it. */
static void assess_absence(struct assessment *a, struct mta_sts_view *view)
{
	a->is_absent[CONTROL_MTA_STS] = true;
	measure_not_applicable(a, MEASURE_MTA_STS_RECORD_VALID, SPAN("no MTA-STS record"));
	measure_no_policy(a, view);
	switch (txt_records_is_receiving(a, CONTROL_MTA_STS)) {
	case ANSWER_YES:
	case ANSWER_PARTLY:
		(void)finding_add(a, FINDING_MTA_STS_MISSING, view->found.name);
		measure_bool(a, MEASURE_MTA_STS_RECORD_PRESENT, false);
		break;
	case ANSWER_NO:
		measure_not_applicable(a, MEASURE_MTA_STS_RECORD_PRESENT,
				       SPAN("the domain takes no mail"));
		break;
	case ANSWER_UNKNOWN:
		measure_unknown(a, MEASURE_MTA_STS_RECORD_PRESENT,
				SPAN("whether the domain takes mail is not known"));
		break;
	}
}

static void assess_record(struct assessment *a, struct mta_sts_view *view)
{
	view->record = mta_sts_record_parse(a->arena, view->found.texts[0]);
	if (view->record == NULL) {
		return;
	}
	bool is_valid = mta_sts_record_is_valid(view->record);
	measure_bool(a, MEASURE_MTA_STS_RECORD_VALID, is_valid);
	txt_records_report_problems(a, FINDING_MTA_STS_SYNTAX, &view->found,
				    &(struct txt_problems){.problems = &view->record->problems});
	if (is_valid) {
		mta_sts_policy_assess(a, view);
	} else {
		measure_no_policy(a, view);
	}
}

static void assess_several(struct assessment *a, struct mta_sts_view *view)
{
	txt_records_report_several(a, FINDING_MTA_STS_SEVERAL_RECORDS, &view->found);
	measure_bool(a, MEASURE_MTA_STS_RECORD_VALID, false);
	measure_no_policy(a, view);
}

void mta_sts_assess(struct assessment *a)
{
	struct mta_sts_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->mta_sts = view;
	view->found = txt_records_read(a, &kind);
	if (!view->found.is_known) {
		txt_records_unknown(a, of_record, RECORD_MEASURES, view->found.fact);
		txt_records_unknown(a, of_policy, POLICY_MEASURES, view->found.fact);
		return;
	}
	if (view->found.count == 0 && view->found.near_miss.len > 0) {
		assess_near_miss(a, view);
		return;
	}
	if (view->found.count == 0) {
		assess_absence(a, view);
		return;
	}
	measure_bool(a, MEASURE_MTA_STS_RECORD_PRESENT, true);
	if (view->found.count > 1) {
		assess_several(a, view);
	} else {
		assess_record(a, view);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One result -> some counts. */
#include "service/scan_tally.h"

#include "assess/assess.h"

static enum scan_policy policy_of(const struct assessment *a)
{
	const struct measure *present = measure_get(a, MEASURE_DMARC_PRESENT);
	const struct measure *policy = measure_get(a, MEASURE_DMARC_POLICY);
	if (present->state == MEASURE_KNOWN && !present->is_yes) {
		return SCAN_POLICY_ABSENT;
	}
	if (policy->state != MEASURE_KNOWN) {
		return SCAN_POLICY_UNKNOWN;
	}
	if (span_equal(policy->word, SPAN("reject"))) {
		return SCAN_POLICY_REJECT;
	}
	return span_equal(policy->word, SPAN("quarantine")) ? SCAN_POLICY_QUARANTINE
							    : SCAN_POLICY_NONE;
}

enum severity scan_worst(const struct assessment *a)
{
	enum severity worst = SEVERITY_GOOD;
	for (size_t i = 0; i < finding_count(a); i++) {
		enum severity severity = finding_at(a, i)->severity;
		worst = severity > worst ? severity : worst;
	}
	return worst;
}

/* A domain that takes mail is safe from interception by one of these two only. */
static bool takes_no_mail(const struct scan_tally_row *row)
{
	return row->interceptable == ANSWER_NO &&
	       row->controls[CONTROL_MTA_STS] == CONTROL_ABSENT &&
	       row->controls[CONTROL_DANE] == CONTROL_ABSENT;
}

static void count_controls(struct scan_tally *tally, const struct scan_tally_row *row)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		if (row->controls[i] == CONTROL_ABSENT &&
		    control_guards_incoming((enum control)i) && takes_no_mail(row)) {
			tally->not_needed[i]++;
		} else {
			tally->controls[i][row->controls[i]]++;
		}
	}
}

void scan_tally_count(struct scan_tally *tally, const struct scan_tally_row *row)
{
	tally->domains++;
	tally->incomplete += row->is_incomplete ? 1 : 0;
	tally->kinds[row->kind]++;
	if (row->kind == DOMAIN_NONEXISTENT) {
		return;
	}
	tally->existing++;
	tally->spoofable[row->spoofable]++;
	tally->interceptable[row->interceptable]++;
	tally->policies[row->policy]++;
	tally->worst[row->worst]++;
	count_controls(tally, row);
}

void scan_tally_add(struct scan_tally *tally, const struct scan_result *result)
{
	const struct assessment *a = result->report->results[0].assessment;
	struct scan_tally_row row = {
		.kind = a->kind,
		.spoofable = a->spoofable.answer,
		.interceptable = a->interceptable.answer,
		.policy = policy_of(a),
		.worst = scan_worst(a),
		.is_incomplete = result->is_unknown,
	};
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		row.controls[i] = assessment_status(a, (enum control)i);
	}
	scan_tally_count(tally, &row);
}

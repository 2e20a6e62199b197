/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about the policy: how strong is it, for the domain and for names below it? */
#include "assess/dmarc_rules.h"

#include "assess/mx.h"
#include "assess/problem_text.h"

static const char *tag_of(enum dmarc_relation relation)
{
	switch (relation) {
	case DMARC_OWN:
		return "p";
	case DMARC_EXISTING:
		return "sp";
	case DMARC_NONEXISTENT:
		return "np";
	}
	return "p";
}

unsigned dmarc_policy_rank(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return 2;
	case DMARC_POLICY_QUARANTINE:
		return 1;
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		break;
	}
	return 0;
}

struct span dmarc_applied_word(const struct dmarc_applied *applied)
{
	return span_of_string(dmarc_policy_name(
		applied->status == DMARC_APPLIES ? applied->policy : DMARC_POLICY_ABSENT));
}

/* The first of p, sp and np that holds no policy word; NULL when all are fine or absent. */
static const struct tag *find_invalid(const struct dmarc_record *record)
{
	static const struct span names[] = {SPAN_INIT("p"), SPAN_INIT("sp"), SPAN_INIT("np")};
	const enum dmarc_policy policies[] = {record->p, record->sp, record->np};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (policies[i] == DMARC_POLICY_INVALID) {
			return tag_list_find(&record->tags, names[i]);
		}
	}
	return NULL;
}

static struct span problem_in(struct assessment *a, const struct dmarc_record *record,
			      const struct tag *tag)
{
	for (size_t i = 0; i < problem_count(&record->problems); i++) {
		const struct problem *problem = problem_at(&record->problems, i);
		if (problem->offset >= tag->value_offset &&
		    problem->offset <= tag->value_offset + tag->value.len) {
			return problem_text(a->arena, problem);
		}
	}
	return arena_printf(a->arena, "column %zu: not a policy", tag->value_offset + 1);
}

/*
 * RFC 9989 4.7: with p missing, or p, sp or np invalid, all the record does is to ask for reports;
 * without a valid rua it does nothing. True when that is so.
 */
static bool report_no_policy(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_record *record = view->record;
	const struct tag *invalid = find_invalid(record);
	if (invalid == NULL && record->p != DMARC_POLICY_ABSENT) {
		return false;
	}
	const char *effect = dmarc_record_is_usable(record)
				     ? "receivers treat the record as p=none"
				     : "receivers treat the record as if it were not there";
	struct finding *finding;
	if (invalid == NULL) {
		finding = dmarc_finding(a, view, FINDING_DMARC_POLICY_MISSING);
	} else {
		struct span problem = problem_in(a, record, invalid);
		finding = dmarc_finding(a, view, FINDING_DMARC_POLICY_INVALID);
		finding_arg(a, finding, "tag", "%.*s", SPAN_ARG(invalid->name));
		finding_arg(a, finding, "problem", "%.*s", SPAN_ARG(problem));
		finding_evidence(a, finding, "%.*s", SPAN_ARG(problem));
	}
	finding_arg(a, finding, "effect", "%s", effect);
	return true;
}

/*
 * p=none lets strangers' mail through. With reports that somebody receives it is the first stage of
 * a journey; without, nobody is even watching.
 */
static void report_none(struct assessment *a, const struct dmarc_view *view)
{
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_POLICY_NONE);
	finding_arg(a, finding, "tag", "%s", tag_of(view->domain.relation));
	if (view->has_working_reports != ANSWER_NO) {
		finding->severity = SEVERITY_MEDIUM;
	}
}

static void report_strength(struct assessment *a, const struct dmarc_view *view)
{
	if (view->domain.published == DMARC_POLICY_NONE) {
		report_none(a, view);
	} else if (view->domain.published == DMARC_POLICY_QUARANTINE) {
		struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_POLICY_QUARANTINE);
		finding_arg(a, finding, "tag", "%s", tag_of(view->domain.relation));
	} else if (view->domain.policy == DMARC_POLICY_REJECT && !dmarc_pct_matters(view->record)) {
		(void)dmarc_finding(a, view, FINDING_DMARC_POLICY_REJECT);
	}
}

/* RFC 9989 4.7, t: reject acts as quarantine, quarantine as none. */
static void report_testing(struct assessment *a, const struct dmarc_view *view)
{
	if (view->domain.policy == view->domain.published) {
		return;
	}
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_TESTING);
	finding_arg(a, finding, "published", "%s", dmarc_policy_name(view->domain.published));
	finding_arg(a, finding, "policy", "%s", dmarc_policy_name(view->domain.policy));
	if (view->domain.policy == DMARC_POLICY_NONE) {
		finding->severity = SEVERITY_MEDIUM;
	}
}

static void report_pct(struct assessment *a, const struct dmarc_view *view)
{
	if (!dmarc_pct_matters(view->record)) {
		return;
	}
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_PCT);
	finding_arg(a, finding, "pct", "%u", view->record->pct);
	finding_arg(a, finding, "rest", "%u", 100 - view->record->pct);
	finding_arg(a, finding, "policy", "%s", dmarc_policy_name(view->domain.published));
}

static void report_weaker(struct assessment *a, enum finding_id id,
			  const struct dmarc_applied *weak, const struct dmarc_applied *strong)
{
	struct finding *finding = finding_add(a, id, weak->holder->name);
	finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(weak->holder->name),
			 SPAN_ARG(weak->holder->record->text));
	finding_arg(a, finding, "policy", "%s", dmarc_policy_name(strong->published));
	finding_arg(a, finding, "weaker", "%s", dmarc_policy_name(weak->published));
	finding_arg(a, finding, "holder", "%.*s", SPAN_ARG(weak->holder->domain));
	if (weak->published != DMARC_POLICY_NONE) {
		finding->severity = SEVERITY_LOW;
	}
}

static bool is_weaker(const struct dmarc_applied *weak, const struct dmarc_applied *strong)
{
	return weak->status == DMARC_APPLIES && strong->status == DMARC_APPLIES &&
	       dmarc_policy_rank(weak->published) < dmarc_policy_rank(strong->published);
}

/* Below a name that does not exist there is nothing to compare with. */
static void report_below(struct assessment *a, const struct dmarc_view *view)
{
	if (view->domain.relation == DMARC_NONEXISTENT) {
		return;
	}
	if (is_weaker(&view->subdomain, &view->domain)) {
		report_weaker(a, FINDING_DMARC_SUBDOMAIN_POLICY_WEAKER, &view->subdomain,
			      &view->domain);
	}
	/* np weaker than both; where it merely follows a weak sp the finding above says it */
	if (is_weaker(&view->invented, &view->subdomain) &&
	    is_weaker(&view->invented, &view->domain)) {
		report_weaker(a, FINDING_DMARC_NONEXISTENT_POLICY_WEAKER, &view->invented,
			      &view->domain);
	}
}

/* Strict alignment matters where mail is sent and the policy acts on what does not align. */
static void report_alignment(struct assessment *a, const struct dmarc_view *view)
{
	bool is_strict = view->record->adkim == DMARC_STRICT || view->record->aspf == DMARC_STRICT;
	/* a null MX is what parked domains have, for which strict is the advice */
	bool is_in_use = a->mx == NULL || (a->mx->is_known && !a->mx->is_null);
	if (!is_strict || !is_in_use || dmarc_policy_rank(view->domain.policy) == 0) {
		return;
	}
	const char *what = view->record->adkim != DMARC_STRICT	? "SPF"
			   : view->record->aspf != DMARC_STRICT ? "DKIM"
								: "SPF and DKIM";
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_STRICT_ALIGNMENT);
	finding_arg(a, finding, "what", "%s", what);
}

void dmarc_rules_policy(struct assessment *a, const struct dmarc_view *view)
{
	if (report_no_policy(a, view) || view->domain.status != DMARC_APPLIES) {
		return;
	}
	report_strength(a, view);
	report_testing(a, view);
	report_pct(a, view);
	report_below(a, view);
	report_alignment(a, view);
}

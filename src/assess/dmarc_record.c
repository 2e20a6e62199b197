/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about the text of DMARC records: is there one, and is it well made? */
#include "assess/dmarc_rules.h"

#include "assess/problem_text.h"

struct finding *dmarc_finding(struct assessment *a, const struct dmarc_view *view,
			      enum finding_id id)
{
	struct finding *finding = finding_add(a, id, view->holder->name);
	finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(view->holder->name),
			 SPAN_ARG(view->record->text));
	return finding;
}

static void report_several(struct assessment *a, const struct dmarc_step *step)
{
	struct finding *finding = finding_add(a, FINDING_DMARC_SEVERAL_RECORDS, step->name);
	finding_arg(a, finding, "count", "%zu", step->text_count);
	for (size_t i = 0; i < step->text_count; i++) {
		finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(step->name),
				 SPAN_ARG(step->texts[i]));
	}
}

static void report_near_miss(struct assessment *a, const struct dmarc_step *step)
{
	struct finding *finding = finding_add(a, FINDING_DMARC_NOT_RECOGNISED, step->name);
	finding_arg(a, finding, "text", "%.*s", SPAN_ARG(step->near_miss));
	finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(step->name),
			 SPAN_ARG(step->near_miss));
}

/* True when there is something to mend at this name. */
static bool report_step(struct assessment *a, const struct dmarc_step *step)
{
	if (step == NULL) {
		return false;
	}
	if (step->kind == DMARC_STEP_SEVERAL) {
		report_several(a, step);
		return true;
	}
	if (step->kind == DMARC_STEP_NONE && step->near_miss.len > 0) {
		report_near_miss(a, step);
		return true;
	}
	return false;
}

/* Broken at the domain itself, or at its organisational domain when nothing stands at the domain.
 */
static bool report_broken(struct assessment *a, const struct dmarc_view *view)
{
	bool is_told = report_step(a, view->own);
	struct span organisation = view->rfc7489.organisation;
	if (view->own->kind == DMARC_STEP_RECORD || span_equal(organisation, a->domain)) {
		return is_told;
	}
	return report_step(a, dmarc_walk_find(view->walk, organisation)) || is_told;
}

static void report_inherited(struct assessment *a, const struct dmarc_view *view)
{
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_INHERITED);
	finding_arg(a, finding, "holder", "%.*s", SPAN_ARG(view->holder->domain));
	finding_arg(a, finding, "policy", "%s", dmarc_policy_name(view->domain.published));
}

void dmarc_rules_presence(struct assessment *a, const struct dmarc_view *view)
{
	bool is_told = report_broken(a, view);
	switch (view->domain.status) {
	case DMARC_NO_RECORD:
		if (!is_told) {
			a->is_absent[CONTROL_DMARC] = true;
			(void)finding_add(a, FINDING_DMARC_MISSING, view->own->name);
		}
		break;
	case DMARC_APPLIES:
		if (view->domain.relation != DMARC_OWN) {
			report_inherited(a, view);
		}
		break;
	case DMARC_UNUSABLE:
	case DMARC_UNKNOWN:
		break;
	}
}

/* --- the record's text --- */

static bool is_inside(const struct problem *problem, size_t offset, size_t len)
{
	return problem->offset >= offset && problem->offset <= offset + len;
}

static bool is_in_uris(const struct problem *problem, const struct dmarc_uri *uris, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool is_faulty = !uris[i].is_valid || !uris[i].is_mailto || uris[i].has_size_suffix;
		if (is_faulty && is_inside(problem, uris[i].offset, uris[i].text.len)) {
			return true;
		}
	}
	return false;
}

static bool is_in_policy(const struct problem *problem, const struct dmarc_record *record)
{
	static const struct span names[] = {SPAN_INIT("p"), SPAN_INIT("sp"), SPAN_INIT("np")};
	const enum dmarc_policy policies[] = {record->p, record->sp, record->np};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct tag *tag = tag_list_find(&record->tags, names[i]);
		if (policies[i] == DMARC_POLICY_INVALID && tag != NULL &&
		    is_inside(problem, tag->value_offset, tag->value.len)) {
			return true;
		}
	}
	return false;
}

/* RFC 9989 removed pct, rf and ri; what the parser says of them is in a finding of its own. */
static bool is_in_removed_tag(const struct problem *problem, const struct dmarc_record *record)
{
	static const struct span names[] = {SPAN_INIT("rf"), SPAN_INIT("ri")};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct tag *tag = tag_list_find(&record->tags, names[i]);
		if (tag != NULL && problem->offset >= tag->name_offset &&
		    problem->offset <= tag->value_offset + tag->value.len) {
			return true;
		}
	}
	return false;
}

static bool is_missing_p(const struct problem *problem, const struct dmarc_record *record)
{
	return record->p == DMARC_POLICY_ABSENT && problem->offset == record->text.len;
}

/* Policies, addresses and removed tags have findings that say more than the parser can. */
static bool is_told_elsewhere(const struct problem *problem, const struct dmarc_record *record)
{
	return is_missing_p(problem, record) || is_in_policy(problem, record) ||
	       is_in_removed_tag(problem, record) ||
	       is_in_uris(problem, record->rua, record->rua_count) ||
	       is_in_uris(problem, record->ruf, record->ruf_count);
}

static void report_syntax(struct assessment *a, const struct dmarc_view *view)
{
	struct finding *finding = NULL;
	bool has_error = false;
	for (size_t i = 0; i < problem_count(&view->record->problems); i++) {
		const struct problem *problem = problem_at(&view->record->problems, i);
		if (is_told_elsewhere(problem, view->record)) {
			continue;
		}
		struct span text = problem_text(a->arena, problem);
		if (finding == NULL) {
			finding = dmarc_finding(a, view, FINDING_DMARC_SYNTAX);
			finding_arg(a, finding, "problem", "%.*s", SPAN_ARG(text));
			finding_arg(a, finding, "column", "%zu", problem->offset + 1);
		}
		finding_evidence(a, finding, "%.*s", SPAN_ARG(text));
		has_error = has_error || problem->weight == PROBLEM_ERROR;
	}
	if (finding != NULL && !has_error) {
		finding->severity = SEVERITY_LOW;
	} else if (finding != NULL && view->record->tags.has_duplicate) {
		finding->severity = SEVERITY_HIGH;
	}
}

static bool is_enforced(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_QUARANTINE || policy == DMARC_POLICY_REJECT;
}

bool dmarc_pct_matters(const struct dmarc_record *record)
{
	return record->pct < 100 && (is_enforced(record->p) || is_enforced(record->sp));
}

static void report_removed_tags(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_record *record = view->record;
	bool has_idle_pct = record->has_pct && !dmarc_pct_matters(record);
	if (!has_idle_pct && !record->has_rf && !record->has_ri) {
		return;
	}
	struct span tags = arena_printf(a->arena, "%s%s%s", has_idle_pct ? ", pct" : "",
					record->has_rf ? ", rf" : "", record->has_ri ? ", ri" : "");
	struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_REMOVED_TAGS);
	finding_arg(a, finding, "tags", "%.*s", SPAN_ARG(span_from(tags, 2)));
}

/* RFC 9989 4.7, psd: only for names below which others register. */
static void report_psd(struct assessment *a, const struct dmarc_view *view)
{
	bool is_suffix = public_suffix_is(a->options->suffixes, view->holder->domain);
	bool is_own = span_equal(view->holder->domain, a->domain);
	if (view->record->psd == DMARC_PSD_YES && !is_suffix) {
		(void)dmarc_finding(a, view, FINDING_DMARC_PSD_MISUSED);
	}
	if (view->record->psd == DMARC_PSD_UNKNOWN && is_suffix && is_own) {
		(void)dmarc_finding(a, view, FINDING_DMARC_PSD_MISSING);
	}
}

/* RFC 9989 4.7, sp and np: read only at the organisational domain, by old and new receivers. */
static void report_idle_subdomain_policy(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_record *record = view->record;
	bool has_any = record->sp != DMARC_POLICY_ABSENT || record->np != DMARC_POLICY_ABSENT;
	if (!has_any || view->holder != view->own || view->walk->unknown != NULL ||
	    span_equal(view->walk->organisation, a->domain) ||
	    span_equal(view->rfc7489.organisation, a->domain)) {
		return;
	}
	struct finding *finding =
		dmarc_finding(a, view, FINDING_DMARC_SUBDOMAIN_POLICY_WITHOUT_EFFECT);
	finding_arg(a, finding, "organisation", "%.*s", SPAN_ARG(view->walk->organisation));
}

void dmarc_rules_record(struct assessment *a, const struct dmarc_view *view)
{
	report_syntax(a, view);
	report_removed_tags(a, view);
	report_psd(a, view);
	report_idle_subdomain_policy(a, view);
	/* RFC 9989 4.7: fo means nothing without ruf */
	if (view->record->fo.len > 0 && view->record->ruf_count == 0) {
		(void)dmarc_finding(a, view, FINDING_DMARC_FO_WITHOUT_RUF);
	}
}

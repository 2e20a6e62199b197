/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* CAA: which certificate authorities may issue for the domain. */
#include "assess/caa.h"

#include "assess/finding.h"
#include "assess/measure.h"
#include "records/caa.h"

/* CAA records of one name read; honest sets have a handful. */
#define CAA_MAX_RECORDS 64
/* Names asked on the way up; deeper ones are no mail domains. */
#define CAA_MAX_CLIMB 16

/* What the records of one name say together. */
struct caa_set {
	struct span name;
	struct span issuers; /* "ca.example, other.example" */
	size_t issue_count;  /* issue properties */
	bool has_unreadable;
};

/*
 * RFC 8659 3: the records of the closest name, going up, that has any. NULL when there are none or
 * it is not known which; all levels are asked in one round.
 */
static const struct fact *find_relevant(struct assessment *a, bool *ret_is_known)
{
	const struct fact *relevant = NULL;
	bool is_known = true;
	struct span name = a->domain;
	for (size_t i = 0; i < CAA_MAX_CLIMB && !span_equal(name, SPAN(".")); i++) {
		const struct fact *fact = assessment_dns(a, name, RR_CAA);
		bool is_open = is_known && relevant == NULL;
		if (is_open && fact_is_unknown(fact)) {
			unknown_add(a, CONTROL_TLS, fact);
			is_known = false;
		} else if (is_open && fact_is_present(fact)) {
			relevant = fact;
		}
		name = name_parent(name);
	}
	*ret_is_known = is_known;
	return relevant;
}

static void report_syntax(struct assessment *a, const struct caa *caa, struct span name)
{
	const struct problem *problem = problem_at(&caa->problems, 0);
	struct finding *finding = finding_add(a, FINDING_TLS_CAA_SYNTAX, name);
	finding_arg(a, finding, "tag", "%.*s", SPAN_ARG(caa->tag));
	finding_arg(a, finding, "what", "%.*s", SPAN_ARG(problem->what));
	finding_arg(a, finding, "column", "%zu", problem->offset + 1);
	finding_evidence(a, finding, "%u %.*s \"%.*s\"", caa->flags, SPAN_ARG(caa->tag),
			 SPAN_ARG(caa->value));
}

/* RFC 8659 4.5: an authority that does not know a critical property must not issue. */
static void report_unknown_critical(struct assessment *a, const struct caa *caa, struct span name)
{
	struct finding *finding = finding_add(a, FINDING_TLS_CAA_UNKNOWN_CRITICAL, name);
	finding_arg(a, finding, "tag", "%.*s", SPAN_ARG(caa->tag));
}

static void take_record(struct assessment *a, struct caa_set *set, const struct caa *caa)
{
	if (caa->property == CAA_UNKNOWN && caa->is_critical) {
		report_unknown_critical(a, caa, set->name);
	} else if (problem_count(&caa->problems) > 0) {
		report_syntax(a, caa, set->name);
	}
	if (caa->property != CAA_ISSUE) {
		return;
	}
	set->issue_count++;
	if (caa->issuer.len > 0) {
		const char *separator = set->issuers.len > 0 ? ", " : "";
		set->issuers = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(set->issuers),
					    separator, SPAN_ARG(caa->issuer));
	}
}

/* What a parked domain should say needs no remark. */
static void report_nobody(struct assessment *a, struct span name)
{
	if (a->kind != DOMAIN_PARKED) {
		(void)finding_add(a, FINDING_TLS_CAA_NOBODY, name);
	}
}

static void judge(struct assessment *a, const struct fact *fact)
{
	struct caa_set set = {.name = fact->key.subject};
	for (size_t i = 0; i < fact->dns->record_count && i < CAA_MAX_RECORDS; i++) {
		struct caa caa;
		if (caa_parse(a->arena, fact->dns->records[i].rdata, &caa)) {
			take_record(a, &set, &caa);
		} else {
			set.has_unreadable = true;
		}
	}
	if (set.has_unreadable) {
		unknown_note(a, CONTROL_TLS, set.name, SPAN("a CAA record is unreadable"));
	}
	if (set.issue_count == 0) {
		(void)finding_add(a, FINDING_TLS_CAA_NO_ISSUE, set.name);
	} else if (set.issuers.len == 0) {
		report_nobody(a, set.name);
	} else {
		struct finding *finding = finding_add(a, FINDING_TLS_CAA_PRESENT, set.name);
		finding_arg(a, finding, "issuers", "%.*s", SPAN_ARG(set.issuers));
	}
	measure_bool(a, MEASURE_CAA_PRESENT, set.issue_count > 0);
}

void caa_assess(struct assessment *a)
{
	if (a->kind == DOMAIN_NONEXISTENT) {
		measure_not_applicable(a, MEASURE_CAA_PRESENT, SPAN("the domain does not exist"));
		return;
	}
	bool is_known;
	const struct fact *fact = find_relevant(a, &is_known);
	if (!is_known) {
		measure_unknown(a, MEASURE_CAA_PRESENT, SPAN("CAA records are not known"));
	} else if (fact != NULL) {
		judge(a, fact);
	} else {
		measure_bool(a, MEASURE_CAA_PRESENT, false);
		if (a->kind == DOMAIN_SENDING || a->kind == DOMAIN_RECEIVING) {
			(void)finding_add(a, FINDING_TLS_CAA_MISSING, a->domain);
		}
	}
}

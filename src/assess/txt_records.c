/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What TLS-RPT, MTA-STS and BIMI have in common: one TXT record at a name of their own. */
#include "assess/txt_records.h"

#include "assess/mx.h"
#include "assess/problem_text.h"
#include "records/txt.h"

static void sort_text(struct assessment *a, const struct txt_kind *kind,
		      struct txt_records *records, struct vector *texts, struct span text)
{
	if (kind->is_record(text)) {
		struct span *kept = VECTOR_PUSH(texts, a->arena, struct span, TXT_RECORDS_MAX);
		if (kept != NULL) {
			*kept = text;
		}
	} else if (records->near_miss.len == 0 && kind->is_near_miss(text)) {
		records->near_miss = text;
	}
}

struct txt_records txt_records_read(struct assessment *a, const struct txt_kind *kind)
{
	struct txt_records records = {.name = name_join(a->arena, kind->prefix, a->domain)};
	if (records.name.len == 0) {
		records.is_known = true; /* too long a name to hold anything */
		return records;
	}
	records.fact = assessment_dns(a, records.name, RR_TXT);
	if (fact_is_unknown(records.fact)) {
		unknown_add(a, kind->control, records.fact);
		return records;
	}
	records.is_known = true;
	struct vector texts = {0};
	for (size_t i = 0; i < records.fact->dns->record_count; i++) {
		struct txt txt;
		if (txt_parse(a->arena, records.fact->dns->records[i].rdata, &txt)) {
			sort_text(a, kind, &records, &texts, txt.text);
		}
	}
	records.texts = texts.items;
	records.count = texts.len;
	return records;
}

static void add_evidence(struct assessment *a, struct finding *finding, struct span name,
			 struct span text)
{
	finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(name), SPAN_ARG(text));
}

void txt_records_report_several(struct assessment *a, enum finding_id id,
				const struct txt_records *records)
{
	struct finding *finding = finding_add(a, id, records->name);
	finding_arg(a, finding, "count", "%zu", records->count);
	for (size_t i = 0; i < records->count; i++) {
		add_evidence(a, finding, records->name, records->texts[i]);
	}
}

void txt_records_report_near_miss(struct assessment *a, enum finding_id id,
				  const struct txt_records *records)
{
	struct finding *finding = finding_add(a, id, records->name);
	finding_arg(a, finding, "text", "%.*s", SPAN_ARG(records->near_miss));
	add_evidence(a, finding, records->name, records->near_miss);
}

struct finding *txt_records_finding(struct assessment *a, enum finding_id id,
				    const struct txt_records *records)
{
	struct finding *finding = finding_add(a, id, records->name);
	add_evidence(a, finding, records->name, records->texts[0]);
	return finding;
}

void txt_records_report_problems(struct assessment *a, enum finding_id id,
				 const struct txt_records *records,
				 const struct txt_problems *problems)
{
	struct finding *finding = NULL;
	bool has_error = false;
	for (size_t i = 0; i < problem_count(problems->problems); i++) {
		const struct problem *problem = problem_at(problems->problems, i);
		if (problems->is_told_elsewhere != NULL &&
		    problems->is_told_elsewhere(problem, problems->record)) {
			continue;
		}
		struct span text = problem_text(a->arena, problem);
		if (finding == NULL) {
			finding = txt_records_finding(a, id, records);
			finding_arg(a, finding, "problem", "%.*s", SPAN_ARG(text));
		}
		finding_evidence(a, finding, "%.*s", SPAN_ARG(text));
		has_error = has_error || problem->weight == PROBLEM_ERROR;
	}
	if (finding != NULL && !has_error) {
		finding->severity = SEVERITY_LOW;
	}
}

enum answer txt_records_is_receiving(struct assessment *a, enum control control)
{
	if (a->mx == NULL) {
		return ANSWER_YES;
	}
	if (!a->mx->is_known) {
		unknown_add(a, control, assessment_dns(a, a->domain, RR_MX));
		return ANSWER_UNKNOWN;
	}
	return a->mx->host_count > 0 ? ANSWER_YES : ANSWER_NO;
}

void txt_records_not_applicable(struct assessment *a, const enum measure_id *ids, size_t count,
				struct span reason)
{
	for (size_t i = 0; i < count; i++) {
		measure_not_applicable(a, ids[i], reason);
	}
}

void txt_records_unknown(struct assessment *a, const enum measure_id *ids, size_t count,
			 const struct fact *fact)
{
	for (size_t i = 0; i < count; i++) {
		measure_unknown_fact(a, ids[i], fact);
	}
}

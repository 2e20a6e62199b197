/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The one TXT record that a control keeps at a name of its own, told from other text by its
 * version.
 */
#ifndef MAILSEAL_ASSESS_TXT_RECORDS_H
#define MAILSEAL_ASSESS_TXT_RECORDS_H

#include "assess/assessment.h"
#include "assess/finding.h"
#include "assess/measure.h"
#include "records/problem.h"

/* Records kept; there should be one. */
#define TXT_RECORDS_MAX 16

struct txt_kind {
	enum control control;
	struct span prefix; /* "_smtp._tls" */
	bool (*is_record)(struct span text);
	bool (*is_near_miss)(struct span text);
};

struct txt_records {
	struct span name;
	bool is_known; /* false: noted as unknown, nothing below holds */
	const struct fact *fact;
	const struct span *texts;
	size_t count;
	struct span near_miss; /* text that was surely meant to be one; empty when none */
};

/* Reads the records of a kind at prefix.domain. */
struct txt_records txt_records_read(struct assessment *a, const struct txt_kind *kind);
/* Records that stand together where only one may; the records are its evidence. */
void txt_records_report_several(struct assessment *a, enum finding_id id,
				const struct txt_records *records);
/* Text that is no record; the finding's argument is "text". */
void txt_records_report_near_miss(struct assessment *a, enum finding_id id,
				  const struct txt_records *records);
/* A finding about the only record, which is its evidence. */
struct finding *txt_records_finding(struct assessment *a, enum finding_id id,
				    const struct txt_records *records);
/* What a parser found wrong, and what of it another finding tells better. */
struct txt_problems {
	const struct problems *problems;
	bool (*is_told_elsewhere)(const struct problem *problem, const void *record); /* or NULL */
	const void *record;
};

/*
 * One finding for all problems not told elsewhere: its argument "problem" is the first one, its
 * evidence all of them. Low when nothing is an error.
 */
void txt_records_report_problems(struct assessment *a, enum finding_id id,
				 const struct txt_records *records,
				 const struct txt_problems *problems);
/* Does the domain take mail, by its MX records? Never PARTLY. Unknown answers are noted for the
 * control. */
enum answer txt_records_is_receiving(struct assessment *a, enum control control);
/* Sets each of the measures to "not applicable" or "unknown". */
void txt_records_not_applicable(struct assessment *a, const enum measure_id *ids, size_t count,
				struct span reason);
void txt_records_unknown(struct assessment *a, const enum measure_id *ids, size_t count,
			 const struct fact *fact);

#endif

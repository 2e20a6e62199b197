/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: is there exactly one record, what does its tree come to, and the measures taken from it. */
#include "assess/spf.h"

#include "assess/finding.h"
#include "assess/kind.h"
#include "assess/measure.h"
#include "assess/spf_report.h"
#include "assess/spf_walk.h"
#include "records/txt.h"

/*
 * RFC 6891 and DNS Flag Day 2020: answers above this do not pass by UDP everywhere, and some
 * receivers' paths lose the repetition by TCP.
 */
#define ANSWER_UDP_BYTES 1232
/* What UK guidance asks for: an answer that passes in the smallest packets, with room to spare. */
#define ANSWER_SMALL_BYTES 450

const char *spf_outcome_name(enum spf_outcome outcome)
{
	static const char *const names[] = {
		[SPF_OUTCOME_NONE] = "none",	     [SPF_OUTCOME_NEUTRAL] = "neutral",
		[SPF_OUTCOME_PASS] = "pass",	     [SPF_OUTCOME_FAIL] = "fail",
		[SPF_OUTCOME_SOFTFAIL] = "softfail", [SPF_OUTCOME_PERMERROR] = "permerror",
		[SPF_OUTCOME_UNKNOWN] = "unknown",
	};
	return names[outcome];
}

/* --- the domain's own answer --- */

static void report_near_misses(struct assessment *a, const struct spf_answer *answer)
{
	for (size_t i = 0; i < answer->near_misses.len; i++) {
		struct span text = *VECTOR_AT(&answer->near_misses, struct span, i);
		struct finding *finding = finding_add(a, FINDING_SPF_NEAR_MISS, a->domain);
		finding_evidence(a, finding, "%.*s", SPAN_ARG(text));
		/* beside a working record it is litter */
		finding->severity = answer->records.len == 0 ? finding->severity : SEVERITY_LOW;
	}
}

/* RFC 7208 4.5: more than one record is a permerror */
static void report_several(struct assessment *a, const struct spf_view *view)
{
	struct finding *finding = finding_add(a, FINDING_SPF_SEVERAL_RECORDS, a->domain);
	finding_arg(a, finding, "count", "%zu", view->record_count);
	for (size_t i = 0; i < view->record_count; i++) {
		finding_evidence(a, finding, "%.*s", SPAN_ARG(view->records[i]));
	}
}

static void report_size(struct assessment *a, const struct fact *fact, size_t bytes)
{
	if (bytes <= ANSWER_SMALL_BYTES) {
		return;
	}
	enum finding_id id =
		bytes > ANSWER_UDP_BYTES ? FINDING_SPF_ANSWER_TRUNCATED : FINDING_SPF_ANSWER_LARGE;
	struct finding *finding = finding_add(a, id, a->domain);
	finding_arg(a, finding, "bytes", "%zu", bytes);
	finding_arg(a, finding, "records", "%zu", fact->dns->record_count);
}

/*
 * RFC 7208 3.1: the SPF record type is gone. Whether one exists changes no verdict, and many
 * servers fail for odd types: a failure to answer is not worth a doubt.
 */
static void report_type99(struct assessment *a, const struct spf_view *view,
			  const struct fact *fact)
{
	if (!fact_is_present(fact)) {
		return;
	}
	struct txt txt = {0};
	bool is_same = fact->dns->record_count == 1 && view->record_count == 1 &&
		       txt_parse(a->arena, fact->dns->records[0].rdata, &txt) &&
		       span_equal(txt.text, view->records[0]);
	struct finding *finding = finding_add(a, FINDING_SPF_TYPE99, a->domain);
	finding_arg(a, finding, "relation", "%s",
		    is_same ? "repeats the TXT record" : "says something else than the TXT record");
	finding_evidence(a, finding, "type SPF: %.*s", SPAN_ARG(txt.text));
}

/* --- measures --- */

static void measure_nothing(struct assessment *a, struct span reason)
{
	static const enum measure_id ids[] = {MEASURE_SPF_ALL, MEASURE_SPF_LOOKUPS,
					      MEASURE_SPF_VOID_LOOKUPS, MEASURE_SPF_ADDRESSES};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		measure_not_applicable(a, ids[i], reason);
	}
	measure_bool(a, MEASURE_SPF_VALID, false);
	measure_bool(a, MEASURE_SPF_ONLY_ALL, false);
}

static void measure_unread(struct assessment *a, const struct fact *fact)
{
	static const enum measure_id ids[] = {MEASURE_SPF_PRESENT,  MEASURE_SPF_RECORDS,
					      MEASURE_SPF_VALID,    MEASURE_SPF_ALL,
					      MEASURE_SPF_LOOKUPS,  MEASURE_SPF_VOID_LOOKUPS,
					      MEASURE_SPF_ONLY_ALL, MEASURE_SPF_ADDRESSES};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		measure_unknown_fact(a, ids[i], fact);
	}
}

#define REASON_PART SPAN("part of the SPF tree could not be read")

static void measure_all(struct assessment *a, const struct spf_view *view)
{
	if (view->outcome == SPF_OUTCOME_PASS || view->ipv4_addresses > UINT32_MAX) {
		measure_word(a, MEASURE_SPF_ALL, SPAN("pass"));
		return;
	}
	const struct spf_term *all = view->last != NULL ? spf_record_all(view->last->record) : NULL;
	bool is_lost = view->last == NULL && view->has_unknown;
	if (is_lost) {
		measure_unknown(a, MEASURE_SPF_ALL, REASON_PART);
	} else if (all == NULL) {
		measure_word(a, MEASURE_SPF_ALL, SPAN("none"));
	} else {
		measure_word(a, MEASURE_SPF_ALL,
			     span_of_string(spf_qualifier_name(
				     spf_qualifier_of_strangers(view, all))));
	}
}

/* A permerror anywhere on the way of a stranger's address, or certain from the counts alone. */
static bool is_certainly_invalid(const struct spf_view *view)
{
	return view->outcome == SPF_OUTCOME_PERMERROR || view->lookups > SPF_MAX_LOOKUPS ||
	       view->void_lookups > SPF_MAX_VOID_LOOKUPS || view->has_loop;
}

/* A count that can only grow is known once it is above its limit. */
static void measure_count(struct assessment *a, const struct spf_view *view, enum measure_id id,
			  unsigned count, unsigned limit)
{
	if (view->has_unknown && count <= limit) {
		measure_unknown(a, id, REASON_PART);
	} else {
		measure_number(a, id, count);
	}
}

static void measure_tree(struct assessment *a, const struct spf_view *view)
{
	measure_all(a, view);
	measure_bool(a, MEASURE_SPF_ONLY_ALL, view->only_all);
	measure_count(a, view, MEASURE_SPF_LOOKUPS, view->lookups, SPF_MAX_LOOKUPS);
	measure_count(a, view, MEASURE_SPF_VOID_LOOKUPS, view->void_lookups, SPF_MAX_VOID_LOOKUPS);
	if (is_certainly_invalid(view)) {
		measure_bool(a, MEASURE_SPF_VALID, false);
	} else if (view->has_unknown) {
		measure_unknown(a, MEASURE_SPF_VALID, REASON_PART);
	} else {
		measure_bool(a, MEASURE_SPF_VALID, true);
	}
	if (view->has_unknown) {
		measure_unknown(a, MEASURE_SPF_ADDRESSES, REASON_PART);
	} else {
		measure_number(a, MEASURE_SPF_ADDRESSES, (int64_t)view->ipv4_addresses);
	}
}

/* --- the assessor --- */

static void assess_one(struct assessment *a, struct spf_view *view)
{
	spf_walk_run(a, view);
	if (view->node_count == 0) {
		return; /* memory is out */
	}
	spf_report_syntax(a, view);
	spf_report_all(a, view);
	spf_report_limits(a, view);
	spf_report_targets(a, view);
	spf_report_senders(a, view);
	spf_report_hygiene(a, view);
	measure_tree(a, view);
}

static void assess_records(struct assessment *a, struct spf_view *view)
{
	measure_bool(a, MEASURE_SPF_PRESENT, view->record_count > 0);
	measure_number(a, MEASURE_SPF_RECORDS, (int64_t)view->record_count);
	if (view->record_count == 1) {
		assess_one(a, view);
	} else if (view->record_count > 1) {
		view->outcome = SPF_OUTCOME_PERMERROR;
		report_several(a, view);
		measure_nothing(a, SPAN("there are several SPF records, so none counts"));
	} else {
		/* RFC 7208 3.1: a subdomain does not inherit its parent's record */
		view->outcome = SPF_OUTCOME_NONE;
		a->is_absent[CONTROL_SPF] = true;
		if (!kind_is_nonexistent(a)) {
			(void)finding_add(a, FINDING_SPF_MISSING, a->domain);
		}
		measure_nothing(a, SPAN("there is no SPF record"));
	}
}

void spf_assess(struct assessment *a)
{
	const struct fact *fact = assessment_dns(a, a->domain, RR_TXT);
	const struct fact *type99 = assessment_dns(a, a->domain, RR_SPF);
	struct spf_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->spf = view;
	if (fact_is_unknown(fact)) {
		view->is_unknown = true;
		view->outcome = SPF_OUTCOME_UNKNOWN;
		unknown_add(a, CONTROL_SPF, fact);
		measure_unread(a, fact);
		return;
	}
	struct spf_answer answer = spf_answer_read(a->arena, fact);
	view->records = answer.records.items;
	view->record_count = answer.records.len;
	view->answer_bytes = answer.bytes;
	report_near_misses(a, &answer);
	assess_records(a, view);
	report_size(a, fact, answer.bytes);
	report_type99(a, view, type99);
}

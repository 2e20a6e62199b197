/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges TLS reporting. */
#include "assess/tls_rpt.h"

/* RFC 8460 3 */
static const struct txt_kind kind = {
	.control = CONTROL_TLS_RPT,
	.prefix = SPAN_INIT("_smtp._tls"),
	.is_record = tls_rpt_record_is_tls_rpt,
	.is_near_miss = tls_rpt_record_is_near_miss,
};

static const enum measure_id measures[] = {
	MEASURE_TLS_RPT_PRESENT,
	MEASURE_TLS_RPT_VALID,
	MEASURE_TLS_RPT_RUA,
	MEASURE_TLS_RPT_RETIRED_DESTINATION,
};

#define MEASURES (sizeof(measures) / sizeof(measures[0]))

/* Reports are about mail the domain receives: whoever receives none is not asked for a record. */
static void assess_absence(struct assessment *a, const struct tls_rpt_view *view)
{
	a->is_absent[CONTROL_TLS_RPT] = true;
	txt_records_not_applicable(a, measures + 1, MEASURES - 1, SPAN("no TLS-RPT record"));
	switch (txt_records_is_receiving(a, CONTROL_TLS_RPT)) {
	case ANSWER_YES:
	case ANSWER_PARTLY:
		(void)finding_add(a, FINDING_TLS_RPT_MISSING, view->found.name);
		measure_bool(a, MEASURE_TLS_RPT_PRESENT, false);
		break;
	case ANSWER_NO:
		measure_not_applicable(a, MEASURE_TLS_RPT_PRESENT,
				       SPAN("the domain takes no mail"));
		break;
	case ANSWER_UNKNOWN:
		measure_unknown(a, MEASURE_TLS_RPT_PRESENT,
				SPAN("whether the domain takes mail is not known"));
		break;
	}
}

static void assess_near_miss(struct assessment *a, const struct tls_rpt_view *view)
{
	txt_records_report_near_miss(a, FINDING_TLS_RPT_NOT_RECOGNISED, &view->found);
	measure_bool(a, MEASURE_TLS_RPT_PRESENT, false);
	txt_records_not_applicable(a, measures + 1, MEASURES - 1, SPAN("no TLS-RPT record"));
}

/* The findings about addresses say more than the parser can. */
static bool is_about_address(const struct problem *problem, const void *context)
{
	const struct tls_rpt_record *record = context;
	for (size_t i = 0; i < record->rua_count; i++) {
		const struct dmarc_uri *uri = &record->rua[i];
		bool is_usable = uri->is_valid && (uri->is_mailto || uri->is_https);
		if (!is_usable && problem->offset >= uri->offset &&
		    problem->offset <= uri->offset + uri->text.len) {
			return true;
		}
	}
	return false;
}

static struct finding *add(struct assessment *a, const struct tls_rpt_view *view,
			   enum finding_id id, const struct destination *destination)
{
	struct finding *finding = txt_records_finding(a, id, &view->found);
	struct span address = destination_text(destination);
	finding_arg(a, finding, "address", "%.*s", SPAN_ARG(address));
	return finding;
}

static void report_retired(struct assessment *a, const struct tls_rpt_view *view,
			   const struct destination *destination)
{
	const struct retired_destination *retired = destination->retired;
	struct finding *finding = add(a, view, FINDING_TLS_RPT_RETIRED_DESTINATION, destination);
	finding_arg(a, finding, "service", "%.*s", SPAN_ARG(retired->name));
	finding_arg(a, finding, "retired", "%.*s", SPAN_ARG(retired->retired));
	finding_arg(a, finding, "what", "%.*s", SPAN_ARG(retired->what));
	finding_arg(a, finding, "instead", "%.*s", SPAN_ARG(retired->instead));
}

static void report_unreachable(struct assessment *a, const struct tls_rpt_view *view,
			       const struct destination *destination)
{
	struct finding *finding =
		add(a, view, FINDING_TLS_RPT_DESTINATION_UNREACHABLE, destination);
	finding_arg(a, finding, "host", "%.*s", SPAN_ARG(destination->uri->host));
	finding_arg(a, finding, "obstacle", "%s", destination_obstacle(destination));
}

static void report_unregistered(struct assessment *a, const struct tls_rpt_view *view,
				const struct destination *destination)
{
	struct finding *finding =
		add(a, view, FINDING_TLS_RPT_DESTINATION_UNREGISTERED, destination);
	finding_arg(a, finding, "registrable", "%.*s", SPAN_ARG(destination->registrable));
}

static void report_destination(struct assessment *a, const struct tls_rpt_view *view,
			       const struct destination *destination)
{
	switch (destination->state) {
	case DESTINATION_INVALID:
		(void)add(a, view, FINDING_TLS_RPT_DESTINATION_INVALID, destination);
		break;
	case DESTINATION_DUPLICATE:
		(void)add(a, view, FINDING_TLS_RPT_DESTINATION_DUPLICATE, destination);
		break;
	case DESTINATION_RETIRED:
		report_retired(a, view, destination);
		break;
	case DESTINATION_UNREACHABLE:
		report_unreachable(a, view, destination);
		break;
	case DESTINATION_UNREGISTERED:
		report_unregistered(a, view, destination);
		break;
	case DESTINATION_UNAUTHORISED: /* RFC 8460 asks nobody for consent */
	case DESTINATION_WORKS:
	case DESTINATION_UNKNOWN:
		break;
	}
}

static bool has_retired(const struct destinations *rua)
{
	for (size_t i = 0; i < rua->count; i++) {
		if (rua->items[i].state == DESTINATION_RETIRED) {
			return true;
		}
	}
	return false;
}

static void assess_record(struct assessment *a, struct tls_rpt_view *view)
{
	const struct tls_rpt_record *record = tls_rpt_record_parse(a->arena, view->found.texts[0]);
	if (record == NULL) {
		return;
	}
	const struct destination_rules rules = {
		.control = CONTROL_TLS_RPT,
		.retired_kind = SPAN("tls-rpt"),
		.is_https_ok = true,
	};
	view->record = record;
	view->rua = destinations_judge(a, record->rua, record->rua_count, &rules);
	txt_records_report_problems(
		a, FINDING_TLS_RPT_SYNTAX, &view->found,
		&(struct txt_problems){&record->problems, is_about_address, record});
	for (size_t i = 0; i < view->rua.count; i++) {
		report_destination(a, view, &view->rua.items[i]);
	}
	bool is_valid = tls_rpt_record_is_usable(record) && record->problems.error_count == 0;
	if (is_valid && view->rua.working_count > 0) {
		(void)txt_records_finding(a, FINDING_TLS_RPT_REPORTS, &view->found);
	}
	measure_bool(a, MEASURE_TLS_RPT_VALID, is_valid);
	measure_number(a, MEASURE_TLS_RPT_RUA, (int64_t)record->rua_count);
	measure_bool(a, MEASURE_TLS_RPT_RETIRED_DESTINATION, has_retired(&view->rua));
}

/* RFC 8460 3: with more than one record senders act as if there were none */
static void assess_several(struct assessment *a, const struct tls_rpt_view *view)
{
	txt_records_report_several(a, FINDING_TLS_RPT_SEVERAL_RECORDS, &view->found);
	measure_bool(a, MEASURE_TLS_RPT_VALID, false);
	measure_not_applicable(a, MEASURE_TLS_RPT_RUA, SPAN("several TLS-RPT records"));
	measure_not_applicable(a, MEASURE_TLS_RPT_RETIRED_DESTINATION,
			       SPAN("several TLS-RPT records"));
}

void tls_rpt_assess(struct assessment *a)
{
	struct tls_rpt_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->tls_rpt = view;
	view->found = txt_records_read(a, &kind);
	if (!view->found.is_known) {
		txt_records_unknown(a, measures, MEASURES, view->found.fact);
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
	measure_bool(a, MEASURE_TLS_RPT_PRESENT, true);
	if (view->found.count > 1) {
		assess_several(a, view);
	} else {
		assess_record(a, view);
	}
}

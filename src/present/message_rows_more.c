/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a message about what changes no verdict: ARC and BIMI. */
#include "present/message_row_maker.h"

void rows_add_arc(struct row_maker *m)
{
	const struct arc_report *arc = m->check->arc;
	if (arc->set_count == 0 && arc->status == ARC_NONE) {
		return;
	}
	struct span text =
		arc->reason == ARC_REASON_NONE
			? arena_printf(m->arena, "%zu hosts passed it on unchanged", arc->set_count)
			: span_of_string(arc_reason_explain(arc->reason));
	struct message_row *row = row_add(m, "arc", 0, MARK_PLAIN, text);
	row_set_result(row, SPAN("chain"), arc_status_name(arc->status),
		       arc->reason == ARC_REASON_NONE ? "RFC 8617 5.2"
						      : arc_reason_reference(arc->reason));
	row_add(m, "arc", 1, MARK_PLAIN,
		SPAN("ARC is an experiment that is being retired; it does not change the verdict"));
}

void rows_add_bimi(struct row_maker *m)
{
	const struct bimi_selection *bimi = m->check->bimi;
	const char *selector = bimi != NULL ? bimi_selector_use_explain(bimi->selector_use) : NULL;
	if (bimi == NULL || (bimi->cause == BIMI_NO_PASS && selector == NULL)) {
		return;
	}
	struct message_row *row =
		row_add(m, "bimi", 0, MARK_PLAIN, span_of_string(bimi_cause_explain(bimi->cause)));
	struct span subject = bimi->domain.len == 0 ? span_of(NULL, 0)
						    : arena_printf(m->arena, "%.*s, selector %.*s",
								   SPAN_ARG(bimi->domain),
								   SPAN_ARG(bimi->selector));
	row_set_result(row, subject, bimi_result_name(bimi->cause), "BIMI draft");
	if (bimi->record != NULL) {
		row_set_evidence(row, bimi->record->text,
				 arena_printf(m->arena, "%.*s._bimi.%.*s TXT",
					      SPAN_ARG(bimi->selector), SPAN_ARG(bimi->domain)));
	}
	if (selector != NULL) {
		row_add(m, "bimi", 1, MARK_WARN, span_of_string(selector));
	}
}

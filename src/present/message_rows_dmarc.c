/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a message about DMARC: who is aligned, and what the domain asks for. */
#include "present/message_row_maker.h"

enum message_mark row_dmarc_mark(enum dmarc_result result)
{
	switch (result) {
	case DMARC_RESULT_PASS:
		return MARK_GOOD;
	case DMARC_RESULT_FAIL:
	case DMARC_RESULT_PERMERROR:
		return MARK_BAD;
	case DMARC_RESULT_NONE:
	case DMARC_RESULT_TEMPERROR:
		break;
	}
	return MARK_WARN;
}

static struct span alignment_text(struct row_maker *m, const struct dmarc_identifier_check *check)
{
	switch (check->outcome) {
	case DMARC_ALIGNED_SAME:
		return SPAN("is the author's own domain");
	case DMARC_ALIGNED_RELAXED:
		return arena_printf(m->arena, "shares the organisational domain %.*s",
				    SPAN_ARG(check->organisation));
	case DMARC_ALIGNED_NOT:
		return check->mode == DMARC_STRICT
			       ? SPAN("is not the author's domain, as strict alignment asks")
			       : SPAN("does not share the author's organisational domain");
	case DMARC_ALIGNED_UNKNOWN:
		return SPAN("its organisational domain could not be found out");
	case DMARC_ALIGNED_SKIPPED:
		break;
	}
	return SPAN("not looked at: too many domains in one message");
}

static void add_identifier(struct row_maker *m, const struct dmarc_identifier_check *check)
{
	bool is_aligned =
		check->outcome == DMARC_ALIGNED_SAME || check->outcome == DMARC_ALIGNED_RELAXED;
	bool is_good = is_aligned && !check->identifier.is_temporary;
	struct message_row *row =
		row_add(m, "dmarc", 1, is_good ? MARK_GOOD : MARK_PLAIN, alignment_text(m, check));
	row_set_result(row,
		       arena_printf(m->arena, "%s %.*s",
				    check->identifier.method == DMARC_BY_SPF ? "SPF" : "DKIM",
				    SPAN_ARG(check->identifier.domain)),
		       is_aligned ? "aligned" : "not aligned", check->reference);
}

static void add_policy(struct row_maker *m, const struct dmarc_verdict *view)
{
	if (view->applied.holder == NULL || view->applied.holder->record == NULL) {
		return;
	}
	const char *tag = view->applied.relation == DMARC_OWN	     ? "p"
			  : view->applied.relation == DMARC_EXISTING ? "sp"
								     : "np";
	struct message_row *row = row_add(
		m, "dmarc", 1, MARK_PLAIN,
		arena_printf(m->arena, "policy %s, by %s of this record%s",
			     dmarc_policy_name(view->applied.policy), tag,
			     view->applied.policy != view->applied.published ? ", lowered by t=y"
									     : ""));
	row_set_result(row, view->applied.holder->domain, NULL, "RFC 9989 4.7");
	row_set_evidence(row, view->applied.holder->record->text,
			 arena_printf(m->arena, "%.*s TXT", SPAN_ARG(view->applied.holder->name)));
}

static void add_older_reading(struct row_maker *m, const struct dmarc_evaluation *evaluation)
{
	const struct dmarc_verdict *now = &evaluation->rfc9989;
	const struct dmarc_verdict *before = &evaluation->rfc7489;
	if (!evaluation->has_rfc7489 ||
	    (before->result == now->result &&
	     dmarc_verdict_disposition(before) == dmarc_verdict_disposition(now))) {
		return;
	}
	struct message_row *row = row_add(
		m, "dmarc", 1, MARK_WARN,
		arena_printf(m->arena, "receivers that follow RFC 7489 find %s, and the policy %s",
			     dmarc_result_name(before->result),
			     dmarc_policy_name(dmarc_verdict_disposition(before))));
	row_set_result(row, evaluation->author, NULL, "RFC 7489 6.6");
}

void rows_add_dmarc(struct row_maker *m, const struct dmarc_evaluation *evaluation)
{
	const struct dmarc_verdict *view = &evaluation->rfc9989;
	struct span text = view->unknown != NULL ? row_failure_text(m, view->unknown)
						 : span_of_string(dmarc_cause_explain(view->cause));
	struct message_row *row = row_add(m, "dmarc", 0, row_dmarc_mark(view->result), text);
	row_set_result(row, evaluation->author, dmarc_result_name(view->result),
		       dmarc_cause_reference(view->cause));
	add_policy(m, view);
	for (size_t i = 0; i < view->identifier_count; i++) {
		add_identifier(m, &view->identifiers[i]);
	}
	add_older_reading(m, evaluation);
}

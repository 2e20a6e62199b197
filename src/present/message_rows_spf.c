/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a message about SPF: results, and the terms that were looked at. */
#include "present/message_row_maker.h"

static enum message_mark spf_mark(enum spf_result result)
{
	switch (result) {
	case SPF_RESULT_PASS:
		return MARK_GOOD;
	case SPF_RESULT_FAIL:
	case SPF_RESULT_PERMERROR:
		return MARK_BAD;
	case SPF_RESULT_SOFTFAIL:
	case SPF_RESULT_TEMPERROR:
		return MARK_WARN;
	case SPF_RESULT_NONE:
	case SPF_RESULT_NEUTRAL:
		break;
	}
	return MARK_PLAIN;
}

static struct span spf_step_text(struct row_maker *m, const struct spf_step *step)
{
	struct span domain = step->domain;
	struct span target = step->target;
	const char *result = spf_result_name(step->result);
	switch (step->kind) {
	case SPF_STEP_RECORD:
		return arena_printf(m->arena, "%.*s has an SPF record", SPAN_ARG(domain));
	case SPF_STEP_NO_MATCH:
		return target.len > 0 ? arena_printf(m->arena, "does not match (%.*s was asked)",
						     SPAN_ARG(target))
				      : SPAN("does not match");
	case SPF_STEP_MATCH:
		return target.len > 0 ? arena_printf(m->arena, "matches (%.*s was asked)",
						     SPAN_ARG(target))
				      : SPAN("matches");
	case SPF_STEP_DESCEND:
		return arena_printf(m->arena, "leads to the record of %.*s", SPAN_ARG(target));
	case SPF_STEP_RETURN:
		return arena_printf(m->arena, "the included record gives %s", result);
	case SPF_STEP_END:
		return SPAN("no term matches, and there is no redirect");
	case SPF_STEP_STOP:
		break;
	}
	return step->fact != NULL && fact_is_unknown(step->fact)
		       ? row_failure_text(m, step->fact)
		       : span_of_string(spf_cause_explain(step->cause));
}

static void add_spf_steps(struct row_maker *m, const struct spf_check *check)
{
	for (size_t i = 0; i < check->steps.len; i++) {
		const struct spf_step *step = spf_step_at(check, i);
		struct message_row *row =
			row_add(m, "spf", 1 + step->depth,
				step->kind == SPF_STEP_STOP ? spf_mark(step->result) : MARK_PLAIN,
				spf_step_text(m, step));
		bool is_whole = step->term == NULL && step->kind == SPF_STEP_RECORD;
		struct span octets = step->term != NULL ? step->term->text
				     : is_whole		? step->record
							: span_of(NULL, 0);
		size_t offset = step->term != NULL ? step->term->offset : 0;
		row_set_result(row, step->domain, NULL, step->reference);
		if (octets.len > 0) {
			row_set_evidence(row, octets,
					 arena_printf(m->arena, "%.*s TXT, octet %zu",
						      SPAN_ARG(step->domain), offset + 1));
		}
	}
}

static void add_spf(struct row_maker *m, const struct spf_check *check, const char *identity)
{
	struct span text = span_of_string(spf_cause_explain(check->cause));
	if (check->unknown != NULL) {
		text = row_failure_text(m, check->unknown);
	} else if (check->cause == SPF_CAUSE_TERM) {
		text = arena_printf(m->arena, "\"%.*s\" matches", SPAN_ARG(check->term->text));
	}
	struct message_row *row = row_add(m, "spf", 0, spf_mark(check->result), text);
	row_set_result(row,
		       arena_printf(m->arena, "%s %.*s%s", identity, SPAN_ARG(check->domain),
				    check->is_null_sender ? " (null sender)" : ""),
		       spf_result_name(check->result), spf_cause_reference(check->cause));
	add_spf_steps(m, check);
	if (check->explanation.len > 0) {
		row = row_add(m, "spf", 1, MARK_PLAIN, SPAN("the domain explains"));
		row_set_evidence(row, check->explanation, SPAN("explanation"));
	}
}

void rows_add_spf(struct row_maker *m)
{
	const struct envelope *envelope = m->check->envelope;
	if (!envelope->has_client) {
		row_add(m, "spf", 0, MARK_PLAIN,
			SPAN("not checked: the client's address is not known"));
		return;
	}
	if (m->check->helo != NULL) {
		add_spf(m, m->check->helo, "HELO");
	}
	if (m->check->is_helo_only) {
		struct message_row *row =
			row_add(m, "spf", 1, MARK_WARN,
				SPAN("HELO passes, but only MAIL FROM counts for DMARC"));
		row_set_result(row, span_of(NULL, 0), NULL, "RFC 9989 4.4.2");
	}
	if (m->check->mail_from != NULL) {
		add_spf(m, m->check->mail_from, "MAIL FROM");
	} else {
		row_add(m, "spf", 0, MARK_PLAIN,
			SPAN("MAIL FROM is not known, so it is not checked"));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From judgements to rows. */
#include "present/message_rows.h"

#include <inttypes.h>

/* Octets of the message or of a record that a row quotes. */
#define EVIDENCE_MAX 300

struct making {
	struct arena *arena;
	struct message_rows *rows;
	const struct message_check *check;
};

static struct message_row *add(struct making *m, const char *topic, unsigned depth,
			       enum message_mark mark, struct span text)
{
	struct message_row *row =
		VECTOR_PUSH(&m->rows->items, m->arena, struct message_row, MESSAGE_ROWS_MAX);
	if (row == NULL) {
		/* above the limit, or out of memory: a row nobody will see */
		row = arena_alloc(m->arena, sizeof(*row));
	}
	if (row != NULL) {
		*row = (struct message_row){
			.topic = topic, .depth = depth, .mark = mark, .text = text};
	}
	return row;
}

static void set_evidence(struct message_row *row, struct span evidence, struct span place)
{
	if (row != NULL) {
		row->evidence = span_slice(evidence, 0, EVIDENCE_MAX);
		row->place = place;
	}
}

static void set_result(struct message_row *row, struct span subject, const char *result,
		       const char *reference)
{
	if (row != NULL) {
		row->subject = subject;
		row->result = result;
		row->reference = reference;
	}
}

/* "the name servers answered SERVFAIL (example.org TXT)" */
static struct span failure_text(struct making *m, const struct fact *fact)
{
	return arena_printf(m->arena, "%s (%.*s)", fact_failure_explain(fact->failure),
			    SPAN_ARG(fact_key_text(m->arena, fact->key)));
}

/* --- the From block --- */

static void add_anomalies(struct making *m)
{
	const struct message *message = m->check->mail->message;
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		const struct anomaly *anomaly = anomaly_at(&message->anomalies, i);
		bool is_blurring = anomaly_blurs_author(anomaly->kind);
		struct message_row *row = add(m, "message", 0, is_blurring ? MARK_BAD : MARK_WARN,
					      span_of_string(anomaly_explain(anomaly->kind)));
		set_result(row, span_of_string(anomaly_name(anomaly->kind)), NULL,
			   anomaly_reference(anomaly->kind));
		struct span text = message->header.text;
		struct span octets = {NULL, 0};
		if (anomaly->offset < text.len) {
			octets = span_slice(text, (size_t)anomaly->offset, anomaly->len);
		}
		set_evidence(
			row, octets,
			arena_printf(m->arena, "message, octet %" PRIu64, anomaly->offset + 1));
	}
}

static void add_from(struct making *m)
{
	const struct author *author = &m->check->mail->message->author;
	bool is_one = m->check->cause == MESSAGE_ONE_AUTHOR;
	struct message_row *row = add(m, "from", 0, is_one ? MARK_PLAIN : MARK_BAD,
				      span_of_string(message_cause_explain(m->check->cause)));
	set_result(row, m->check->author_count > 0 ? m->check->authors[0].domain : SPAN("From"),
		   NULL, message_cause_reference(m->check->cause));
	for (size_t i = 0; i < author->mailbox_count; i++) {
		const struct mailbox *mailbox = &author->mailboxes[i];
		row = add(m, "from", 1, MARK_PLAIN, SPAN("an author's address"));
		set_evidence(row, mailbox->text, SPAN("From"));
	}
	if (m->check->is_incomplete) {
		add(m, "from", 1, MARK_BAD, SPAN("there are more authors than are judged"));
	}
}

/* --- SPF --- */

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

static struct span spf_step_text(struct making *m, const struct spf_step *step)
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
		       ? failure_text(m, step->fact)
		       : span_of_string(spf_cause_explain(step->cause));
}

static void add_spf_steps(struct making *m, const struct spf_check *check)
{
	for (size_t i = 0; i < check->steps.len; i++) {
		const struct spf_step *step = spf_step_at(check, i);
		struct message_row *row =
			add(m, "spf", 1 + step->depth,
			    step->kind == SPF_STEP_STOP ? spf_mark(step->result) : MARK_PLAIN,
			    spf_step_text(m, step));
		bool is_whole = step->term == NULL && step->kind == SPF_STEP_RECORD;
		struct span octets = step->term != NULL ? step->term->text
				     : is_whole		? step->record
							: span_of(NULL, 0);
		size_t offset = step->term != NULL ? step->term->offset : 0;
		set_result(row, step->domain, NULL, step->reference);
		if (octets.len > 0) {
			set_evidence(row, octets,
				     arena_printf(m->arena, "%.*s TXT, octet %zu",
						  SPAN_ARG(step->domain), offset + 1));
		}
	}
}

static void add_spf(struct making *m, const struct spf_check *check, const char *identity)
{
	struct span text = span_of_string(spf_cause_explain(check->cause));
	if (check->unknown != NULL) {
		text = failure_text(m, check->unknown);
	} else if (check->cause == SPF_CAUSE_TERM) {
		text = arena_printf(m->arena, "\"%.*s\" matches", SPAN_ARG(check->term->text));
	}
	struct message_row *row = add(m, "spf", 0, spf_mark(check->result), text);
	set_result(row,
		   arena_printf(m->arena, "%s %.*s%s", identity, SPAN_ARG(check->domain),
				check->is_null_sender ? " (null sender)" : ""),
		   spf_result_name(check->result), spf_cause_reference(check->cause));
	add_spf_steps(m, check);
	if (check->explanation.len > 0) {
		row = add(m, "spf", 1, MARK_PLAIN, SPAN("the domain explains"));
		set_evidence(row, check->explanation, SPAN("explanation"));
	}
}

static void add_both_spf(struct making *m)
{
	const struct envelope *envelope = m->check->envelope;
	if (!envelope->has_client) {
		add(m, "spf", 0, MARK_PLAIN,
		    SPAN("not checked: the client's address is not known"));
		return;
	}
	if (m->check->helo != NULL) {
		add_spf(m, m->check->helo, "HELO");
	}
	if (m->check->is_helo_only) {
		struct message_row *row =
			add(m, "spf", 1, MARK_WARN,
			    SPAN("HELO passes, but only MAIL FROM counts for DMARC"));
		set_result(row, span_of(NULL, 0), NULL, "RFC 9989 4.4.2");
	}
	if (m->check->mail_from != NULL) {
		add_spf(m, m->check->mail_from, "MAIL FROM");
	} else {
		add(m, "spf", 0, MARK_PLAIN, SPAN("MAIL FROM is not known, so it is not checked"));
	}
}

/* --- DKIM --- */

static enum message_mark dkim_mark(enum dkim_result result)
{
	switch (result) {
	case DKIM_PASS:
		return MARK_GOOD;
	case DKIM_FAIL:
	case DKIM_PERMERROR:
		return MARK_BAD;
	case DKIM_POLICY:
	case DKIM_NEUTRAL:
	case DKIM_TEMPERROR:
		break;
	}
	return MARK_WARN;
}

static void add_surface(struct making *m, const struct dkim_verdict *verdict)
{
	const struct dkim_surface *surface = &verdict->surface;
	if (surface->body_octets > 0) {
		add(m, "dkim", 1, MARK_BAD,
		    arena_printf(m->arena, "%" PRIu64 " octets of the body are not signed (l=)",
				 surface->body_octets));
	}
	for (size_t i = 0; i < surface->field_count; i++) {
		struct span name = surface->fields[i].name;
		bool is_there = surface->fields[i].unsigned_count > 0;
		add(m, "dkim", 1, is_there ? MARK_WARN : MARK_PLAIN,
		    arena_printf(m->arena,
				 is_there ? "the field %.*s is there and not signed"
					  : "a field %.*s could be added unseen",
				 SPAN_ARG(name)));
	}
	if (surface->never_expires && surface->leaves_recipient) {
		add(m, "dkim", 1, MARK_WARN,
		    SPAN("neither recipient nor expiry is signed: it can be sent again to "
			 "anybody, for ever"));
	}
}

static void add_signature(struct making *m, const struct dkim_verdict *verdict)
{
	const struct dkim_signature *signature = verdict->signature;
	struct span text = verdict->reason == DKIM_REASON_NONE
				   ? SPAN("header and body are as they were signed")
				   : span_of_string(dkim_reason_explain(verdict->reason));
	struct message_row *row = add(m, "dkim", 0, dkim_mark(verdict->result), text);
	set_result(row,
		   arena_printf(m->arena, "%.*s, selector %.*s", SPAN_ARG(signature->domain),
				SPAN_ARG(signature->selector)),
		   dkim_result_name(verdict->result),
		   verdict->reason == DKIM_REASON_NONE ? "RFC 6376 6.1"
						       : dkim_reason_reference(verdict->reason));
	if (verdict->offending.len > 0) {
		set_evidence(row, verdict->offending, SPAN("signature or key"));
	}
	if (verdict->key.fact != NULL && fact_is_unknown(verdict->key.fact)) {
		add(m, "dkim", 1, MARK_WARN, failure_text(m, verdict->key.fact));
	}
	if (verdict->key.key != NULL) {
		row = add(m, "dkim", 1, MARK_PLAIN, SPAN("the key"));
		set_result(row, span_of(NULL, 0), NULL, "RFC 6376 3.6.1");
		set_evidence(row, verdict->key.key->text,
			     arena_printf(m->arena, "%.*s TXT", SPAN_ARG(verdict->key.name)));
	}
	if (verdict->is_testing) {
		add(m, "dkim", 1, MARK_WARN, SPAN("the key says t=y: the signer is only testing"));
	}
	if (verdict->result == DKIM_PASS || verdict->result == DKIM_POLICY) {
		add_surface(m, verdict);
	}
}

static void add_dkim(struct making *m)
{
	const struct dkim_report *dkim = m->check->dkim;
	if (dkim->verdict_count == 0) {
		set_result(add(m, "dkim", 0, MARK_PLAIN, SPAN("the message has no signature")),
			   span_of(NULL, 0), "none", "RFC 8601 2.7.1");
	}
	for (size_t i = 0; i < dkim->verdict_count; i++) {
		add_signature(m, &dkim->verdicts[i]);
	}
	if (dkim->skipped_count > 0) {
		add(m, "dkim", 0, MARK_WARN,
		    arena_printf(m->arena, "%zu more signatures were not looked at",
				 dkim->skipped_count));
	}
	if (dkim->dkim2_count > 0) {
		add(m, "dkim", 0, MARK_PLAIN,
		    SPAN("the message has DKIM2 fields, which are recognised and not judged"));
	}
}

/* --- DMARC --- */

static enum message_mark dmarc_mark(enum dmarc_result result)
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

static struct span alignment_text(struct making *m, const struct dmarc_identifier_check *check)
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

static void add_identifier(struct making *m, const struct dmarc_identifier_check *check)
{
	bool is_aligned =
		check->outcome == DMARC_ALIGNED_SAME || check->outcome == DMARC_ALIGNED_RELAXED;
	bool is_good = is_aligned && !check->identifier.is_temporary;
	struct message_row *row =
		add(m, "dmarc", 1, is_good ? MARK_GOOD : MARK_PLAIN, alignment_text(m, check));
	set_result(row,
		   arena_printf(m->arena, "%s %.*s",
				check->identifier.method == DMARC_BY_SPF ? "SPF" : "DKIM",
				SPAN_ARG(check->identifier.domain)),
		   is_aligned ? "aligned" : "not aligned", check->reference);
}

static void add_policy(struct making *m, const struct dmarc_verdict *view)
{
	if (view->applied.holder == NULL || view->applied.holder->record == NULL) {
		return;
	}
	const char *tag = view->applied.relation == DMARC_OWN	     ? "p"
			  : view->applied.relation == DMARC_EXISTING ? "sp"
								     : "np";
	struct message_row *row = add(m, "dmarc", 1, MARK_PLAIN,
				      arena_printf(m->arena, "policy %s, by %s of this record%s",
						   dmarc_policy_name(view->applied.policy), tag,
						   view->applied.policy != view->applied.published
							   ? ", lowered by t=y"
							   : ""));
	set_result(row, view->applied.holder->domain, NULL, "RFC 9989 4.7");
	set_evidence(row, view->applied.holder->record->text,
		     arena_printf(m->arena, "%.*s TXT", SPAN_ARG(view->applied.holder->name)));
}

static void add_older_reading(struct making *m, const struct dmarc_evaluation *evaluation)
{
	const struct dmarc_verdict *now = &evaluation->rfc9989;
	const struct dmarc_verdict *before = &evaluation->rfc7489;
	if (!evaluation->has_rfc7489 ||
	    (before->result == now->result &&
	     dmarc_verdict_disposition(before) == dmarc_verdict_disposition(now))) {
		return;
	}
	struct message_row *row = add(
		m, "dmarc", 1, MARK_WARN,
		arena_printf(m->arena, "receivers that follow RFC 7489 find %s, and the policy %s",
			     dmarc_result_name(before->result),
			     dmarc_policy_name(dmarc_verdict_disposition(before))));
	set_result(row, evaluation->author, NULL, "RFC 7489 6.6");
}

static void add_evaluation(struct making *m, const struct dmarc_evaluation *evaluation)
{
	const struct dmarc_verdict *view = &evaluation->rfc9989;
	struct span text = view->unknown != NULL ? failure_text(m, view->unknown)
						 : span_of_string(dmarc_cause_explain(view->cause));
	struct message_row *row = add(m, "dmarc", 0, dmarc_mark(view->result), text);
	set_result(row, evaluation->author, dmarc_result_name(view->result),
		   dmarc_cause_reference(view->cause));
	add_policy(m, view);
	for (size_t i = 0; i < view->identifier_count; i++) {
		add_identifier(m, &view->identifiers[i]);
	}
	add_older_reading(m, evaluation);
}

/* --- ARC --- */

static void add_arc(struct making *m)
{
	const struct arc_report *arc = m->check->arc;
	if (arc->set_count == 0 && arc->status == ARC_NONE) {
		return;
	}
	struct span text =
		arc->reason == ARC_REASON_NONE
			? arena_printf(m->arena, "%zu hosts passed it on unchanged", arc->set_count)
			: span_of_string(arc_reason_explain(arc->reason));
	struct message_row *row = add(m, "arc", 0, MARK_PLAIN, text);
	set_result(row, SPAN("chain"), arc_status_name(arc->status),
		   arc->reason == ARC_REASON_NONE ? "RFC 8617 5.2"
						  : arc_reason_reference(arc->reason));
	add(m, "arc", 1, MARK_PLAIN,
	    SPAN("ARC is an experiment that is being retired; it does not change the verdict"));
}

/* --- BIMI --- */

static void add_bimi(struct making *m)
{
	const struct bimi_selection *bimi = m->check->bimi;
	const char *selector = bimi != NULL ? bimi_selector_use_explain(bimi->selector_use) : NULL;
	if (bimi == NULL || (bimi->cause == BIMI_NO_PASS && selector == NULL)) {
		return;
	}
	struct message_row *row =
		add(m, "bimi", 0, MARK_PLAIN, span_of_string(bimi_cause_explain(bimi->cause)));
	struct span subject = bimi->domain.len == 0 ? span_of(NULL, 0)
						    : arena_printf(m->arena, "%.*s, selector %.*s",
								   SPAN_ARG(bimi->domain),
								   SPAN_ARG(bimi->selector));
	set_result(row, subject, bimi_result_name(bimi->cause), "BIMI draft");
	if (bimi->record != NULL) {
		set_evidence(row, bimi->record->text,
			     arena_printf(m->arena, "%.*s._bimi.%.*s TXT", SPAN_ARG(bimi->selector),
					  SPAN_ARG(bimi->domain)));
	}
	if (selector != NULL) {
		add(m, "bimi", 1, MARK_WARN, span_of_string(selector));
	}
}

struct message_rows message_rows_make(struct arena *arena, const struct message_check *check)
{
	struct message_rows rows = {{0}};
	struct making m = {arena, &rows, check};
	add_from(&m);
	add_anomalies(&m);
	add_both_spf(&m);
	add_dkim(&m);
	add_arc(&m);
	for (size_t i = 0; i < check->author_count; i++) {
		add_evaluation(&m, check->authors[i].evaluation);
	}
	add_bimi(&m);
	return rows;
}

/* --- the whole --- */

static struct span policy_words(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return SPAN("asks receivers to reject it");
	case DMARC_POLICY_QUARANTINE:
		return SPAN("asks receivers to treat it with suspicion");
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		break;
	}
	return SPAN("asks for nothing to be done about it");
}

struct span message_sentence(struct arena *arena, const struct message_check *check)
{
	struct span author = check->author_count > 0 ? check->authors[0].domain : SPAN("");
	const char *warning = check->is_blurred ? " Mail programs may show another author." : "";
	switch (check->result) {
	case DMARC_RESULT_PASS:
		return arena_printf(arena, "The message is authenticated as %.*s.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_FAIL:
		return arena_printf(
			arena, "The message is not authenticated as %.*s; the domain %.*s.%s",
			SPAN_ARG(author), SPAN_ARG(policy_words(check->disposition)), warning);
	case DMARC_RESULT_NONE:
		return arena_printf(arena, "%.*s has no DMARC policy: anybody can use its name.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_TEMPERROR:
		return arena_printf(arena,
				    "It could not be determined whether the message is from "
				    "%.*s: an answer is missing.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_PERMERROR:
		break;
	}
	return arena_printf(arena, "The message cannot be trusted: %s.",
			    message_cause_explain(check->cause));
}

enum message_mark message_mark_of(const struct message_check *check)
{
	return check->is_blurred && check->result == DMARC_RESULT_PASS ? MARK_WARN
								       : dmarc_mark(check->result);
}

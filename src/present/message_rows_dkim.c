/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rows of a message about its signatures, and what they leave open. */
#include "present/message_row_maker.h"

#include <inttypes.h>

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

static void add_surface(struct row_maker *m, const struct dkim_verdict *verdict)
{
	const struct dkim_surface *surface = &verdict->surface;
	if (surface->body_octets > 0) {
		row_add(m, "dkim", 1, MARK_BAD,
			arena_printf(m->arena, "%" PRIu64 " octets of the body are not signed (l=)",
				     surface->body_octets));
	}
	for (size_t i = 0; i < surface->field_count; i++) {
		struct span name = surface->fields[i].name;
		bool is_there = surface->fields[i].unsigned_count > 0;
		row_add(m, "dkim", 1, is_there ? MARK_WARN : MARK_PLAIN,
			arena_printf(m->arena,
				     is_there ? "the field %.*s is there and not signed"
					      : "a field %.*s could be added unseen",
				     SPAN_ARG(name)));
	}
	if (surface->never_expires && surface->leaves_recipient) {
		row_add(m, "dkim", 1, MARK_WARN,
			SPAN("neither recipient nor expiry is signed: it can be sent again to "
			     "anybody, for ever"));
	}
}

static void add_signature(struct row_maker *m, const struct dkim_verdict *verdict)
{
	const struct dkim_signature *signature = verdict->signature;
	struct span text = verdict->reason == DKIM_REASON_NONE
				   ? SPAN("header and body are as they were signed")
				   : span_of_string(dkim_reason_explain(verdict->reason));
	struct message_row *row = row_add(m, "dkim", 0, dkim_mark(verdict->result), text);
	row_set_result(row,
		       arena_printf(m->arena, "%.*s, selector %.*s", SPAN_ARG(signature->domain),
				    SPAN_ARG(signature->selector)),
		       dkim_result_name(verdict->result),
		       verdict->reason == DKIM_REASON_NONE
			       ? "RFC 6376 6.1"
			       : dkim_reason_reference(verdict->reason));
	if (verdict->offending.len > 0) {
		row_set_evidence(row, verdict->offending, SPAN("signature or key"));
	}
	if (verdict->key.fact != NULL && fact_is_unknown(verdict->key.fact)) {
		row_add(m, "dkim", 1, MARK_WARN, row_failure_text(m, verdict->key.fact));
	}
	if (verdict->key.key != NULL) {
		row = row_add(m, "dkim", 1, MARK_PLAIN, SPAN("the key"));
		row_set_result(row, span_of(NULL, 0), NULL, "RFC 6376 3.6.1");
		row_set_evidence(row, verdict->key.key->text,
				 arena_printf(m->arena, "%.*s TXT", SPAN_ARG(verdict->key.name)));
	}
	if (verdict->is_testing) {
		row_add(m, "dkim", 1, MARK_WARN,
			SPAN("the key says t=y: the signer is only testing"));
	}
	if (verdict->result == DKIM_PASS || verdict->result == DKIM_POLICY) {
		add_surface(m, verdict);
	}
}

void rows_add_dkim(struct row_maker *m)
{
	const struct dkim_report *dkim = m->check->dkim;
	if (dkim->verdict_count == 0) {
		row_set_result(
			row_add(m, "dkim", 0, MARK_PLAIN, SPAN("the message has no signature")),
			span_of(NULL, 0), "none", "RFC 8601 2.7.1");
	}
	for (size_t i = 0; i < dkim->verdict_count; i++) {
		add_signature(m, &dkim->verdicts[i]);
	}
	if (dkim->skipped_count > 0) {
		row_add(m, "dkim", 0, MARK_WARN,
			arena_printf(m->arena, "%zu more signatures were not looked at",
				     dkim->skipped_count));
	}
	if (dkim->dkim2_count > 0) {
		row_add(m, "dkim", 0, MARK_PLAIN,
			SPAN("the message has DKIM2 fields, which are recognised and not judged"));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From the judgement to its fields; all escaping is the writers'. */
#include "authenticate/results_field.h"

#include "message/authentication_results.h"
#include "message/received_spf.h"

/* RFC 8601 2.7.2: smtp.mailfrom, and smtp.helo for HELO and the null sender */
static void write_spf(struct authentication_writer *writer, const struct spf_check *check)
{
	if (check == NULL) {
		return;
	}
	authentication_write_result(writer, "spf", spf_result_name(check->result));
	if (check->cause != SPF_CAUSE_TERM && check->cause != SPF_CAUSE_DEFAULT) {
		authentication_write_reason(writer,
					    span_of_string(spf_cause_explain(check->cause)));
	}
	bool is_helo = check->identity == SPF_HELO || check->is_null_sender;
	authentication_write_property(writer, "smtp", is_helo ? "helo" : "mailfrom", check->domain);
}

static void write_dkim(struct authentication_writer *writer, const struct dkim_report *dkim)
{
	if (dkim->verdict_count == 0) {
		authentication_write_result(writer, "dkim", "none");
	}
	for (size_t i = 0; i < dkim->verdict_count; i++) {
		const struct dkim_verdict *verdict = &dkim->verdicts[i];
		authentication_write_result(writer, "dkim", dkim_result_name(verdict->result));
		if (verdict->reason != DKIM_REASON_NONE) {
			authentication_write_reason(
				writer, span_of_string(dkim_reason_explain(verdict->reason)));
		}
		if (verdict->signature->domain.len > 0) {
			authentication_write_property(writer, "header", "d",
						      verdict->signature->domain);
		}
		if (verdict->signature->selector.len > 0) {
			authentication_write_property(writer, "header", "s",
						      verdict->signature->selector);
		}
	}
}

/* RFC 9989 and RFC 8601: header.from, and policy.dmarc with the policy that was applied */
static void write_dmarc(struct authentication_writer *writer, const struct message_check *check)
{
	authentication_write_result(writer, "dmarc", dmarc_result_name(check->result));
	if (check->cause != MESSAGE_ONE_AUTHOR) {
		authentication_write_reason(writer,
					    span_of_string(message_cause_explain(check->cause)));
		return;
	}
	const struct dmarc_verdict *view = &check->authors[0].evaluation->rfc9989;
	authentication_write_property(writer, "header", "from", check->authors[0].domain);
	if (view->applied.status == DMARC_APPLIES) {
		authentication_write_property(
			writer, "policy", "dmarc",
			span_of_string(dmarc_policy_name(view->applied.policy)));
	}
}

static void write_arc(struct authentication_writer *writer, const struct arc_report *arc)
{
	if (arc->set_count > 0 || arc->status != ARC_NONE) {
		authentication_write_result(writer, "arc", arc_status_name(arc->status));
	}
}

/* BIMI draft, "Authentication-Results": authority is none, since no certificate was fetched */
static void write_bimi(struct authentication_writer *writer, const struct bimi_selection *bimi)
{
	if (bimi == NULL) {
		return;
	}
	authentication_write_result(writer, "bimi", bimi_result_name(bimi->cause));
	authentication_write_reason(writer, span_of_string(bimi_cause_explain(bimi->cause)));
	if (bimi->domain.len > 0) {
		authentication_write_property(writer, "header", "d", bimi->domain);
		authentication_write_property(writer, "header", "selector", bimi->selector);
	}
	if (bimi->cause == BIMI_FOUND) {
		authentication_write_property(writer, "policy", "authority", SPAN("none"));
	}
}

static void write_results(struct authentication_writer *writer, const struct message_check *check)
{
	write_spf(writer, check->helo);
	write_spf(writer, check->mail_from);
	write_dkim(writer, check->dkim);
	write_dmarc(writer, check);
	write_arc(writer, check->arc);
	write_bimi(writer, check->bimi);
	authentication_writer_end(writer);
}

void results_field_write(const struct message_check *check, struct span id, struct buffer *text)
{
	struct authentication_writer writer = authentication_writer_begin(text, id);
	write_results(&writer, check);
}

void results_field_write_bare(const struct message_check *check, struct span id,
			      struct buffer *text)
{
	struct authentication_writer writer = authentication_writer_begin_bare(text, id);
	write_results(&writer, check);
}

void results_field_write_spf(const struct message_check *check, const struct spf_check *spf,
			     struct span receiver, struct buffer *text)
{
	struct network_text client = network_format(check->envelope->client);
	bool is_error = spf->result == SPF_RESULT_TEMPERROR || spf->result == SPF_RESULT_PERMERROR;
	struct received_spf field = {
		.result = spf_result_name(spf->result),
		.receiver = receiver,
		.client_ip = span_of_string(client.text),
		.envelope_from = check->envelope->mail_from,
		.helo = check->envelope->helo,
		.identity = spf_identity_name(spf->identity),
		.mechanism = spf->term != NULL ? spf->term->text : SPAN("default"),
		.problem =
			is_error ? span_of_string(spf_cause_explain(spf->cause)) : span_of(NULL, 0),
	};
	received_spf_write(&field, text);
}

void results_field_write_all_spf(const struct message_check *check, struct span receiver,
				 struct buffer *text)
{
	if (check->helo != NULL) {
		results_field_write_spf(check, check->helo, receiver, text);
	}
	if (check->mail_from != NULL) {
		results_field_write_spf(check, check->mail_from, receiver, text);
	}
}

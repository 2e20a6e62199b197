/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The JSON contract of a message's judgement. */
#include "authenticate/results_field.h"
#include "present/message.h"
#include "present/message_rows.h"

static void key_word(struct json_writer *json, const char *key, const char *word)
{
	json_key_string(json, key, span_of_string(word));
}

static void write_envelope(struct json_writer *json, const struct envelope *envelope)
{
	json_key(json, "envelope");
	json_object_begin(json);
	if (envelope->has_client) {
		key_word(json, "ip", network_format(envelope->client).text);
	} else {
		json_key_null(json, "ip");
	}
	json_key_string(json, "helo", envelope->helo);
	if (envelope->has_mail_from) {
		json_key_string(json, "mail_from", envelope->mail_from);
	} else {
		json_key_null(json, "mail_from");
	}
	json_object_end(json);
}

static void write_spf(struct json_writer *json, const struct spf_check *check)
{
	if (check == NULL) {
		return;
	}
	json_object_begin(json);
	key_word(json, "identity", spf_identity_name(check->identity));
	json_key_string(json, "domain", check->domain);
	key_word(json, "result", spf_result_name(check->result));
	key_word(json, "cause", spf_cause_name(check->cause));
	json_key_string(json, "record", check->record);
	json_key_string(json, "term", check->term != NULL ? check->term->text : SPAN(""));
	json_key_string(json, "explanation", check->explanation);
	json_key_number(json, "lookups", check->lookups);
	json_key_number(json, "void_lookups", check->voids);
	json_object_end(json);
}

static void write_signature(struct json_writer *json, const struct dkim_verdict *verdict)
{
	json_object_begin(json);
	json_key_string(json, "domain", verdict->signature->domain);
	json_key_string(json, "selector", verdict->signature->selector);
	key_word(json, "result", dkim_result_name(verdict->result));
	key_word(json, "reason", dkim_reason_name(verdict->reason));
	json_key_bool(json, "testing", verdict->is_testing);
	json_key_number(json, "unsigned_body_octets", (int64_t)verdict->surface.body_octets);
	json_key(json, "addable_fields");
	json_array_begin(json);
	for (size_t i = 0; i < verdict->surface.field_count; i++) {
		json_put_string(json, verdict->surface.fields[i].name);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_identifiers(struct json_writer *json, const struct dmarc_verdict *view)
{
	json_key(json, "identifiers");
	json_array_begin(json);
	for (size_t i = 0; i < view->identifier_count; i++) {
		const struct dmarc_identifier_check *check = &view->identifiers[i];
		json_object_begin(json);
		key_word(json, "method", check->identifier.method == DMARC_BY_SPF ? "spf" : "dkim");
		json_key_string(json, "domain", check->identifier.domain);
		key_word(json, "alignment", dmarc_alignment_outcome_name(check->outcome));
		json_key_string(json, "organisation", check->organisation);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_view(struct json_writer *json, const struct dmarc_verdict *view)
{
	json_object_begin(json);
	key_word(json, "result", dmarc_result_name(view->result));
	key_word(json, "cause", dmarc_cause_name(view->cause));
	key_word(json, "policy", dmarc_policy_name(view->applied.policy));
	key_word(json, "disposition", dmarc_policy_name(dmarc_verdict_disposition(view)));
	json_key_string(json, "policy_domain",
			view->applied.holder != NULL ? view->applied.holder->domain : SPAN(""));
	json_key_string(json, "organisation", view->organisation);
	json_key_number(json, "pct", view->pct);
	write_identifiers(json, view);
	json_object_end(json);
}

static void write_authors(struct json_writer *json, const struct message_check *check)
{
	json_key(json, "dmarc");
	json_array_begin(json);
	for (size_t i = 0; i < check->author_count; i++) {
		const struct dmarc_evaluation *evaluation = check->authors[i].evaluation;
		json_object_begin(json);
		json_key_string(json, "author", evaluation->author);
		json_key(json, "rfc9989");
		write_view(json, &evaluation->rfc9989);
		if (evaluation->has_rfc7489) {
			json_key(json, "rfc7489");
			write_view(json, &evaluation->rfc7489);
		}
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_anomalies(struct json_writer *json, const struct message *message)
{
	json_key(json, "anomalies");
	json_array_begin(json);
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		const struct anomaly *anomaly = anomaly_at(&message->anomalies, i);
		json_object_begin(json);
		key_word(json, "kind", anomaly_name(anomaly->kind));
		json_key_number(json, "offset", (int64_t)anomaly->offset);
		json_key_number(json, "octets", (int64_t)anomaly->len);
		json_key_bool(json, "blurs_author", anomaly_blurs_author(anomaly->kind));
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_trace(struct json_writer *json, const struct message_result *result)
{
	struct message_rows rows = message_rows_make(result->arena, result->check);
	json_key(json, "trace");
	json_array_begin(json);
	for (size_t i = 0; i < rows.items.len; i++) {
		const struct message_row *row = message_row_at(&rows, i);
		json_object_begin(json);
		key_word(json, "topic", row->topic);
		json_key_number(json, "depth", row->depth);
		json_key_string(json, "subject", row->subject);
		key_word(json, "result", row->result != NULL ? row->result : "");
		json_key_string(json, "text", row->text);
		json_key_string(json, "evidence", row->evidence);
		json_key_string(json, "place", row->place);
		key_word(json, "reference", row->reference != NULL ? row->reference : "");
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_arc(struct json_writer *json, const struct arc_report *arc)
{
	json_key(json, "arc");
	json_object_begin(json);
	key_word(json, "status", arc_status_name(arc->status));
	key_word(json, "reason", arc_reason_name(arc->reason));
	json_key_number(json, "instance", arc->instance);
	json_key_number(json, "sets", (int64_t)arc->set_count);
	json_key_bool(json, "undetermined", arc->is_unknown);
	json_object_end(json);
}

static void write_bimi(struct json_writer *json, const struct bimi_selection *bimi)
{
	if (bimi == NULL) {
		return;
	}
	json_key(json, "bimi");
	json_object_begin(json);
	key_word(json, "result", bimi_result_name(bimi->cause));
	key_word(json, "cause", bimi_cause_name(bimi->cause));
	key_word(json, "selector_field", bimi_selector_use_name(bimi->selector_use));
	json_key_string(json, "selector", bimi->selector);
	json_key_string(json, "domain", bimi->domain);
	json_key_string(json, "record", bimi->record != NULL ? bimi->record->text : SPAN(""));
	json_key_string(json, "location", bimi->record != NULL ? bimi->record->location : SPAN(""));
	json_key_string(json, "evidence", bimi->record != NULL ? bimi->record->evidence : SPAN(""));
	json_object_end(json);
}

/* Each field of RFC 7208 9.1 by itself. */
static void write_received_spf(struct json_writer *json, const struct message_result *result)
{
	const struct message_check *check = result->check;
	const struct spf_check *checks[] = {check->helo, check->mail_from};
	json_key(json, "received_spf");
	json_array_begin(json);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct buffer field = buffer_new(RESULTS_FIELD_MAX);
		if (checks[i] != NULL) {
			results_field_write_spf(check, checks[i], result->receiver, &field);
			json_put_string(json, buffer_span(&field));
		}
		json->buffer->is_failed = json->buffer->is_failed || field.is_failed;
		buffer_free(&field);
	}
	json_array_end(json);
}

static void write_field(struct json_writer *json, const struct message_result *result)
{
	struct buffer field = buffer_new(RESULTS_FIELD_MAX);
	results_field_write(result->check, result->receiver, &field);
	json_key_string(json, "authentication_results", buffer_span(&field));
	json->buffer->is_failed = json->buffer->is_failed || field.is_failed;
	buffer_free(&field);
}

void present_json_message(const struct message_result *result, struct json_writer *json)
{
	const struct message_check *check = result->check;
	json_object_begin(json);
	json_key_string(json, "source", result->source);
	key_word(json, "checked_at", time_format(result->checked_at).text);
	key_word(json, "result", dmarc_result_name(check->result));
	key_word(json, "disposition", dmarc_policy_name(check->disposition));
	json_key_string(json, "sentence", message_sentence(result->arena, check));
	key_word(json, "cause", message_cause_name(check->cause));
	json_key_bool(json, "author_blurred", check->is_blurred);
	write_envelope(json, check->envelope);
	json_key(json, "spf");
	json_array_begin(json);
	write_spf(json, check->helo);
	write_spf(json, check->mail_from);
	json_array_end(json);
	json_key_bool(json, "spf_helo_only", check->is_helo_only);
	json_key(json, "dkim");
	json_array_begin(json);
	for (size_t i = 0; i < check->dkim->verdict_count; i++) {
		write_signature(json, &check->dkim->verdicts[i]);
	}
	json_array_end(json);
	json_key_number(json, "dkim2_fields", (int64_t)check->dkim->dkim2_count);
	write_authors(json, check);
	write_arc(json, check->arc);
	write_bimi(json, check->bimi);
	write_field(json, result);
	write_received_spf(json, result);
	write_anomalies(json, check->mail->message);
	write_trace(json, result);
	json_object_end(json);
}

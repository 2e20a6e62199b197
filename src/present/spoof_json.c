/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The JSON contract of a stranger's attempts. */
#include "present/message.h"
#include "present/spoof.h"

static void key_word(struct json_writer *json, const char *key, const char *word)
{
	json_key_string(json, key, span_of_string(word));
}

static void write_witness(const struct spoof_report *report, const struct spoof_finding *finding,
			  struct arena *arena, struct json_writer *json)
{
	const struct spoof_attempt *attempt = finding->attempt;
	json_key(json, "witness");
	if (attempt == NULL || finding->check == NULL) {
		json_put_null(json);
		return;
	}
	struct message_result result = {.source = SPAN("witness"),
					.check = finding->check,
					.arena = arena,
					.checked_at = report->judged_at,
					.receiver = SPAN("unknown")};
	json_object_begin(json);
	key_word(json, "ip", network_format(attempt->envelope.client).text);
	json_key_string(json, "helo", attempt->envelope.helo);
	json_key_string(json, "mail_from", attempt->envelope.mail_from);
	json_key_string(json, "author", attempt->author);
	json_key_string(json, "published", attempt->published);
	json_key_string(json, "assumed", attempt->assumption);
	json_key_string(json, "message", finding->message);
	json_key_bool(json, "confirmed", finding->is_confirmed);
	json_key(json, "verify");
	present_json_message(&result, json);
	json_object_end(json);
}

/* What it takes, and whose reading the verdict is. */
static void write_attempt(const struct spoof_attempt *attempt, struct json_writer *json)
{
	enum spoof_receivers receivers = attempt != NULL ? attempt->receivers : SPOOF_BY_RFC9989;
	json_key_string(json, "condition", attempt != NULL ? attempt->condition : SPAN(""));
	key_word(json, "receivers", spoof_receivers_name(receivers));
}

void present_json_spoof(const struct spoof_report *report, struct arena *arena,
			struct json_writer *json)
{
	json_object_begin(json);
	json_key_string(json, "domain", report->domain);
	key_word(json, "judged_at", time_format(report->judged_at).text);
	key_word(json, "spoofable", spoof_answer_name(report->answer));
	json_key_string(json, "sentence", report->sentence);
	key_word(json, "closest", spoof_vector_name(report->closest));
	json_key(json, "vectors");
	json_array_begin(json);
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		json_object_begin(json);
		key_word(json, "id", spoof_vector_name(finding->vector));
		key_word(json, "title", spoof_vector_explain(finding->vector));
		key_word(json, "verdict", spoof_outcome_name(finding->outcome));
		key_word(json, "cause", spoof_cause_name(finding->cause));
		json_key_string(json, "reason", finding->reason);
		write_attempt(finding->attempt, json);
		write_witness(report, finding, arena, json);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

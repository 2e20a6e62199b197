/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The JSON contract of a check. Keys are never taken away; arrays keep a stable order. */
#include "present/json.h"

#include "present/control_text.h"
#include "present/order.h"

static void write_time(struct json_writer *json, const char *key, int64_t at)
{
	if (at != 0) {
		json_key_string(json, key, span_of_string(time_format(at).text));
	} else {
		json_key_null(json, key);
	}
}

static void write_summary(struct json_writer *json, const struct assessment *a)
{
	json_key(json, "summary");
	json_object_begin(json);
	json_key_string(json, "spoofable", span_of_string(answer_name(a->spoofable.answer)));
	json_key_string(json, "spoofable_sentence", a->spoofable.sentence);
	json_key_string(json, "interceptable",
			span_of_string(answer_name(a->interceptable.answer)));
	json_key_string(json, "interceptable_sentence", a->interceptable.sentence);
	json_object_end(json);
}

static void write_controls(struct json_writer *json, const struct assessment *a)
{
	json_key(json, "controls");
	json_object_begin(json);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		enum control control = (enum control)i;
		json_key(json, control_name(control));
		json_object_begin(json);
		enum control_status status = assessment_status(a, control);
		json_key_string(json, "status", span_of_string(control_status_name(status)));
		json_key_string(json, "text", control_text(a->arena, a, control));
		json_key(json, "record");
		control_json(a, control, json);
		json_object_end(json);
	}
	json_object_end(json);
}

static void write_changes(struct json_writer *json, const struct fix *fix, struct arena *arena)
{
	json_key(json, "records");
	json_array_begin(json);
	for (size_t i = 0; fix != NULL && i < fix->change_count; i++) {
		const struct record_change *change = &fix->changes[i];
		json_object_begin(json);
		json_key_string(json, "name", change->name);
		json_key_string(json, "type", rr_type_name(arena, change->type));
		json_key_string(json, "value", change->value);
		json_key_string(json, "action", span_of_string(record_action_name(change->action)));
		if (change->old_value.len > 0) {
			json_key_string(json, "old_value", change->old_value);
		}
		json_key_bool(json, "template", change->is_template);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_finding(struct json_writer *json, const struct check_result *result,
			  const struct finding *finding)
{
	struct arena *arena = result->assessment->arena;
	const struct guidance *guidance = finding->guidance;
	json_object_begin(json);
	json_key_string(json, "id", guidance->id);
	json_key_string(json, "control", span_of_string(control_name(guidance->control)));
	json_key_string(json, "severity", span_of_string(severity_name(finding->severity)));
	json_key_string(json, "subject", finding->subject);
	json_key_number(json, "count", finding->count);
	json_key_string(json, "title", finding_title(arena, finding));
	json_key_string(json, "recommendation", finding_recommendation(arena, finding));
	json_key_string(json, "implementation", finding_implementation(arena, finding));
	write_changes(json, advice_for(result->advice, finding), arena);
	json_key_strings(json, "evidence", finding->evidence.items, finding->evidence.len);
	json_key_strings(json, "sources", guidance->sources, guidance->source_count);
	json_object_end(json);
}

static void write_findings(struct json_writer *json, const struct check_result *result)
{
	size_t count;
	const struct finding *const *findings = order_findings(result->assessment, &count);
	json_key(json, "findings");
	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		write_finding(json, result, findings[i]);
	}
	json_array_end(json);
}

static void write_fix(struct json_writer *json, const struct fix *fix, struct arena *arena)
{
	static const char *const risks[] = {
		[FIX_RISK_NONE] = "none",
		[FIX_RISK_LOW] = "low",
		[FIX_RISK_BREAK] = "can-break-mail",
	};
	json_object_begin(json);
	json_key_string(json, "id", fix->text->id);
	json_key_string(json, "control", span_of_string(control_name(fix->text->control)));
	json_key_string(json, "severity", span_of_string(severity_name(fix->severity)));
	json_key_string(json, "risk", span_of_string(risks[fix->text->risk]));
	json_key_string(json, "title", fix->title);
	json_key_string(json, "action", fix->action);
	json_key_string(json, "warning", fix->warning);
	json_key_string(json, "verify", fix->verify);
	write_changes(json, fix, arena);
	json_key(json, "findings");
	json_array_begin(json);
	for (size_t i = 0; i < fix->finding_count; i++) {
		json_put_string(json, fix->findings[i]->guidance->id);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_fixes(struct json_writer *json, const struct check_result *result)
{
	json_key(json, "fixes");
	json_array_begin(json);
	for (size_t i = 0; i < result->advice->fix_count; i++) {
		write_fix(json, &result->advice->fixes[i], result->assessment->arena);
	}
	json_array_end(json);
}

static void write_requirement(struct json_writer *json, const struct requirement_result *row)
{
	const struct requirement *requirement = row->requirement;
	json_object_begin(json);
	json_key_string(json, "id", requirement->id);
	json_key_string(json, "control", span_of_string(control_name(requirement->control)));
	json_key_string(json, "level", requirement->level);
	json_key_string(json, "title", requirement->title);
	json_key_string(json, "status", span_of_string(requirement_status_name(row->status)));
	json_key_string(json, "reason", row->reason);
	json_key_string(json, "source", requirement->source);
	if (requirement->conflict.len > 0) {
		json_key_string(json, "conflict", requirement->conflict);
	}
	if (requirement->from.len > 0) {
		json_key_string(json, "from", requirement->from);
		json_key_bool(json, "will_fail", row->will_fail);
	}
	json_object_end(json);
}

static void write_profile(struct json_writer *json, const struct profile_result *result)
{
	const struct profile *profile = result->profile;
	json_object_begin(json);
	json_key_string(json, "name", profile->name);
	json_key_string(json, "title", profile->title);
	json_key_string(json, "edition", profile->edition);
	json_key_string(json, "source", profile->source);
	json_key_bool(json, "draft", profile->is_draft);
	json_key_number(json, "satisfied", (int64_t)result->satisfied_count);
	json_key_number(json, "not_satisfied", (int64_t)result->not_satisfied_count);
	json_key_number(json, "not_measured", (int64_t)result->not_measured_count);
	json_key(json, "requirements");
	json_array_begin(json);
	for (size_t i = 0; i < result->row_count; i++) {
		write_requirement(json, &result->rows[i]);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_profiles(struct json_writer *json, const struct check_result *result)
{
	json_key(json, "profiles");
	json_array_begin(json);
	for (size_t i = 0; i < result->profile_count; i++) {
		write_profile(json, &result->profiles[i]);
	}
	json_array_end(json);
}

static void write_unknowns(struct json_writer *json, const struct assessment *a)
{
	json_key(json, "unknown");
	json_array_begin(json);
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = VECTOR_AT(&a->unknowns, struct unknown, i);
		json_object_begin(json);
		json_key_string(json, "control", span_of_string(control_name(unknown->control)));
		json_key_string(json, "subject", unknown->subject);
		json_key_string(json, "reason", unknown->reason);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_finding_ids(struct json_writer *json, const char *key,
			      const struct finding *const *findings, size_t count)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_object_begin(json);
		json_key_string(json, "id", findings[i]->guidance->id);
		json_key_string(json, "severity",
				span_of_string(severity_name(findings[i]->severity)));
		json_key_string(json, "subject", findings[i]->subject);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_what_if(struct json_writer *json, const struct what_if *what_if)
{
	json_key(json, "what_if");
	if (what_if == NULL) {
		json_put_null(json);
		return;
	}
	const struct assessment *before = what_if->before;
	const struct assessment *after = what_if->after;
	json_object_begin(json);
	json_key_string(json, "spoofable_before",
			span_of_string(answer_name(before->spoofable.answer)));
	json_key_string(json, "spoofable_after",
			span_of_string(answer_name(after->spoofable.answer)));
	write_finding_ids(json, "gone", what_if->gone, what_if->gone_count);
	write_finding_ids(json, "new", what_if->new_findings, what_if->new_count);
	json_object_end(json);
}

void present_json_result(struct json_writer *json, const struct check_report *report,
			 const struct check_result *result)
{
	const struct assessment *a = result->assessment;
	json_key_string(json, "domain", a->domain);
	json_key_string(json, "domain_unicode", a->unicode);
	write_time(json, "checked_at", report->checked_at);
	json_key_string(json, "kind", span_of_string(domain_kind_name(a->kind)));
	json_key_bool(json, "subdomain", a->is_subdomain);
	if (a->organisation.len > 0) {
		json_key_string(json, "organisation", a->organisation);
	} else {
		json_key_null(json, "organisation");
	}
	write_summary(json, a);
	if (a->sender_eye != NULL) {
		json_key(json, "senders_eye");
		senders_eye_json(a->sender_eye, json);
	}
	write_controls(json, a);
	write_findings(json, result);
	write_fixes(json, result);
	write_profiles(json, result);
	write_unknowns(json, a);
	write_what_if(json, result->what_if);
}

void present_json_check(const struct check_report *report, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN(CHECK_SCHEMA));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	write_time(&json, "observed_from", report->observed_from);
	write_time(&json, "observed_to", report->observed_to);
	json_key(&json, "results");
	json_array_begin(&json);
	for (size_t i = 0; i < report->result_count; i++) {
		json_object_begin(&json);
		present_json_result(&json, report, &report->results[i]);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The JSON contracts of senders and plan. Keys are never taken away. */
#include "present/report_words.h"
#include "present/senders_text.h"

static const char *const store_kind_names[] = {
	[STORE_AGGREGATE] = "aggregate", [STORE_TLS] = "tls", [STORE_FAILURE] = "failure"};

static void put_count(struct json_writer *json, const char *key, uint64_t count)
{
	json_key_number(json, key, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

static void put_day(struct json_writer *json, struct arena *arena, const char *key, int64_t day)
{
	json_key_string(json, key, day_text(arena, day));
}

static void put_time(struct json_writer *json, const char *key, int64_t at)
{
	if (at == 0) {
		json_key_null(json, key);
	} else {
		json_key_string(json, key, span_of_string(time_format(at).text));
	}
}

static void put_known(struct json_writer *json, const char *key, struct span text)
{
	if (text.len > 0) {
		json_key_string(json, key, text);
	}
}

static void put_samples(struct json_writer *json, const char *key, const struct vector *samples)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < samples->len; i++) {
		const struct sender_sample *sample =
			VECTOR_AT(samples, const struct sender_sample, i);
		json_object_begin(json);
		json_key_string(json, "name", sample->text);
		put_count(json, "messages", sample->messages);
		put_known(json, "host", sample->host);
		put_known(json, "network", sample->owner);
		put_known(json, "country", sample->country);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_causes(struct json_writer *json, const struct sender *sender)
{
	json_key(json, "causes");
	json_object_begin(json);
	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
		if (sender->causes[i] > 0) {
			put_count(json, fail_cause_name((enum fail_cause)i), sender->causes[i]);
		}
	}
	json_object_end(json);
}

static void put_sender(struct json_writer *json, struct arena *arena, const struct sender *sender)
{
	json_object_begin(json);
	json_key_string(json, "class", span_of_string(mail_class_name(sender->class)));
	json_key_string(json, "name", sender->name);
	if (sender->provider != NULL) {
		json_key_string(json, "provider", sender->provider->id);
		json_key_string(json, "kind", sender->provider->kind);
	} else {
		json_key_null(json, "provider");
		json_key_null(json, "kind");
	}
	json_key_string(json, "evidence", span_of_string(mail_evidence_name(sender->evidence)));
	json_key_string(json, "evidence_text", evidence_sentence(sender->evidence));
	put_count(json, "messages", sender->messages);
	put_count(json, "recent_messages", sender->recent_messages);
	put_count(json, "pass_both", sender->both_pass);
	put_count(json, "pass_dkim_only", sender->dkim_pass);
	put_count(json, "pass_spf_only", sender->spf_pass);
	put_count(json, "failing", sender->failing);
	put_count(json, "quarantined", sender->quarantined);
	put_count(json, "rejected", sender->rejected);
	put_causes(json, sender);
	json_key_string(json, "fix", sender_fix(arena, sender));
	put_day(json, arena, "first_seen", sender->first_day);
	put_day(json, arena, "last_seen", sender->last_day);
	json_key_bool(json, "new", sender->is_new);
	put_samples(json, "sources", &sender->sources);
	put_samples(json, "dkim_keys", &sender->selectors);
	put_samples(json, "from_domains", &sender->froms);
	json_object_end(json);
}

static void put_senders(struct json_writer *json, const char *key, struct arena *arena,
			const struct sender *const *senders, size_t count)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		put_sender(json, arena, senders[i]);
	}
	json_array_end(json);
}

static void put_classes(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "classes");
	json_object_begin(json);
	for (int i = 0; i < MAIL_CLASS_COUNT; i++) {
		json_key(json, mail_class_name((enum mail_class)i));
		json_object_begin(json);
		put_count(json, "messages", report->classes[i].messages);
		put_count(json, "failing", report->classes[i].failing);
		put_count(json, "recent_messages", report->classes[i].recent_messages);
		put_count(json, "recent_failing", report->classes[i].recent_failing);
		json_object_end(json);
	}
	json_object_end(json);
}

static void put_days(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "days");
	json_array_begin(json);
	for (size_t i = 0; i < report->days.len; i++) {
		const struct store_day *day = VECTOR_AT(&report->days, const struct store_day, i);
		json_object_begin(json);
		put_day(json, report->arena, "day", day->day);
		put_count(json, "reports", day->reports);
		put_count(json, "messages", day->messages);
		put_count(json, "pass", day->both_pass + day->dkim_pass + day->spf_pass);
		put_count(json, "quarantined", day->quarantined);
		put_count(json, "rejected", day->rejected);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_reporters(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "reporters");
	json_array_begin(json);
	for (size_t i = 0; i < report->reporters.len; i++) {
		const struct store_reporter *reporter =
			VECTOR_AT(&report->reporters, const struct store_reporter, i);
		json_object_begin(json);
		json_key_string(json, "name", reporter->name);
		json_key_string(json, "organisation",
				senders_reporter_organisation(report, reporter));
		json_key_string(json, "kind", span_of_string(store_kind_names[reporter->kind]));
		put_count(json, "reports", reporter->reports);
		put_count(json, "proved_reports", reporter->proved);
		put_count(json, "messages", reporter->messages);
		put_time(json, "first", reporter->first_at);
		put_time(json, "last", reporter->last_at);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_origin(struct json_writer *json, const struct store_authenticity_line *line)
{
	json_object_begin(json);
	json_key_string(json, "authenticity",
			span_of_string(authenticity_name(line->authenticity)));
	json_key_string(json, "why", authenticity_sentence(line->authenticity));
	json_key_string(json, "reporter", line->reporter);
	json_key_string(json, "mail_from", line->mail_from);
	json_key_string(json, "kind", span_of_string(store_kind_names[line->kind]));
	put_count(json, "reports", line->reports);
	put_count(json, "messages", line->messages);
	put_time(json, "first", line->first_at);
	put_time(json, "last", line->last_at);
	json_object_end(json);
}

static void put_repetitions(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "repeating");
	json_array_begin(json);
	for (size_t i = 0; i < report->repetitions.len; i++) {
		const struct store_repetition *item =
			VECTOR_AT(&report->repetitions, const struct store_repetition, i);
		json_object_begin(json);
		json_key_string(json, "reporter", item->reporter);
		put_count(json, "reports", item->reports);
		put_count(json, "overlapping", item->overlapping);
		put_count(json, "same_id", item->same_id);
		json_object_end(json);
	}
	json_array_end(json);
}

/* Where the reports come from: who is proved, what is left out, who speaks of one time twice. */
static void put_origins(struct json_writer *json, const struct senders_report *report)
{
	struct origin_totals totals = senders_origin_totals(report);
	json_key(json, "authenticity");
	json_object_begin(json);
	put_count(json, "proved_reports", totals.proved_reports);
	put_count(json, "unknown_reports", totals.unknown_reports);
	put_count(json, "left_out_reports", totals.left_out_reports);
	put_count(json, "left_out_messages", totals.left_out_messages);
	put_count(json, "false_reports", totals.false_reports);
	put_count(json, "false_messages", totals.false_messages);
	json_key(json, "left_out");
	json_array_begin(json);
	for (size_t i = 0; i < report->left_out_reports.len; i++) {
		put_origin(json, VECTOR_AT(&report->left_out_reports,
					   const struct store_authenticity_line, i));
	}
	json_array_end(json);
	put_repetitions(json, report);
	json_object_end(json);
}

static void put_policies(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "policies");
	json_array_begin(json);
	for (size_t i = 0; i < report->policies.len; i++) {
		const struct published_policy *policy =
			VECTOR_AT(&report->policies, const struct published_policy, i);
		json_object_begin(json);
		json_key_string(json, "domain", policy->domain);
		json_key_string(json, "policy", policy->text);
		put_time(json, "first", policy->first_at);
		put_time(json, "last", policy->last_at);
		put_count(json, "reports", policy->reports);
		put_count(json, "messages", policy->messages);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_tls(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "tls");
	json_array_begin(json);
	for (size_t i = 0; i < report->tls.len; i++) {
		const struct tls_line *line = VECTOR_AT(&report->tls, const struct tls_line, i);
		json_object_begin(json);
		json_key_string(json, "policy", line->policy);
		json_key_string(json, "result", line->result);
		json_key_string(json, "mx", line->mx);
		json_key_string(json, "reason", line->reason);
		json_key_string(json, "reporter", line->reporter);
		put_count(json, "sessions", line->sessions);
		json_key_string(json, "meaning", tls_cause_sentence(line->result));
		put_day(json, report->arena, "first", line->first_day);
		put_day(json, report->arena, "last", line->last_day);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_failures(struct json_writer *json, const struct senders_report *report)
{
	json_key(json, "failures");
	json_array_begin(json);
	for (size_t i = 0; i < report->failures.len; i++) {
		const struct failure_line *line =
			VECTOR_AT(&report->failures, const struct failure_line, i);
		json_object_begin(json);
		json_key_string(json, "checks", line->checks);
		json_key_string(json, "from_domain", line->from);
		json_key_string(json, "envelope_domain", line->mail_from);
		json_key_string(json, "dkim_domain", line->dkim);
		json_key_string(json, "source", line->source);
		json_key_string(json, "delivery", line->delivery);
		json_key_string(json, "reporter", line->reporter);
		put_count(json, "incidents", line->incidents);
		put_day(json, report->arena, "first", line->first_day);
		put_day(json, report->arena, "last", line->last_day);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_scope(struct json_writer *json, const struct senders_report *report)
{
	json_key_string(json, "version", SPAN(MAILSEAL_VERSION));
	json_key_string(json, "domain", report->scope.domain);
	put_day(json, report->arena, "from", report->scope.first_day);
	put_day(json, report->arena, "to", report->scope.last_day);
	put_day(json, report->arena, "recent_from", report->recent_day);
	put_time(json, "last_report", report->last_report_at);
	put_count(json, "messages", report->messages);
	put_count(json, "not_looked_at", report->left_out);
	put_classes(json, report);
}

void present_senders_json(const struct senders_report *report, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN(SENDERS_SCHEMA));
	put_scope(&json, report);
	put_senders(&json, "senders", report->arena, (const struct sender *const *)report->senders,
		    report->sender_count);
	put_days(&json, report);
	put_reporters(&json, report);
	put_origins(&json, report);
	put_policies(&json, report);
	put_tls(&json, report);
	put_failures(&json, report);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

static void put_record(struct json_writer *json, const struct plan *plan)
{
	json_key(json, "record");
	if (!plan->has_record) {
		json_put_null(json);
		return;
	}
	json_object_begin(json);
	json_key_string(json, "name", plan->record.name);
	json_key_string(json, "type", SPAN("TXT"));
	json_key_string(json, "value", plan->record.value);
	json_key_bool(json, "template", plan->record.is_template);
	json_object_end(json);
}

/* The same mail under each policy: what would have been delivered, put aside, refused. */
static void put_impact(struct json_writer *json, const struct senders_report *report)
{
	static const char *const policies[] = {"none", "quarantine", "reject"};
	json_key(json, "last_month_under");
	json_object_begin(json);
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		json_key(json, policies[i]);
		json_object_begin(json);
		for (int c = 0; c < MAIL_CLASS_COUNT; c++) {
			const struct class_total *total = &report->classes[c];
			json_key(json, mail_class_name((enum mail_class)c));
			json_object_begin(json);
			put_count(json, "delivered",
				  total->recent_messages - (i > 0 ? total->recent_failing : 0));
			put_count(json, "quarantined", i == 1 ? total->recent_failing : 0);
			put_count(json, "rejected", i == 2 ? total->recent_failing : 0);
			json_object_end(json);
		}
		json_object_end(json);
	}
	json_object_end(json);
}

static void put_total(struct json_writer *json, const struct what_if_total *total)
{
	put_count(json, "messages", total->messages);
	put_count(json, "failing_before", total->failing_before);
	put_count(json, "failing_after", total->failing_after);
	put_count(json, "undecided", total->undecided);
}

static void put_what_if(struct json_writer *json, const struct plan_what_if *what_if)
{
	json_key(json, "what_if");
	if (what_if == NULL) {
		json_put_null(json);
		return;
	}
	json_object_begin(json);
	for (int c = 0; c < MAIL_CLASS_COUNT; c++) {
		json_key(json, mail_class_name((enum mail_class)c));
		json_object_begin(json);
		put_total(json, &what_if->classes[c]);
		json_object_end(json);
	}
	json_key(json, "senders");
	json_array_begin(json);
	for (size_t i = 0; i < what_if->sender_count; i++) {
		const struct what_if_sender *item = &what_if->senders[i];
		json_object_begin(json);
		json_key_string(json, "name", item->sender->name);
		json_key_string(json, "class",
				span_of_string(mail_class_name(item->sender->class)));
		put_total(json, &item->total);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

void present_plan_json(const struct plan *plan, struct buffer *text)
{
	const struct senders_report *report = plan->senders;
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN(PLAN_SCHEMA));
	put_scope(&json, report);
	json_key_string(&json, "policy", span_of_string(dmarc_policy_name(plan->policy)));
	put_time(&json, "policy_since", plan->since);
	json_key_number(&json, "pct", plan->has_pct ? plan->pct : 100);
	put_count(&json, "days_with_data", plan->days_with_data);
	put_count(&json, "reporters", plan->reporter_count);
	json_key_number(&json, "loss_bound_permyriad", plan->loss_bound_permyriad);
	json_key_string(&json, "advice", span_of_string(plan_advice_name(plan->advice)));
	json_key_string(&json, "advice_text", plan_sentence(plan));
	json_key_string(&json, "next_policy", span_of_string(dmarc_policy_name(plan->next_policy)));
	put_time(&json, "earliest", plan->advice == PLAN_DWELL ? plan->earliest : 0);
	put_record(&json, plan);
	put_senders(&json, "blockers", report->arena, plan->blockers, plan->blocker_count);
	put_impact(&json, report);
	put_what_if(&json, plan->what_if);
	put_origins(&json, report);
	put_policies(&json, report);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

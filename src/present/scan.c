/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines and numbers of a scan. */
#include "present/scan.h"

#include "present/csv.h"
#include "present/json.h"

static void write_time(struct json_writer *json, const char *key, int64_t at)
{
	if (at != 0) {
		json_key_string(json, key, span_of_string(time_format(at).text));
	} else {
		json_key_null(json, key);
	}
}

/* When the mail server was looked at whose evidence is the oldest; 0: none was. */
static int64_t oldest_server(const struct facts *facts)
{
	int64_t oldest = 0;
	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);
		bool is_older = oldest == 0 || fact->observed_at < oldest;
		if (fact->key.kind == FACT_ENDPOINT && fact->observed_at != 0 && is_older) {
			oldest = fact->observed_at;
		}
	}
	return oldest;
}

void present_json_scan(const struct scan_result *result, struct buffer *text)
{
	const struct check_report *report = result->report;
	struct json_writer json = json_writer_new(text, /* indent_width */ 0);
	json_object_begin(&json);
	present_json_result(&json, report, &report->results[0]);
	json_key_string(&json, "owner", result->item->owner);
	json_key_string(&json, "group", result->item->group);
	write_time(&json, "observed_from", report->observed_from);
	write_time(&json, "observed_to", report->observed_to);
	write_time(&json, "mail_servers_from", oldest_server(result->facts));
	json_key_bool(&json, "incomplete", result->is_unknown);
	json_key_string(&json, "schema", SPAN(SCAN_SCHEMA));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	json_object_end(&json);
	buffer_putc(text, '\n');
}

void present_csv_scan_header(struct buffer *text)
{
	buffer_puts(text, "domain,owner,group,kind,spoofable,interceptable");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		buffer_printf(text, ",%s", control_name((enum control)i));
	}
	buffer_puts(text, ",dmarc_policy,critical,high,medium,low,incomplete,observed_from,"
			  "observed_to\r\n");
}

static void put_count(struct buffer *text, const struct assessment *a, enum severity severity)
{
	unsigned count = 0;
	for (size_t i = 0; i < finding_count(a); i++) {
		count += finding_at(a, i)->severity == severity ? 1 : 0;
	}
	buffer_printf(text, "%u,", count);
}

static void put_word(struct buffer *text, const char *word)
{
	csv_field(text, span_of_string(word), /* is_last */ false);
}

static void put_time(struct buffer *text, int64_t at, bool is_last)
{
	struct time_text written = time_format(at);
	csv_field(text, at != 0 ? span_of_string(written.text) : span_of("", 0), is_last);
}

void present_csv_scan(const struct scan_result *result, struct buffer *text)
{
	const struct check_report *report = result->report;
	const struct assessment *a = report->results[0].assessment;
	const struct measure *policy = measure_get(a, MEASURE_DMARC_POLICY);
	csv_field(text, a->domain, /* is_last */ false);
	csv_field(text, result->item->owner, /* is_last */ false);
	csv_field(text, result->item->group, /* is_last */ false);
	put_word(text, domain_kind_name(a->kind));
	put_word(text, answer_name(a->spoofable.answer));
	put_word(text, answer_name(a->interceptable.answer));
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		put_word(text, control_status_name(assessment_status(a, (enum control)i)));
	}
	csv_field(text, policy->state == MEASURE_KNOWN ? policy->word : span_of("", 0),
		  /* is_last */ false);
	put_count(text, a, SEVERITY_CRITICAL);
	put_count(text, a, SEVERITY_HIGH);
	put_count(text, a, SEVERITY_MEDIUM);
	put_count(text, a, SEVERITY_LOW);
	put_word(text, result->is_unknown ? "yes" : "no");
	put_time(text, report->observed_from, /* is_last */ false);
	put_time(text, report->observed_to, /* is_last */ true);
}

static void put_share(struct buffer *text, const char *what, uint64_t count, uint64_t all)
{
	double percent = all > 0 ? 100.0 * (double)count / (double)all : 0.0;
	buffer_printf(text, "  %-30s %9llu  %5.1f %%\n", what, (unsigned long long)count, percent);
}

static void put_answers(struct buffer *text, const char *title, const uint64_t *counts,
			uint64_t all)
{
	static const char *const words[] = {
		[ANSWER_YES] = "yes",
		[ANSWER_PARTLY] = "partly",
		[ANSWER_NO] = "no",
		[ANSWER_UNKNOWN] = "not known",
	};
	buffer_printf(text, "\n%s\n", title);
	for (size_t i = 0; i < SCAN_TALLY_ANSWERS; i++) {
		put_share(text, words[i], counts[i], all);
	}
}

static void put_controls(const struct scan_tally *tally, struct buffer *text)
{
	buffer_printf(text, "\n%-10s %9s %9s %9s %9s %9s %10s\n", "", "good", "improve", "bad",
		      "absent", "unknown", "not needed");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		buffer_printf(text, "%-10s", control_title((enum control)i));
		for (size_t k = 0; k < SCAN_TALLY_STATUSES; k++) {
			buffer_printf(text, " %9llu", (unsigned long long)tally->controls[i][k]);
		}
		buffer_printf(text, " %10llu\n", (unsigned long long)tally->not_needed[i]);
	}
}

static void put_policies(const struct scan_tally *tally, struct buffer *text)
{
	static const char *const words[] = {
		[SCAN_POLICY_ABSENT] = "no DMARC policy",
		[SCAN_POLICY_NONE] = "none: watched only",
		[SCAN_POLICY_QUARANTINE] = "quarantine: enforced",
		[SCAN_POLICY_REJECT] = "reject: enforced",
		[SCAN_POLICY_UNKNOWN] = "not known",
	};
	buffer_puts(text, "\nWhat becomes of mail that fails DMARC?\n");
	for (size_t i = 0; i < SCAN_POLICY_COUNT; i++) {
		put_share(text, words[i], tally->policies[i], tally->existing);
	}
}

void present_terminal_tally(const struct scan_tally *tally, struct buffer *text)
{
	buffer_printf(text, "%llu domains; %llu do not exist; of %llu not all could be looked up\n",
		      (unsigned long long)tally->domains,
		      (unsigned long long)tally->kinds[DOMAIN_NONEXISTENT],
		      (unsigned long long)tally->incomplete);
	put_answers(text, "Can strangers send as the domain?", tally->spoofable, tally->existing);
	put_answers(text, "Can mail to the domain be intercepted?", tally->interceptable,
		    tally->existing);
	put_policies(tally, text);
	put_controls(tally, text);
}

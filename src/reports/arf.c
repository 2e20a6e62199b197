/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * RFC 5965, RFC 6591 and RFC 9991 fields, and the texts for people of Exim and SpamExperts. Names
 * of fields are compared without case; a field that comes several times keeps all its values.
 */
#include "reports/arf.h"

#include <stdio.h>

#include "reports/content.h"
#include "reports/hash.h"
#include "reports/mime.h"
#include "reports/redact.h"
#include "reports/values.h"
#include "reports/words.h"

#define ARENA_BYTES ((size_t)4 << 20)
/* Lines of a text that are looked at to tell what it is. */
#define MAX_LOOK_LINES 40
#define MAX_FIELDS 1000
#define POOL_BYTES ((size_t)64 << 10)

enum arf_action {
	ARF_TEXT,
	ARF_REDACTED_ADDRESS,
	ARF_REDACTED_TEXT,
	ARF_FEEDBACK,
	ARF_ARRIVAL,
	ARF_SOURCE,
	ARF_DOMAIN,
	ARF_AUTH_FAILURE,
	ARF_INCIDENTS,
};

struct arf_rule {
	struct span name;
	enum arf_action action;
	size_t offset; /* of a span in struct failure_report */
};

struct arf {
	struct reading *reading;
	struct arena *arena;
	struct failure_report report;
	struct pool pool;
	bool is_redacted;
};

#define KEEP(n, a, member)                                                                         \
	{                                                                                          \
		SPAN_INIT(n), (a), offsetof(struct failure_report, member)                         \
	}
#define CODE(n, a)                                                                                 \
	{                                                                                          \
		SPAN_INIT(n), (a), 0                                                               \
	}

static const struct arf_rule field_rules[] = {
	CODE("Feedback-Type", ARF_FEEDBACK),
	KEEP("User-Agent", ARF_TEXT, user_agent),
	CODE("Arrival-Date", ARF_ARRIVAL),
	CODE("Received-Date", ARF_ARRIVAL),
	CODE("Source-IP", ARF_SOURCE),
	CODE("Reported-Domain", ARF_DOMAIN),
	CODE("Auth-Failure", ARF_AUTH_FAILURE),
	CODE("Incidents", ARF_INCIDENTS),
	KEEP("Identity-Alignment", ARF_TEXT, identity_alignment),
	KEEP("Delivery-Result", ARF_TEXT, delivery_result),
	KEEP("Authentication-Results", ARF_REDACTED_TEXT, authentication_results),
	KEEP("DKIM-Domain", ARF_TEXT, dkim_domain),
	KEEP("DKIM-Identity", ARF_REDACTED_ADDRESS, dkim_identity),
	KEEP("DKIM-Selector", ARF_TEXT, dkim_selector),
	KEEP("SPF-DNS", ARF_TEXT, spf_dns),
	KEEP("Original-Mail-From", ARF_REDACTED_ADDRESS, mail_from),
	KEEP("Original-Rcpt-To", ARF_REDACTED_ADDRESS, rcpt_to),
	KEEP("Reporting-MTA", ARF_TEXT, reporting_mta),
	/* texts for people */
	CODE("Sender Domain", ARF_DOMAIN),
	CODE("Sender IP Address", ARF_SOURCE),
	CODE("Received date", ARF_ARRIVAL),
	KEEP("DMARC Results", ARF_TEXT, delivery_result),
};

static const struct arf_rule sample_rules[] = {
	KEEP("From", ARF_REDACTED_ADDRESS, sample_from),
	KEEP("Message-ID", ARF_TEXT, sample_message_id),
	KEEP("Subject", ARF_REDACTED_TEXT, sample_subject),
	KEEP("Return-Path", ARF_REDACTED_ADDRESS, mail_from),
	KEEP("Authentication-Results", ARF_REDACTED_TEXT, authentication_results),
};

/* ---- lines ---- */

/* The next field of *rest, its folded lines included. False at the end. */
static bool next_field(struct span *rest, struct span *ret_field)
{
	size_t end = span_find(*rest, '\n', 0);
	while (end + 1 < rest->len && (rest->ptr[end + 1] == ' ' || rest->ptr[end + 1] == '\t')) {
		end = span_find(*rest, '\n', end + 1);
	}
	if (rest->len == 0) {
		return false;
	}
	*ret_field = span_slice(*rest, 0, end);
	*rest = span_from(*rest, end < rest->len ? end + 1 : end);
	return true;
}

/* RFC 5322 2.2.3: a folded line goes on behind its line end */
static struct span unfold(struct arena *arena, struct span value)
{
	char *copy = arena_alloc(arena, value.len + 1);
	size_t len = 0;
	for (size_t i = 0; copy != NULL && i < value.len; i++) {
		bool is_blank = text_is_space(value.ptr[i]);
		if (!is_blank) {
			copy[len++] = value.ptr[i];
		} else if (len > 0 && copy[len - 1] != ' ') {
			copy[len++] = ' ';
		}
	}
	return copy != NULL ? span_of(copy, len) : span_of(NULL, 0);
}

/* "Name: value" of any name, blanks in it allowed. */
static bool split_field(struct span field, struct span *ret_name, struct span *ret_value)
{
	size_t colon = span_find(field, ':', 0);
	*ret_name = span_trim(span_slice(field, 0, colon), TEXT_SPACE);
	*ret_value = span_trim(span_from(field, colon + 1), TEXT_SPACE);
	return colon < field.len && ret_name->len > 0;
}

/* Indented lines of a text for people are lines of their own. */
static bool next_line(struct span *rest, struct span *ret_line)
{
	size_t end = span_find(*rest, '\n', 0);
	if (rest->len == 0) {
		return false;
	}
	*ret_line = span_slice(*rest, 0, end);
	*rest = span_from(*rest, end < rest->len ? end + 1 : end);
	return true;
}

static bool has_line(struct span text, struct span name)
{
	struct span rest = text;
	struct span line;
	for (int i = 0; i < MAX_LOOK_LINES && next_line(&rest, &line); i++) {
		struct span found;
		struct span value;
		if (split_field(line, &found, &value) && span_equal_nocase(found, name)) {
			return true;
		}
	}
	return false;
}

bool arf_is_feedback(struct span text)
{
	struct span start = span_trim(text, TEXT_SPACE);
	struct span line = span_slice(start, 0, span_find(start, '\n', 0));
	/* a mail that quotes a report has other lines first */
	return content_is_header_line(line) && has_line(start, SPAN("Feedback-Type")) &&
	       (has_line(start, SPAN("Version")) || has_line(start, SPAN("User-Agent")));
}

bool arf_is_plain_text(struct span text)
{
	return has_line(text, SPAN("Sender Domain")) && has_line(text, SPAN("Sender IP Address"));
}

/* ---- values ---- */

static void warn(struct arf *arf, enum report_warning_code code, struct span detail)
{
	reading_warn(arf->reading, code, 0, 0, detail);
}

static void keep_source(struct arf *arf, struct span value)
{
	struct failure_report *report = &arf->report;
	enum value_status status = value_address(value, &report->source);
	report->has_source |= status != VALUE_NONE;
	if (status == VALUE_NONE) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Source-IP"));
	} else if (status == VALUE_OTHER_FORM) {
		warn(arf, REPORT_ROW_SOURCE_FORM, value);
	}
}

static void keep_arrival(struct arf *arf, struct span value)
{
	struct failure_report *report = &arf->report;
	report->has_arrival = report->has_arrival || mime_parse_date(value, &report->arrival) ||
			      time_parse(value, &report->arrival);
	if (!report->has_arrival) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Arrival-Date"));
	}
}

static void keep_domain(struct arf *arf, struct span value)
{
	struct failure_report *report = &arf->report;
	struct span domain = {NULL, 0};
	if (report->reported_domain_count < REPORT_MAX_LIST &&
	    value_domain(&arf->pool, value, &domain) != VALUE_NONE) {
		report->reported_domains[report->reported_domain_count++] = domain;
	}
}

static void keep_auth_failures(struct arf *arf, struct span value)
{
	struct failure_report *report = &arf->report;
	struct span rest = value;
	struct span part;
	while (rest.len > 0 && span_split(&rest, ',', &part)) {
		struct span word = span_trim(part, TEXT_SPACE);
		if (word.len > 0 && report->auth_failure_count < REPORT_MAX_LIST) {
			report->auth_failures[report->auth_failure_count++] =
				text_lower_copy(arf->arena, word);
		}
	}
}

static void keep_feedback(struct arf *arf, struct span value)
{
	arf->report.feedback_text = value;
	arf->report.feedback = (enum failure_feedback)report_word_read(&report_feedbacks, value);
	if (arf->report.feedback == FAILURE_FEEDBACK_OTHER) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Feedback-Type"));
	}
}

static void keep_text(struct arf *arf, const struct arf_rule *rule, struct span value)
{
	struct span *member = (struct span *)(void *)((char *)&arf->report + rule->offset);
	if (member->len > 0 || value.len == 0) {
		return;
	}
	if (!arf->is_redacted || rule->action == ARF_TEXT) {
		*member = value;
	} else if (rule->action == ARF_REDACTED_ADDRESS) {
		*member = redact_address(value);
	} else if (member != &arf->report.sample_subject) {
		*member = redact_text(arf->arena, value);
	}
}

static void keep_field(struct arf *arf, const struct arf_rule *rule, struct span value)
{
	uint64_t incidents;
	switch (rule->action) {
	case ARF_TEXT:
	case ARF_REDACTED_ADDRESS:
	case ARF_REDACTED_TEXT:
		keep_text(arf, rule, value);
		break;
	case ARF_FEEDBACK:
		keep_feedback(arf, value);
		break;
	case ARF_ARRIVAL:
		keep_arrival(arf, value);
		break;
	case ARF_SOURCE:
		keep_source(arf, value);
		break;
	case ARF_DOMAIN:
		keep_domain(arf, value);
		break;
	case ARF_AUTH_FAILURE:
		keep_auth_failures(arf, value);
		break;
	case ARF_INCIDENTS:
		if (value_count(value, &incidents) != VALUE_NONE && incidents > 0) {
			arf->report.incidents = incidents;
		}
		break;
	}
}

struct arf_rules {
	const struct arf_rule *rules;
	size_t count;
};

static void read_field(struct arf *arf, struct span field, struct arf_rules rules)
{
	struct span name;
	struct span value;
	if (!split_field(field, &name, &value)) {
		return;
	}
	for (size_t i = 0; i < rules.count; i++) {
		if (span_equal_nocase(rules.rules[i].name, name)) {
			keep_field(arf, &rules.rules[i], unfold(arf->arena, value));
			return;
		}
	}
}

static void read_fields(struct arf *arf, struct span text, struct arf_rules rules,
			bool (*next)(struct span *rest, struct span *ret_field))
{
	struct span rest = text;
	struct span field;
	for (int i = 0; i < MAX_FIELDS && next(&rest, &field); i++) {
		read_field(arf, field, rules);
	}
}

/* ---- what is not said ---- */

/* The address behind "client-ip=" and its like. */
static bool find_address_after(struct span text, struct span mark, struct network *ret_source)
{
	size_t at = span_search(text, mark);
	return at < text.len &&
	       value_address(span_slice(span_from(text, at + mark.len), 0,
					strcspn(text.ptr + at + mark.len, " ;\r\n\t)")),
			     ret_source) != VALUE_NONE;
}

/* RFC 5321 4.4: "from name (name [192.0.2.1])" in the topmost Received */
static bool find_address_in_received(struct span sample, struct network *ret_source)
{
	struct span rest = sample;
	struct span field;
	while (next_field(&rest, &field)) {
		struct span name;
		struct span value;
		if (!split_field(field, &name, &value) ||
		    !span_equal_nocase(name, SPAN("Received"))) {
			continue;
		}
		size_t open = span_find(value, '[', 0);
		size_t close = span_find(value, ']', open);
		if (close < value.len && value_address(span_slice(value, open, close - open + 1),
						       ret_source) != VALUE_NONE) {
			return true;
		}
	}
	return false;
}

static void guess_source(struct arf *arf, const struct arf_parts *parts)
{
	static const struct span marks[] = {SPAN_INIT("smtp.remote-ip="), SPAN_INIT("client-ip="),
					    SPAN_INIT("policy.iprev=")};
	struct failure_report *report = &arf->report;
	struct span texts[] = {arena_copy(arf->arena, parts->fields),
			       arena_copy(arf->arena, parts->sample)};
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 3 && !report->has_source && texts[i].len > 0; k++) {
			report->has_source =
				find_address_after(texts[i], marks[k], &report->source);
		}
	}
	report->has_source =
		report->has_source || find_address_in_received(parts->sample, &report->source);
	report->is_source_guessed = report->has_source;
}

static void guess_missing(struct arf *arf, const struct arf_parts *parts)
{
	struct failure_report *report = &arf->report;
	const struct report_mail *mail = arf->reading->mail;
	if (!report->has_source) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Source-IP"));
		guess_source(arf, parts);
	}
	if (!report->has_arrival && mail != NULL && mail->has_date) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Arrival-Date"));
		report->has_arrival = report->is_arrival_guessed = true;
		report->arrival = mail->date;
	}
	if (report->reported_domain_count == 0 && report->sample_from.len > 0) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Reported-Domain"));
		keep_domain(arf, report->sample_from);
	}
	if (report->feedback == FAILURE_FEEDBACK_ABSENT) {
		warn(arf,
		     arf->report.auth_failure_count > 0 ? REPORT_FAILURE_FIELD
							: REPORT_FAILURE_NO_PART,
		     SPAN("Feedback-Type"));
		report->feedback = FAILURE_FEEDBACK_AUTH_FAILURE;
	}
	/* RFC 6591 3.1 */
	if (report->feedback == FAILURE_FEEDBACK_AUTH_FAILURE && report->auth_failure_count == 0) {
		warn(arf, REPORT_FAILURE_FIELD, SPAN("Auth-Failure"));
	}
}

static struct span reporter_of(const struct arf *arf)
{
	const struct report_mail *mail = arf->reading->mail;
	struct span mta = arf->report.reporting_mta;
	if (mail != NULL && mail->from_domain.len > 0) {
		return mail->from_domain;
	}
	/* RFC 3464 2.1.2: "dns; mx.example.org" */
	size_t semicolon = span_find(mta, ';', 0);
	struct span name = semicolon < mta.len ? span_from(mta, semicolon + 1) : mta;
	name = span_trim(name, TEXT_SPACE);
	return name.len > 0 ? text_lower_copy(arf->arena, name) : SPAN("unknown");
}

static void settle_identity(struct arf *arf)
{
	struct failure_report *report = &arf->report;
	const struct report_mail *mail = arf->reading->mail;
	struct report_identity *identity = &report->identity;
	struct report_hash hash = hash_new();
	identity->reporter = reporter_of(arf);
	if (report->reported_domain_count > 0) {
		identity->domain = report->reported_domains[0];
	}
	identity->period =
		(struct report_period){report->has_arrival, report->arrival, report->arrival};
	hash_span(&hash, span_of(report->source.address, sizeof(report->source.address)));
	hash_number(&hash, (uint64_t)report->arrival);
	hash_span(&hash, identity->domain);
	hash_span(&hash, report->sample_message_id);
	hash_span(&hash, report->authentication_results);
	identity->content = hash;
	identity->id = report->sample_message_id;
	if (identity->id.len == 0 && mail != NULL) {
		identity->id = mail->message_id;
	}
	if (identity->id.len == 0) {
		identity->id =
			arena_printf(arf->arena, "hash:%016llx%016llx",
				     (unsigned long long)hash.high, (unsigned long long)hash.low);
		warn(arf, REPORT_ID_MISSING, span_of(NULL, 0));
	}
}

static void read_parts(struct arf *arf, const struct arf_parts *parts)
{
	struct failure_report *report = &arf->report;
	report->incidents = 1;
	report->is_redacted = arf->is_redacted;
	read_fields(arf, parts->fields,
		    (struct arf_rules){field_rules, sizeof(field_rules) / sizeof(field_rules[0])},
		    parts->is_plain_text ? next_line : next_field);
	read_fields(
		arf, parts->sample,
		(struct arf_rules){sample_rules, sizeof(sample_rules) / sizeof(sample_rules[0])},
		next_field);
	report->has_sample = parts->has_sample;
	report->is_sample_headers_only = parts->is_sample_headers_only;
	if (!parts->has_sample) {
		warn(arf, REPORT_FAILURE_NO_SAMPLE, span_of(NULL, 0));
	}
	guess_missing(arf, parts);
	settle_identity(arf);
}

void arf_read(struct reading *reading, const struct arf_parts *parts, struct span member)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct arf arf = {.reading = reading,
			  .arena = arena,
			  .is_redacted = !reading->options.is_personal_data_wanted};
	char *text = arena != NULL ? arena_alloc(arena, POOL_BYTES) : NULL;
	reading_document_begin(reading, member);
	if (text == NULL) {
		reading_fail_memory(reading, "read a failure report");
	} else {
		arf.pool = (struct pool){text, 0, POOL_BYTES, false};
		reading->ending.kind = REPORT_KIND_FAILURE;
		read_parts(&arf, parts);
		if (arena_has_failed(arena)) {
			reading_refuse(reading, REPORT_REFUSED_SIZE, "one failure report");
		} else {
			READING_TELL(reading, failure, &arf.report);
		}
	}
	reading_document_end(reading, text != NULL && !arena_has_failed(arena));
	arena_free(arena);
}

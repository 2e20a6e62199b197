/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 8460 4.4, read with patience. */
#include "reports/tls_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "reports/hash.h"
#include "reports/values.h"
#include "reports/words.h"

#define DOMAIN_TEXT_BYTES ((size_t)16 << 10)
/* The way to a report inside a file, and what is kept free of it for the report's number. */
#define MEMBER_BYTES 1024
#define MEMBER_ROOM 40

/* One report while it is read. */
struct tls_reader {
	struct reading *reading;
	struct tls_report report;
	struct tls_policy policy;
	struct report_hash sum;
	struct pool pool; /* of domain names */
	char text[DOMAIN_TEXT_BYTES];
};

static void warn(struct tls_reader *tls, enum report_warning_code code, const char *detail)
{
	reading_warn(tls->reading, code, tls->report.policy_count, 0, span_of_string(detail));
}

static struct span span_of_json(const json_t *value)
{
	return span_of(json_string_value(value), json_string_length(value));
}

/* A member that should be there and be text. */
static struct span get_text(struct tls_reader *tls, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_string(value)) {
		return span_trim(span_of_json(value), TEXT_SPACE);
	}
	warn(tls, value == NULL ? REPORT_TLS_FIELD_MISSING : REPORT_TLS_FIELD_TYPE, key);
	return span_of(NULL, 0);
}

/* The same, of those that many leave out. */
static struct span get_optional_text(struct tls_reader *tls, const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL ? get_text(tls, object, key) : span_of(NULL, 0);
}

static bool get_count(struct tls_reader *tls, const json_t *object, const char *key,
		      uint64_t *ret_count)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*ret_count = (uint64_t)json_integer_value(value);
		return true;
	}
	warn(tls, value == NULL ? REPORT_TLS_FIELD_MISSING : REPORT_TLS_FIELD_TYPE, key);
	if (json_is_real(value) && json_real_value(value) >= 0 && json_real_value(value) < 1e15) {
		*ret_count = (uint64_t)json_real_value(value);
		return true;
	}
	return json_is_string(value) &&
	       value_count(span_trim(span_of_json(value), TEXT_SPACE), ret_count) != VALUE_NONE;
}

/* A list, or a lone object or string in place of one. */
static size_t list_size(const json_t *value)
{
	return json_is_array(value)		       ? json_array_size(value)
	       : value != NULL && !json_is_null(value) ? 1
						       : 0;
}

static const json_t *list_at(const json_t *value, size_t i)
{
	return json_is_array(value) ? json_array_get(value, i) : value;
}

static size_t get_texts(struct tls_reader *tls, const json_t *object, const char *key,
			struct span *texts)
{
	const json_t *list = json_object_get(object, key);
	size_t count = 0;
	if (list != NULL && !json_is_array(list)) {
		warn(tls, REPORT_TLS_FIELD_TYPE, key);
	}
	for (size_t i = 0; i < list_size(list) && count < REPORT_MAX_LIST; i++) {
		const json_t *item = list_at(list, i);
		if (json_is_string(item)) {
			texts[count++] = span_of_json(item);
		}
	}
	return count;
}

static bool get_address(struct tls_reader *tls, const json_t *object, const char *key,
			struct network *ret_network)
{
	struct span text = get_optional_text(tls, object, key);
	bool has_address = text.len > 0 && value_address(text, ret_network) != VALUE_NONE;
	if (text.len > 0 && !has_address) {
		warn(tls, REPORT_TLS_FIELD_TYPE, key);
	}
	return has_address;
}

static int get_word(struct tls_reader *tls, const struct report_words *words, struct span text)
{
	int value = report_word_read(words, text);
	if (value == words->other) {
		reading_warn(tls->reading, REPORT_TLS_WORD, tls->report.policy_count, 0, text);
	}
	return value;
}

/* ---- what the report does not say about its domain ---- */

/* RFC 8460 5.1: sender!policy-domain!begin!end[!id].json.gz */
static struct span domain_of_file_name(struct span path)
{
	size_t start = path.len;
	while (start > 0 && path.ptr[start - 1] != '/') {
		start--;
	}
	struct span rest = span_from(path, start);
	struct span part = {NULL, 0};
	bool has_two = span_find(rest, '!', 0) < rest.len && span_split(&rest, '!', &part) &&
		       span_split(&rest, '!', &part);
	return has_two ? part : span_of(NULL, 0);
}

/* RFC 8460 5.3: "Report Domain: example.com Submitter: ..." */
static struct span domain_of_subject(struct span subject)
{
	static const struct span mark = SPAN_INIT("Report Domain:");
	for (size_t at = 0; at + mark.len < subject.len; at++) {
		if (span_starts_with_nocase(span_from(subject, at), mark)) {
			struct span rest = span_trim(span_from(subject, at + mark.len), TEXT_SPACE);
			return span_slice(rest, 0, span_find(rest, ' ', 0));
		}
	}
	return span_of(NULL, 0);
}

static struct span guess_domain(const struct tls_reader *tls)
{
	const struct report_mail *mail = tls->reading->mail;
	struct span domain = mail != NULL ? domain_of_subject(mail->subject) : span_of(NULL, 0);
	if (domain.len == 0) {
		domain = domain_of_file_name(tls->reading->origin.member);
	}
	if (domain.len == 0) {
		domain = domain_of_file_name(tls->reading->path);
	}
	if (domain.len == 0 && mail != NULL) {
		domain = mail->to;
	}
	return domain;
}

static void read_domain(struct tls_reader *tls, const json_t *object)
{
	struct tls_policy *policy = &tls->policy;
	struct span text = get_text(tls, object, "policy-domain");
	if (text.len == 0) {
		text = guess_domain(tls);
		policy->is_domain_guessed = text.len > 0;
		if (text.len > 0) {
			reading_warn(tls->reading, REPORT_DOMAIN_GUESSED, tls->report.policy_count,
				     0, text);
		}
	}
	if (text.len > 0) {
		/* names of earlier policies were told already */
		size_t kept = tls->report.identity.domain.len;
		tls->pool.len = kept;
		(void)value_domain(&tls->pool, text, &policy->domain);
	}
	if (tls->report.identity.domain.len == 0) {
		tls->report.identity.domain = policy->domain;
	}
}

/* ---- policies ---- */

static void read_failure(struct tls_reader *tls, const json_t *object)
{
	struct tls_failure failure = {.type_text = get_text(tls, object, "result-type")};
	failure.type = (enum tls_result_type)get_word(tls, &report_tls_results, failure.type_text);
	if (json_object_get(object, "sending-mta-ip") == NULL) {
		warn(tls, REPORT_TLS_FIELD_MISSING, "sending-mta-ip");
	}
	failure.has_sending_ip = get_address(tls, object, "sending-mta-ip", &failure.sending_ip);
	failure.has_receiving_ip = get_address(tls, object, "receiving-ip", &failure.receiving_ip);
	failure.receiving_mx = get_optional_text(tls, object, "receiving-mx-hostname");
	failure.receiving_helo = get_optional_text(tls, object, "receiving-mx-helo");
	failure.information_uri = get_optional_text(tls, object, "additional-information");
	if (failure.information_uri.len == 0) {
		/* RFC 8460 4.4 names it differently in its example */
		failure.information_uri = get_optional_text(tls, object, "additional-info-uri");
	}
	failure.reason_code = get_optional_text(tls, object, "failure-reason-code");
	failure.has_count = get_count(tls, object, "failed-session-count", &failure.count);
	struct report_hash hash = hash_new();
	hash_span(&hash, failure.type_text);
	hash_span(&hash, failure.receiving_mx);
	hash_span(&hash, span_of(failure.sending_ip.address, sizeof(failure.sending_ip.address)));
	hash_number(&hash, failure.count);
	hash_sum(&tls->sum, hash);
	READING_TELL(tls->reading, tls_failure, &tls->policy, &failure);
}

static void read_failures(struct tls_reader *tls, const json_t *object)
{
	const json_t *list = json_object_get(object, "failure-details");
	if (list != NULL && !json_is_array(list)) {
		warn(tls, REPORT_TLS_FIELD_TYPE, "failure-details");
	}
	for (size_t i = 0; i < list_size(list) && tls->reading->status >= 0; i++) {
		const json_t *item = list_at(list, i);
		if (json_is_object(item)) {
			read_failure(tls, item);
		} else {
			warn(tls, REPORT_TLS_FIELD_TYPE, "failure-details");
		}
	}
}

static void read_summary(struct tls_reader *tls, const json_t *object)
{
	struct tls_policy *policy = &tls->policy;
	const json_t *summary = json_object_get(object, "summary");
	if (!json_is_object(summary)) {
		warn(tls, REPORT_TLS_FIELD_MISSING, "summary");
		return;
	}
	policy->has_success_count =
		get_count(tls, summary, "total-successful-session-count", &policy->success_count);
	policy->has_failure_count =
		get_count(tls, summary, "total-failure-session-count", &policy->failure_count);
	tls->report.success_count += policy->success_count;
	tls->report.failure_count += policy->failure_count;
}

static void read_policy(struct tls_reader *tls, const json_t *object)
{
	const json_t *described = json_object_get(object, "policy");
	struct tls_policy *policy = &tls->policy;
	*policy = (struct tls_policy){.number = ++tls->report.policy_count};
	if (!json_is_object(described)) {
		warn(tls, REPORT_TLS_FIELD_MISSING, "policy");
	} else {
		policy->type_text = get_text(tls, described, "policy-type");
		policy->type = (enum tls_policy_type)get_word(tls, &report_tls_policies,
							      policy->type_text);
		policy->string_count = get_texts(tls, described, "policy-string", policy->strings);
		policy->mx_count = get_texts(tls, described, "mx-host", policy->mx);
		if (policy->mx_count == 0) {
			policy->mx_count = get_texts(tls, described, "mx-host-pattern", policy->mx);
		}
	}
	read_domain(tls, described);
	read_summary(tls, object);
	struct report_hash hash = hash_new();
	hash_span(&hash, policy->type_text);
	hash_span(&hash, policy->domain);
	hash_number(&hash, policy->success_count);
	hash_number(&hash, policy->failure_count);
	hash_sum(&tls->sum, hash);
	READING_TELL(tls->reading, tls_policy, &tls->report, policy);
	read_failures(tls, object);
}

/* ---- the report ---- */

static bool read_time(struct tls_reader *tls, const json_t *range, const char *key,
		      int64_t *ret_time)
{
	struct span text = get_text(tls, range, key);
	enum value_status status = value_time(text, ret_time);
	bool is_rfc3339 = text.len > 0 && text.ptr[text.len - 1] == 'Z';
	if (status != VALUE_NONE && !is_rfc3339) {
		warn(tls, REPORT_PERIOD_FORM, key);
	}
	return status != VALUE_NONE;
}

static void read_period(struct tls_reader *tls, const json_t *root)
{
	struct report_period *period = &tls->report.identity.period;
	const json_t *range = json_object_get(root, "date-range");
	struct report_period read = {false, 0, 0};
	read.is_known = json_is_object(range) &&
			read_time(tls, range, "start-datetime", &read.begin) &&
			read_time(tls, range, "end-datetime", &read.end);
	if (!read.is_known) {
		warn(tls, REPORT_PERIOD_MISSING, "");
		return;
	}
	bool is_reversed = read.begin > read.end;
	if (is_reversed) {
		warn(tls, REPORT_PERIOD_REVERSED, "");
	}
	*period = (struct report_period){true, is_reversed ? read.end : read.begin,
					 is_reversed ? read.begin : read.end};
}

/* The organisation in lower case, else the contact's domain, else the mail's. In the arena. */
static struct span reporter_of(const struct tls_reader *tls, struct arena *arena)
{
	const struct report_mail *mail = tls->reading->mail;
	struct span contact = tls->report.contact;
	if (tls->report.organisation.len > 0) {
		return text_lower_copy(arena, tls->report.organisation);
	}
	size_t at = span_find(contact, '@', 0);
	if (at < contact.len) {
		return text_lower_copy(arena, span_from(contact, at + 1));
	}
	return mail != NULL && mail->from_domain.len > 0 ? mail->from_domain : SPAN("unknown");
}

static void read_head(struct tls_reader *tls, struct arena *arena, const json_t *root)
{
	struct tls_report *report = &tls->report;
	report->organisation = get_text(tls, root, "organization-name");
	report->contact = get_text(tls, root, "contact-info");
	report->identity.id = get_text(tls, root, "report-id");
	if (report->organisation.len == 0) {
		warn(tls, REPORT_REPORTER_MISSING, "");
	}
	read_period(tls, root);
	report->identity.reporter = reporter_of(tls, arena);
}

static void settle_content(struct tls_reader *tls, struct arena *arena)
{
	struct report_identity *identity = &tls->report.identity;
	struct report_hash hash = hash_new();
	hash_number(&hash, (uint64_t)identity->period.begin);
	hash_number(&hash, (uint64_t)identity->period.end);
	hash_sum(&hash, tls->sum);
	identity->content = hash;
	if (identity->id.len == 0) {
		identity->id =
			arena_printf(arena, "hash:%016llx%016llx", (unsigned long long)hash.high,
				     (unsigned long long)hash.low);
		warn(tls, REPORT_ID_MISSING, "");
	}
}

static void read_policies(struct tls_reader *tls, const json_t *root)
{
	const json_t *list = json_object_get(root, "policies");
	if (!json_is_array(list)) {
		warn(tls, list == NULL ? REPORT_TLS_FIELD_MISSING : REPORT_TLS_FIELD_TYPE,
		     "policies");
	}
	for (size_t i = 0; i < list_size(list) && tls->reading->status >= 0; i++) {
		const json_t *item = list_at(list, i);
		if (json_is_object(item)) {
			read_policy(tls, item);
		} else {
			tls->report.lost_policy_count++;
			warn(tls, REPORT_TLS_POLICY_LOST, "");
		}
	}
}

static void read_report(struct reading *reading, const json_t *root)
{
	struct arena *arena = arena_new(REPORT_HEAD_TEXT_BYTES * 16);
	struct tls_reader *tls = calloc(1, sizeof(*tls));
	if (arena == NULL || tls == NULL) {
		reading_fail_memory(reading, "read a TLS report");
	} else {
		tls->reading = reading;
		tls->pool = (struct pool){tls->text, 0, sizeof(tls->text), false};
		reading->ending.kind = REPORT_KIND_TLS;
		read_head(tls, arena, root);
		READING_TELL(reading, tls_begin, &tls->report);
		read_policies(tls, root);
		settle_content(tls, arena);
		READING_TELL(reading, tls_end, &tls->report);
	}
	free(tls);
	arena_free(arena);
}

/* ---- the text ---- */

/* All of the input; false (and refused) when it is too long. */
static bool collect(struct reading *reading, struct report_input *input, struct buffer *text)
{
	for (struct span some = input_peek(input, 1); some.len > 0; some = input_peek(input, 1)) {
		buffer_append(text, some);
		input_take(input, some.len);
		if (text->is_failed) {
			reading_refuse(reading, REPORT_REFUSED_SIZE, "one TLS report");
			return false;
		}
	}
	return !reading_is_stopped(reading);
}

/* Control characters and bad UTF-8, which jansson refuses, become blanks and question marks. */
static void mend(struct reading *reading, struct buffer *text)
{
	uint64_t controls = 0;
	uint64_t bad = 0;
	for (size_t at = 0; at < text->len;) {
		uint32_t code_point;
		size_t len = text_utf8_next(span_of(text->data + at, text->len - at), &code_point);
		if (len == 0) {
			text->data[at] = '?';
			bad++;
		} else if (code_point < 0x20) {
			controls += !text_is_space(text->data[at]);
			text->data[at] = ' ';
		}
		at += len > 0 ? len : 1;
	}
	if (controls > 0) {
		reading_warn(reading, REPORT_TEXT_CONTROL, 0, 0, span_of(NULL, 0));
	}
	if (bad > 0) {
		reading_warn(reading, REPORT_TEXT_ENCODING, 0, 0, span_of(NULL, 0));
	}
}

/* Each value needs one of these before it; jansson takes 75 octets and more for each. */
static size_t most_values(struct span text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		count += c == ',' || c == ':' || c == '[' || c == '{';
	}
	return count;
}

static json_t *parse(struct reading *reading, struct span text)
{
	json_error_t error;
	if (most_values(text) > reading->options.limits.max_json_values) {
		reading_refuse(reading, REPORT_REFUSED_SIZE, "values of one TLS report");
		return NULL;
	}
	json_t *root = json_loadb(text.ptr, text.len, JSON_DISABLE_EOF_CHECK, &error);
	if (root == NULL) {
		reading_refuse(reading, REPORT_REFUSED_BROKEN, error.text);
		return NULL;
	}
	struct span tail = span_trim(span_from(text, (size_t)error.position), TEXT_SPACE);
	if (tail.len > 0) {
		reading_warn(reading, REPORT_TEXT_TRAILING, 0, (uint64_t)error.position, tail);
	}
	return root;
}

static bool is_tls_report(const json_t *object)
{
	return json_object_get(object, "policies") != NULL ||
	       (json_object_get(object, "report-id") != NULL &&
		json_object_get(object, "date-range") != NULL);
}

static size_t count_reports(const json_t *root)
{
	size_t count = 0;
	for (size_t i = 0; i < list_size(root); i++) {
		count += is_tls_report(list_at(root, i)) ? 1 : 0;
	}
	return count;
}

/* "a.json, report 2" */
static struct span name_of_next(char text[MEMBER_BYTES], struct span member, size_t number)
{
	int len = snprintf(text, MEMBER_BYTES, "%.*s%sreport %zu",
			   SPAN_ARG(span_slice(member, 0, MEMBER_BYTES - MEMBER_ROOM)),
			   member.len > 0 ? ", " : "", number);
	return span_of(text, len > 0 ? (size_t)len : 0);
}

/* RFC 8460 4.4 knows one report; a list of them is read as one document for each. The first is the
 * document that is open. */
static void read_list(struct reading *reading, const json_t *root, struct span member)
{
	char text[MEMBER_BYTES];
	for (size_t i = 0; i < list_size(root) && reading->status >= 0; i++) {
		const json_t *item = list_at(root, i);
		bool is_report = is_tls_report(item);
		if (i > 0) {
			reading_document_begin(reading, name_of_next(text, member, i + 1));
		}
		if (is_report) {
			read_report(reading, item);
		}
		reading_document_end(reading, is_report);
	}
}

static struct span without_mark(struct span text)
{
	return span_starts_with(text, SPAN("\xef\xbb\xbf")) ? span_from(text, 3) : text;
}

void tls_json_read(struct reading *reading, struct report_input *input, struct span member,
		   bool is_optional)
{
	struct buffer text = buffer_new(reading->options.limits.max_json_bytes);
	json_t *root = NULL;
	reading_document_begin(reading, member);
	if (collect(reading, input, &text)) {
		mend(reading, &text);
		root = parse(reading, without_mark(buffer_span(&text)));
	}
	if (count_reports(root) > 0) {
		read_list(reading, root, member);
	} else if (is_optional) {
		reading_document_drop(reading);
	} else {
		reading_document_end(reading, /* is_usable */ false);
	}
	json_decref(root);
	buffer_free(&text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Prints what the reports below paths hold, one JSON object a line:
 *
 *   read_reports [-q] [-p] PATH...     "-" is standard input; -q: no rows; -p: do not redact
 *
 * "event" is document, aggregate, row, tls, policy, failure-detail, failure, warning or end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/reports.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)

struct printer {
	struct buffer line;
	struct json_writer json;
	bool is_quiet;
};

static void begin(struct printer *printer, const char *event)
{
	buffer_clear(&printer->line);
	printer->json = json_writer_new(&printer->line, 0);
	json_object_begin(&printer->json);
	json_key_string(&printer->json, "event", span_of_string(event));
}

static int end(struct printer *printer)
{
	json_object_end(&printer->json);
	buffer_putc(&printer->line, '\n');
	fwrite(printer->line.data, 1, printer->line.len, stdout);
	return 0;
}

static void put_word(struct printer *printer, const char *key, const char *word)
{
	json_key_string(&printer->json, key, span_of_string(word));
}

static void put_address(struct printer *printer, const char *key, bool has_address,
			struct network address)
{
	if (has_address) {
		put_word(printer, key, network_format(address).text);
	} else {
		json_key_null(&printer->json, key);
	}
}

static void put_count(struct printer *printer, const char *key, bool has_count, uint64_t count)
{
	if (has_count) {
		json_key_number(&printer->json, key, (int64_t)count);
	} else {
		json_key_null(&printer->json, key);
	}
}

static void put_texts(struct printer *printer, const char *key, const struct span *texts,
		      size_t count)
{
	json_key(&printer->json, key);
	json_array_begin(&printer->json);
	for (size_t i = 0; i < count; i++) {
		json_put_string(&printer->json, texts[i]);
	}
	json_array_end(&printer->json);
}

static void put_identity(struct printer *printer, const struct report_identity *identity)
{
	char hash[40];
	snprintf(hash, sizeof(hash), "%016llx%016llx", (unsigned long long)identity->content.high,
		 (unsigned long long)identity->content.low);
	json_key_string(&printer->json, "reporter", identity->reporter);
	json_key_string(&printer->json, "id", identity->id);
	json_key_string(&printer->json, "domain", identity->domain);
	put_count(printer, "begin", identity->period.is_known, (uint64_t)identity->period.begin);
	put_count(printer, "end", identity->period.is_known, (uint64_t)identity->period.end);
	put_word(printer, "content", hash);
}

static int on_document(void *context, const struct report_origin *origin, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "document");
	json_key_string(&printer->json, "path", origin->path);
	json_key_string(&printer->json, "member", origin->member);
	if (origin->mail != NULL) {
		json_key_string(&printer->json, "mail_from_domain", origin->mail->from_domain);
		json_key_string(&printer->json, "message_id", origin->mail->message_id);
	}
	return end(printer);
}

static void put_policy(struct printer *printer, const struct aggregate_policy *policy)
{
	json_key(&printer->json, "policy");
	json_object_begin(&printer->json);
	json_key_string(&printer->json, "domain", policy->domain);
	put_word(printer, "p", report_policy_name(policy->p));
	put_word(printer, "sp", report_policy_name(policy->sp));
	put_word(printer, "np", report_policy_name(policy->np));
	put_word(printer, "adkim", report_alignment_name(policy->adkim));
	put_word(printer, "aspf", report_alignment_name(policy->aspf));
	put_count(printer, "pct", policy->has_pct, policy->pct);
	json_key_bool(&printer->json, "testing", policy->is_testing);
	put_word(printer, "discovery", report_discovery_name(policy->discovery));
	json_key_string(&printer->json, "fo", policy->fo);
	json_object_end(&printer->json);
}

static int on_aggregate_end(void *context, const struct aggregate_report *report,
			    struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "aggregate");
	put_identity(printer, &report->identity);
	put_word(printer, "schema", report->schema == AGGREGATE_RFC9990 ? "rfc9990" : "rfc7489");
	json_key_string(&printer->json, "version", report->version);
	json_key_string(&printer->json, "organisation", report->organisation);
	json_key_string(&printer->json, "contact", report->contact);
	put_policy(printer, &report->policy);
	put_texts(printer, "errors", report->errors, report->error_count);
	json_key_number(&printer->json, "rows", (int64_t)report->row_count);
	json_key_number(&printer->json, "lost_rows", (int64_t)report->lost_row_count);
	json_key_number(&printer->json, "messages", (int64_t)report->message_count);
	return end(printer);
}

static void put_dkim(struct printer *printer, const struct aggregate_row *row)
{
	json_key(&printer->json, "dkim");
	json_array_begin(&printer->json);
	for (size_t i = 0; i < row->dkim_count; i++) {
		json_object_begin(&printer->json);
		json_key_string(&printer->json, "domain", row->dkim[i].domain);
		json_key_string(&printer->json, "selector", row->dkim[i].selector);
		put_word(printer, "result", report_result_name(row->dkim[i].result));
		json_object_end(&printer->json);
	}
	json_array_end(&printer->json);
}

static void put_spf(struct printer *printer, const struct aggregate_row *row)
{
	json_key(&printer->json, "spf");
	json_array_begin(&printer->json);
	for (size_t i = 0; i < row->spf_count; i++) {
		json_object_begin(&printer->json);
		json_key_string(&printer->json, "domain", row->spf[i].domain);
		put_word(printer, "scope", report_scope_name(row->spf[i].scope));
		put_word(printer, "result", report_result_name(row->spf[i].result));
		json_object_end(&printer->json);
	}
	json_array_end(&printer->json);
}

static void put_reasons(struct printer *printer, const struct aggregate_row *row)
{
	json_key(&printer->json, "reasons");
	json_array_begin(&printer->json);
	for (size_t i = 0; i < row->reason_count; i++) {
		json_object_begin(&printer->json);
		put_word(printer, "type", report_reason_name(row->reasons[i].type));
		json_key_string(&printer->json, "comment", row->reasons[i].comment);
		json_object_end(&printer->json);
	}
	json_array_end(&printer->json);
}

static int on_row(void *context, const struct aggregate_report *report,
		  const struct aggregate_row *row, struct failure *reterr)
{
	struct printer *printer = context;
	if (printer->is_quiet) {
		return 0;
	}
	begin(printer, "row");
	json_key_number(&printer->json, "number", (int64_t)row->number);
	put_address(printer, "source", row->has_source, row->source);
	put_count(printer, "count", row->has_count, row->count);
	put_word(printer, "disposition", report_disposition_name(row->disposition));
	put_word(printer, "dkim_evaluated", report_result_name(row->dkim_evaluated));
	put_word(printer, "spf_evaluated", report_result_name(row->spf_evaluated));
	json_key_string(&printer->json, "header_from", row->header_from);
	json_key_string(&printer->json, "envelope_from", row->envelope_from);
	json_key_string(&printer->json, "envelope_to", row->envelope_to);
	put_reasons(printer, row);
	put_dkim(printer, row);
	put_spf(printer, row);
	return end(printer);
}

static int on_tls_end(void *context, const struct tls_report *report, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "tls");
	put_identity(printer, &report->identity);
	json_key_string(&printer->json, "organisation", report->organisation);
	json_key_string(&printer->json, "contact", report->contact);
	json_key_number(&printer->json, "policies", (int64_t)report->policy_count);
	json_key_number(&printer->json, "lost_policies", (int64_t)report->lost_policy_count);
	json_key_number(&printer->json, "successes", (int64_t)report->success_count);
	json_key_number(&printer->json, "failures", (int64_t)report->failure_count);
	return end(printer);
}

static int on_tls_policy(void *context, const struct tls_report *report,
			 const struct tls_policy *policy, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "policy");
	put_word(printer, "type", tls_policy_type_name(policy->type));
	json_key_string(&printer->json, "domain", policy->domain);
	put_texts(printer, "strings", policy->strings, policy->string_count);
	put_texts(printer, "mx", policy->mx, policy->mx_count);
	put_count(printer, "successes", policy->has_success_count, policy->success_count);
	put_count(printer, "failures", policy->has_failure_count, policy->failure_count);
	return end(printer);
}

static int on_tls_failure(void *context, const struct tls_policy *policy,
			  const struct tls_failure *failure, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "failure-detail");
	put_word(printer, "type", tls_result_type_name(failure->type));
	put_address(printer, "sending_ip", failure->has_sending_ip, failure->sending_ip);
	put_address(printer, "receiving_ip", failure->has_receiving_ip, failure->receiving_ip);
	json_key_string(&printer->json, "receiving_mx", failure->receiving_mx);
	json_key_string(&printer->json, "reason_code", failure->reason_code);
	put_count(printer, "count", failure->has_count, failure->count);
	return end(printer);
}

static int on_failure(void *context, const struct failure_report *report, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "failure");
	put_identity(printer, &report->identity);
	put_word(printer, "feedback", failure_feedback_name(report->feedback));
	put_count(printer, "arrival", report->has_arrival, (uint64_t)report->arrival);
	put_address(printer, "source", report->has_source, report->source);
	json_key_bool(&printer->json, "is_source_guessed", report->is_source_guessed);
	put_texts(printer, "domains", report->reported_domains, report->reported_domain_count);
	put_texts(printer, "auth_failures", report->auth_failures, report->auth_failure_count);
	json_key_string(&printer->json, "authentication_results", report->authentication_results);
	json_key_string(&printer->json, "delivery_result", report->delivery_result);
	json_key_string(&printer->json, "mail_from", report->mail_from);
	json_key_string(&printer->json, "rcpt_to", report->rcpt_to);
	json_key_bool(&printer->json, "has_sample", report->has_sample);
	json_key_string(&printer->json, "sample_from", report->sample_from);
	json_key_string(&printer->json, "sample_subject", report->sample_subject);
	return end(printer);
}

static int on_warning(void *context, const struct report_warning *warning, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "warning");
	put_word(printer, "code", report_warning_name(warning->code));
	json_key_number(&printer->json, "row", (int64_t)warning->row);
	json_key_number(&printer->json, "offset", (int64_t)warning->offset);
	json_key_string(&printer->json, "detail", warning->detail);
	return printer->is_quiet && warning->row > 0 ? 0 : end(printer);
}

static int on_document_end(void *context, const struct report_origin *origin,
			   const struct report_ending *ending, struct failure *reterr)
{
	struct printer *printer = context;
	begin(printer, "end");
	json_key_string(&printer->json, "path", origin->path);
	json_key_string(&printer->json, "member", origin->member);
	put_word(printer, "kind", report_kind_name(ending->kind));
	put_word(printer, "outcome", report_outcome_name(ending->outcome));
	put_word(printer, "refusal", report_refusal_name(ending->refusal));
	json_key_string(&printer->json, "detail", ending->detail);
	json_key_number(&printer->json, "warnings", (int64_t)ending->warning_count);
	return end(printer);
}

static int read_path(struct report_reader *reader, const char *path, struct failure *failure)
{
	struct report_walk *walk;
	struct report_file file;
	if (strcmp(path, "-") == 0) {
		return report_reader_read_fd(reader, 0, SPAN("-"), failure);
	}
	int status =
		report_walk_new(path, report_limits_default().max_folder_depth, &walk, failure);
	if (status < 0) {
		return status;
	}
	while (status >= 0 && report_walk_next(walk, &file, failure) > 0) {
		if (file.is_skipped) {
			fprintf(stderr, "%.*s: %s\n", SPAN_ARG(file.path), file.failure.detail);
		} else {
			status = report_reader_read_fd(reader, file.fd, file.path, failure);
		}
	}
	report_walk_free(walk);
	return status;
}

int main(int argc, char **argv)
{
	struct printer printer = {.line = buffer_new(LINE_MAX_BYTES)};
	struct report_options options = {.limits = report_limits_default()};
	struct failure failure = {0};
	int status = 0;
	int first = 1;
	for (; first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++) {
		printer.is_quiet |= strcmp(argv[first], "-q") == 0;
		options.is_personal_data_wanted |= strcmp(argv[first], "-p") == 0;
	}
	struct report_sink sink = {
		.context = &printer,
		.document_begin = on_document,
		.aggregate_row = on_row,
		.aggregate_end = on_aggregate_end,
		.tls_policy = on_tls_policy,
		.tls_failure = on_tls_failure,
		.tls_end = on_tls_end,
		.failure = on_failure,
		.warning = on_warning,
		.document_end = on_document_end,
	};
	struct report_reader *reader;
	if (report_reader_new(&options, &sink, &reader, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	for (int i = first; i < argc && status >= 0; i++) {
		status = read_path(reader, argv[i], &failure);
	}
	if (status < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
	}
	report_reader_free(reader);
	buffer_free(&printer.line);
	return status < 0;
}

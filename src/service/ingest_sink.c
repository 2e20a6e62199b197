/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports, as the reader tells them, into rows of the store. */
#include "service/ingest_sink.h"

#include "service/evidence.h"

#define POLICY_MAX_BYTES 1024
#define ORIGIN_MAX_BYTES 2048

static const enum report_kind kinds[] = {
	[STORE_AGGREGATE] = REPORT_KIND_AGGREGATE,
	[STORE_TLS] = REPORT_KIND_TLS,
	[STORE_FAILURE] = REPORT_KIND_FAILURE,
};

static void count_report(void *context, const struct store_settled *settled)
{
	struct ingest_counts *counts = context;
	counts->reports[kinds[settled->kind]] += settled->outcome == STORE_NEW ? 1 : 0;
	counts->same_reports += settled->outcome == STORE_SAME ? 1 : 0;
	counts->merged_reports += settled->outcome == STORE_MERGED ? 1 : 0;
	if (settled->outcome != STORE_SAME && settled->kind == STORE_AGGREGATE &&
	    !store_is_left_out(settled->authenticity)) {
		counts->rows += settled->rows;
		counts->messages += settled->messages;
	}
}

int ingest_sink_open(struct ingest_sink *sink, const struct ingest_options *options,
		     struct failure *reterr)
{
	*sink = (struct ingest_sink){
		.loss = REPORT_WARNING_COUNT,
		.options = *options,
		.evidence = buffer_new(STORE_EVIDENCE_MAX),
		.reasons = buffer_new(STORE_TEXT_MAX),
		.policy = buffer_new(POLICY_MAX_BYTES),
		.origin = buffer_new(ORIGIN_MAX_BYTES),
	};
	store_tell_settled(options->store, count_report, &sink->counts);
	(void)reterr;
	return 0;
}

void ingest_sink_close(struct ingest_sink *sink)
{
	if (sink->is_in_batch) {
		store_rollback(sink->options.store);
	}
	if (sink->options.store != NULL) {
		store_tell_settled(sink->options.store, /* settled */ NULL, NULL);
	}
	buffer_free(&sink->evidence);
	buffer_free(&sink->reasons);
	buffer_free(&sink->policy);
	buffer_free(&sink->origin);
}

int ingest_sink_commit(struct ingest_sink *sink, struct failure *reterr)
{
	if (!sink->is_in_batch) {
		return 0;
	}
	sink->is_in_batch = false;
	sink->batch_rows = 0;
	return store_commit(sink->options.store, reterr);
}

static int need_batch(struct ingest_sink *sink, struct failure *reterr)
{
	if (sink->is_in_batch) {
		return 0;
	}
	int r = store_begin(sink->options.store, reterr);
	sink->is_in_batch = r == 0;
	return r;
}

int ingest_sink_note_mailbox(struct ingest_sink *sink, const struct store_mailbox *mailbox,
			     struct failure *reterr)
{
	int r = need_batch(sink, reterr);
	return r == 0 ? store_mailbox_put(sink->options.store, mailbox, reterr) : r;
}

static struct span content_of(struct ingest_sink *sink, struct report_hash hash)
{
	for (unsigned i = 0; i < 8; i++) {
		sink->content[i] = (char)(hash.high >> (8 * (7 - i)) & 0xff);
		sink->content[8 + i] = (char)(hash.low >> (8 * (7 - i)) & 0xff);
	}
	return span_of(sink->content, sizeof(sink->content));
}

static int64_t mail_date(const struct ingest_sink *sink)
{
	return sink->has_mail && sink->mail.has_date ? sink->mail.date : 0;
}

static struct store_report report_of(struct ingest_sink *sink, enum store_kind kind,
				     const struct report_identity *identity)
{
	const struct report_period *period = &identity->period;
	return (struct store_report){
		.kind = kind,
		.reporter = identity->reporter,
		.id = identity->id,
		.domain = identity->domain,
		/* Never the time of reading: the same report read again must be the same. */
		.begin_at = period->is_known ? period->begin : mail_date(sink),
		.end_at = period->is_known ? period->end : mail_date(sink),
		.mail_from = sink->has_mail ? sink->mail.from_domain : span_of(NULL, 0),
		.origin = buffer_span(&sink->origin),
		.content = content_of(sink, identity->content),
		.stored_at = sink->options.now,
	};
}

static void put_tag(struct buffer *text, const char *tag, const char *value)
{
	if (value[0] != '\0') {
		buffer_printf(text, "%s%s=%s", text->len > 0 ? "; " : "", tag, value);
	}
}

static struct span policy_text(struct ingest_sink *sink, const struct aggregate_policy *policy)
{
	struct buffer *text = &sink->policy;
	buffer_clear(text);
	put_tag(text, "p", report_policy_name(policy->p));
	put_tag(text, "sp", report_policy_name(policy->sp));
	put_tag(text, "np", report_policy_name(policy->np));
	put_tag(text, "adkim",
		policy->adkim == REPORT_ALIGNMENT_STRICT    ? "s"
		: policy->adkim == REPORT_ALIGNMENT_RELAXED ? "r"
							    : "");
	put_tag(text, "aspf",
		policy->aspf == REPORT_ALIGNMENT_STRICT	   ? "s"
		: policy->aspf == REPORT_ALIGNMENT_RELAXED ? "r"
							   : "");
	if (policy->has_pct) {
		buffer_printf(text, "%spct=%u", text->len > 0 ? "; " : "", policy->pct);
	}
	put_tag(text, "t", policy->is_testing ? "y" : "");
	return buffer_span(text);
}

static struct store_report aggregate_of(struct ingest_sink *sink,
					const struct aggregate_report *report)
{
	struct store_report stored = report_of(sink, STORE_AGGREGATE, &report->identity);
	stored.contact = report->contact;
	stored.policy = policy_text(sink, &report->policy);
	return stored;
}

static int on_document_begin(void *context, const struct report_origin *origin,
			     struct failure *reterr)
{
	struct ingest_sink *sink = context;
	(void)reterr;
	buffer_clear(&sink->origin);
	buffer_append(&sink->origin, span_slice(origin->path, 0, ORIGIN_MAX_BYTES / 2));
	if (origin->member.len > 0) {
		buffer_puts(&sink->origin, ": ");
		buffer_append(&sink->origin, span_slice(origin->member, 0, ORIGIN_MAX_BYTES / 4));
	}
	sink->has_mail = origin->mail != NULL;
	if (sink->has_mail) {
		sink->mail = *origin->mail;
	}
	return 0;
}

static int begin_report(struct ingest_sink *sink, const struct store_report *report,
			struct failure *reterr)
{
	int r = need_batch(sink, reterr);
	sink->report_rows = 0;
	return r == 0 ? store_report_begin(sink->options.store, report, reterr) : r;
}

static int judge(struct ingest_sink *sink, struct store_report *report, struct failure *reterr)
{
	static const struct authenticity_options nobody;
	const struct authenticity_options *options = sink->options.authenticity;
	const struct authenticity_case question = {
		.mail = sink->has_mail ? &sink->mail : NULL,
		.kind = report->kind,
		.reporter = report->reporter,
		.contact = report->contact,
	};
	int r = authenticity_judge(options != NULL ? options : &nobody, &question,
				   &report->authenticity, reterr);
	if (r < 0) {
		return r;
	}
	sink->counts.authenticities[report->authenticity]++;
	if (store_is_left_out(report->authenticity)) {
		sink->counts.left_out++;
		if (sink->options.left_out != NULL) {
			sink->options.left_out(sink->options.context, buffer_span(&sink->origin),
					       report);
		}
	}
	return 0;
}

static int end_report(struct ingest_sink *sink, struct store_report *report, struct failure *reterr)
{
	int r = judge(sink, report, reterr);
	if (r == 0) {
		r = store_report_end(sink->options.store, report, /* ret_outcome */ NULL, reterr);
	}
	if (r < 0) {
		return r;
	}
	sink->batch_rows += sink->report_rows + 1;
	return sink->batch_rows >= INGEST_BATCH_ROWS ? ingest_sink_commit(sink, reterr) : 0;
}

static int on_aggregate_begin(void *context, const struct aggregate_report *report,
			      struct failure *reterr)
{
	struct ingest_sink *sink = context;
	struct store_report stored = aggregate_of(sink, report);
	return begin_report(sink, &stored, reterr);
}

static enum store_disposition disposition_of(enum report_disposition disposition)
{
	switch (disposition) {
	case REPORT_DISPOSITION_ABSENT:
	case REPORT_DISPOSITION_OTHER:
		return STORE_DISPOSITION_UNKNOWN;
	case REPORT_DISPOSITION_NONE:
	case REPORT_DISPOSITION_PASS:
		return STORE_DISPOSITION_NONE;
	case REPORT_DISPOSITION_QUARANTINE:
		return STORE_DISPOSITION_QUARANTINE;
	case REPORT_DISPOSITION_REJECT:
		return STORE_DISPOSITION_REJECT;
	}
	return STORE_DISPOSITION_UNKNOWN;
}

static enum store_result result_of(enum report_result result)
{
	return result == REPORT_RESULT_ABSENT ? STORE_RESULT_UNKNOWN
	       : result == REPORT_RESULT_PASS ? STORE_RESULT_PASS
					      : STORE_RESULT_FAIL;
}

static struct span evidence_of(struct ingest_sink *sink, const struct aggregate_row *row)
{
	buffer_clear(&sink->evidence);
	for (size_t i = 0; i < row->dkim_count; i++) {
		const struct aggregate_dkim *dkim = &row->dkim[i];
		/* gosecure.net sends many empty elements. */
		if (dkim->domain.len == 0 && dkim->result == REPORT_RESULT_ABSENT) {
			continue;
		}
		struct evidence_item item = {/* is_dkim: */ true,
					     span_of_string(report_result_name(dkim->result)),
					     dkim->domain, dkim->selector};
		evidence_write(&sink->evidence, &item);
	}
	for (size_t i = 0; i < row->spf_count; i++) {
		const struct aggregate_spf *spf = &row->spf[i];
		struct evidence_item item = {
			/* is_dkim: */ false, span_of_string(report_result_name(spf->result)),
			spf->domain, span_of_string(report_scope_name(spf->scope))};
		evidence_write(&sink->evidence, &item);
	}
	return buffer_span(&sink->evidence);
}

static struct span reasons_of(struct ingest_sink *sink, const struct aggregate_row *row)
{
	buffer_clear(&sink->reasons);
	for (size_t i = 0; i < row->reason_count; i++) {
		const struct aggregate_reason *reason = &row->reasons[i];
		struct span comment = span_slice(reason->comment, 0, 200);
		buffer_printf(&sink->reasons, "%s ", report_reason_name(reason->type));
		for (size_t c = 0; c < comment.len; c++) {
			buffer_putc(&sink->reasons,
				    span_octet(comment, c) < ' ' ? ' ' : comment.ptr[c]);
		}
		buffer_putc(&sink->reasons, '\n');
	}
	return buffer_span(&sink->reasons);
}

static int on_aggregate_row(void *context, const struct aggregate_report *report,
			    const struct aggregate_row *row, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	(void)report;
	size_t source_len = row->source.family == NETWORK_IPV4 ? 4 : 16;
	struct store_row stored = {
		.source = span_of(row->source.address, row->has_source ? source_len : 0),
		.messages = row->has_count ? row->count : 0,
		.disposition = disposition_of(row->disposition),
		.dkim = result_of(row->dkim_evaluated),
		.spf = result_of(row->spf_evaluated),
		.header_from = row->header_from,
		.envelope_from = row->envelope_from,
		.envelope_to = row->envelope_to,
		.evidence = evidence_of(sink, row),
		.reasons = reasons_of(sink, row),
	};
	sink->report_rows++;
	return store_row_add(sink->options.store, &stored, reterr);
}

static int on_aggregate_end(void *context, const struct aggregate_report *report,
			    struct failure *reterr)
{
	struct ingest_sink *sink = context;
	struct store_report stored = aggregate_of(sink, report);
	return end_report(sink, &stored, reterr);
}

static struct store_report tls_of(struct ingest_sink *sink, const struct tls_report *report)
{
	struct store_report stored = report_of(sink, STORE_TLS, &report->identity);
	stored.contact = report->contact;
	return stored;
}

static int on_tls_begin(void *context, const struct tls_report *report, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	struct store_report stored = tls_of(sink, report);
	return begin_report(sink, &stored, reterr);
}

static struct span policy_word(const struct tls_policy *policy)
{
	return policy->type == TLS_POLICY_OTHER
		       ? policy->type_text
		       : span_of_string(tls_policy_type_name(policy->type));
}

static int add_detail(struct ingest_sink *sink, const struct store_detail *detail,
		      struct failure *reterr)
{
	sink->report_rows++;
	return store_detail_add(sink->options.store, detail, reterr);
}

static int on_tls_policy(void *context, const struct tls_report *report,
			 const struct tls_policy *policy, struct failure *reterr)
{
	(void)report;
	struct store_detail detail = {.count = policy->has_success_count ? policy->success_count
									 : 0};
	detail.words[STORE_TLS_POLICY] = policy_word(policy);
	detail.words[STORE_TLS_RESULT] = SPAN("success");
	return add_detail(context, &detail, reterr);
}

static int on_tls_failure(void *context, const struct tls_policy *policy,
			  const struct tls_failure *failure, struct failure *reterr)
{
	struct network_text receiving = network_format(failure->receiving_ip);
	struct network_text sending = network_format(failure->sending_ip);
	struct store_detail detail = {.count = failure->has_count ? failure->count : 0};
	detail.words[STORE_TLS_POLICY] = policy_word(policy);
	detail.words[STORE_TLS_RESULT] =
		failure->type == TLS_RESULT_OTHER
			? failure->type_text
			: span_of_string(tls_result_type_name(failure->type));
	detail.words[STORE_TLS_MX] = failure->receiving_mx;
	if (failure->has_receiving_ip) {
		detail.words[STORE_TLS_RECEIVING_IP] = span_of_string(receiving.text);
	}
	if (failure->has_sending_ip) {
		detail.words[STORE_TLS_SENDING_IP] = span_of_string(sending.text);
	}
	detail.words[STORE_TLS_REASON] = failure->reason_code;
	return add_detail(context, &detail, reterr);
}

static int on_tls_end(void *context, const struct tls_report *report, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	struct store_report stored = tls_of(sink, report);
	return end_report(sink, &stored, reterr);
}

static struct span domain_of_address(struct span address)
{
	size_t at = span_find(address, '@', 0);
	return at < address.len ? span_from(address, at + 1) : span_of(NULL, 0);
}

static int on_failure(void *context, const struct failure_report *report, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	struct store_report stored = report_of(sink, STORE_FAILURE, &report->identity);
	if (!report->identity.period.is_known && report->has_arrival) {
		stored.begin_at = report->arrival;
		stored.end_at = report->arrival;
	}
	struct network_text source = network_format(report->source);
	struct store_detail detail = {.count = report->incidents};
	buffer_clear(&sink->evidence);
	for (size_t i = 0; i < report->auth_failure_count; i++) {
		buffer_puts(&sink->evidence, i > 0 ? " " : "");
		buffer_append(&sink->evidence, report->auth_failures[i]);
	}
	detail.words[STORE_FAILURE_CHECKS] = buffer_span(&sink->evidence);
	detail.words[STORE_FAILURE_FROM] = domain_of_address(report->sample_from);
	detail.words[STORE_FAILURE_MAIL_FROM] = domain_of_address(report->mail_from);
	if (report->has_source) {
		detail.words[STORE_FAILURE_SOURCE] = span_of_string(source.text);
	}
	detail.words[STORE_FAILURE_DKIM] = report->dkim_domain;
	detail.words[STORE_FAILURE_DELIVERY] = report->delivery_result;
	int r = begin_report(sink, &stored, reterr);
	if (r == 0) {
		r = add_detail(sink, &detail, reterr);
	}
	return r == 0 ? end_report(sink, &stored, reterr) : r;
}

static int on_warning(void *context, const struct report_warning *warning, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	(void)reterr;
	sink->counts.warnings[warning->code]++;
	if (sink->loss == REPORT_WARNING_COUNT && report_warning_is_loss(warning->code)) {
		sink->loss = warning->code;
	}
	return 0;
}

static int on_document_end(void *context, const struct report_origin *origin,
			   const struct report_ending *ending, struct failure *reterr)
{
	struct ingest_sink *sink = context;
	(void)reterr;
	sink->counts.documents[ending->outcome]++;
	sink->counts.refusals[ending->refusal]++;
	bool is_used = ending->outcome == REPORT_TAKEN || ending->outcome == REPORT_REPAIRED ||
		       ending->outcome == REPORT_PARTIAL;
	sink->used_in_file += is_used ? 1 : 0;
	if (ending->outcome == REPORT_PARTIAL && sink->options.partial != NULL) {
		sink->options.partial(sink->options.context, origin, sink->loss);
	}
	sink->loss = REPORT_WARNING_COUNT;
	if (ending->outcome == REPORT_REFUSED && sink->options.refused != NULL) {
		sink->options.refused(sink->options.context, origin, ending);
	}
	return 0;
}

struct report_sink ingest_sink_of(struct ingest_sink *sink)
{
	return (struct report_sink){
		.context = sink,
		.document_begin = on_document_begin,
		.aggregate_begin = on_aggregate_begin,
		.aggregate_row = on_aggregate_row,
		.aggregate_end = on_aggregate_end,
		.tls_begin = on_tls_begin,
		.tls_policy = on_tls_policy,
		.tls_failure = on_tls_failure,
		.tls_end = on_tls_end,
		.failure = on_failure,
		.warning = on_warning,
		.document_end = on_document_end,
	};
}

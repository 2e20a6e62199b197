/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What holds for all that a reader of reports tells, whatever it is given. */
#ifndef MAILSEAL_FUZZ_FUZZ_REPORTS_H
#define MAILSEAL_FUZZ_FUZZ_REPORTS_H

#include "fuzz.h"

#include "reports/reports.h"

struct fuzz_tally {
	bool is_open;
	bool is_report_open;
	uint64_t rows;
	uint64_t warnings;
	bool has_loss;
};

static inline void fuzz_touch(struct span s)
{
	volatile unsigned char sum = 0;
	for (size_t i = 0; i < s.len; i++) {
		sum = (unsigned char)(sum + span_octet(s, i));
	}
}

static inline int fuzz_document_begin(void *context, const struct report_origin *origin,
				      struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(!tally->is_open);
	*tally = (struct fuzz_tally){.is_open = true};
	fuzz_touch(origin->member);
	return 0;
}

static inline int fuzz_aggregate_begin(void *context, const struct aggregate_report *report,
				       struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(tally->is_open && !tally->is_report_open);
	FUZZ_CHECK(report->identity.reporter.len > 0);
	tally->is_report_open = true;
	return 0;
}

static inline int fuzz_row(void *context, const struct aggregate_report *report,
			   const struct aggregate_row *row, struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(tally->is_report_open && row->dkim_count <= REPORT_MAX_DKIM);
	FUZZ_CHECK(row->spf_count <= REPORT_MAX_SPF && row->reason_count <= REPORT_MAX_REASONS);
	fuzz_touch(row->header_from);
	fuzz_touch(row->envelope_from);
	for (size_t i = 0; i < row->dkim_count; i++) {
		fuzz_touch(row->dkim[i].domain);
		fuzz_touch(row->dkim[i].selector);
		FUZZ_CHECK(report_result_name(row->dkim[i].result) != NULL);
	}
	tally->rows++;
	return 0;
}

static inline int fuzz_aggregate_end(void *context, const struct aggregate_report *report,
				     struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	const struct report_period *period = &report->identity.period;
	FUZZ_CHECK(tally->is_report_open && report->row_count == tally->rows);
	FUZZ_CHECK(report->identity.id.len > 0);
	FUZZ_CHECK(!period->is_known || period->begin <= period->end);
	tally->is_report_open = false;
	return 0;
}

static inline int fuzz_warning(void *context, const struct report_warning *warning,
			       struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(tally->is_open && report_warning_name(warning->code) != NULL);
	fuzz_touch(warning->detail);
	tally->warnings++;
	tally->has_loss |= report_warning_is_loss(warning->code);
	return 0;
}

static inline int fuzz_failure(void *context, const struct failure_report *report,
			       struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(tally->is_open && report->is_redacted && report->sample_subject.len == 0);
	FUZZ_CHECK(report->mail_from.len == 0 || report->mail_from.ptr[0] == '@');
	FUZZ_CHECK(report->identity.id.len > 0);
	fuzz_touch(report->authentication_results);
	return 0;
}

static inline int fuzz_tls_policy(void *context, const struct tls_report *report,
				  const struct tls_policy *policy, struct failure *reterr)
{
	FUZZ_CHECK(policy->mx_count <= REPORT_MAX_LIST && policy->string_count <= REPORT_MAX_LIST);
	fuzz_touch(policy->domain);
	return 0;
}

static inline int fuzz_document_end(void *context, const struct report_origin *origin,
				    const struct report_ending *ending, struct failure *reterr)
{
	struct fuzz_tally *tally = context;
	FUZZ_CHECK(tally->is_open && !tally->is_report_open);
	FUZZ_CHECK(ending->outcome != REPORT_REFUSED || ending->refusal != REPORT_NOT_REFUSED);
	FUZZ_CHECK(ending->outcome != REPORT_TAKEN || tally->warnings == 0);
	FUZZ_CHECK(ending->outcome != REPORT_REPAIRED || !tally->has_loss);
	tally->is_open = false;
	return 0;
}

/* Reads a file of these bytes, with limits that hostile input of a few kB can reach. */
static inline void fuzz_read(struct span bytes)
{
	struct fuzz_tally tally = {.is_open = false};
	struct report_options options = {.limits = report_limits_default()};
	struct report_sink sink = {.context = &tally,
				   .document_begin = fuzz_document_begin,
				   .aggregate_begin = fuzz_aggregate_begin,
				   .aggregate_row = fuzz_row,
				   .aggregate_end = fuzz_aggregate_end,
				   .tls_policy = fuzz_tls_policy,
				   .failure = fuzz_failure,
				   .warning = fuzz_warning,
				   .document_end = fuzz_document_end};
	struct report_reader *reader;
	struct failure failure;
	options.limits.max_rows = 1000;
	options.limits.max_members = 50;
	options.limits.max_unpacked_bytes = (uint64_t)4 << 20;
	options.limits.ratio_free_bytes = (uint64_t)1 << 20;
	options.limits.max_mail_bytes = (size_t)1 << 20;
	options.limits.max_json_bytes = (size_t)1 << 20;
	if (report_reader_new(&options, &sink, &reader, &failure) < 0) {
		return;
	}
	FUZZ_CHECK(report_reader_read_bytes(reader, bytes, SPAN("fuzz"), &failure) == 0);
	FUZZ_CHECK(!tally.is_open);
	report_reader_free(reader);
}

#endif

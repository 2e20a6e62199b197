/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finishing a row. */
#include "reports/aggregate_row.h"

void aggregate_row_clear(struct aggregate_row *row)
{
	size_t dkim_count = row->dkim_count < REPORT_MAX_DKIM ? row->dkim_count : REPORT_MAX_DKIM;
	memset(row->dkim, 0, dkim_count * sizeof(row->dkim[0]));
	memset(row->spf, 0, row->spf_count * sizeof(row->spf[0]));
	memset(row->reasons, 0, row->reason_count * sizeof(row->reasons[0]));
	row->dkim_count = 0;
	row->spf_count = 0;
	row->reason_count = 0;
	row->has_source = false;
	row->has_count = false;
	row->count = 0;
	row->disposition = REPORT_DISPOSITION_ABSENT;
	row->dkim_evaluated = REPORT_RESULT_ABSENT;
	row->spf_evaluated = REPORT_RESULT_ABSENT;
	row->is_header_from_guessed = false;
	row->header_from = row->envelope_from = row->envelope_to = span_of(NULL, 0);
	memset(&row->source, 0, sizeof(row->source));
}

static void hash_lists(struct report_hash *hash, const struct aggregate_row *row)
{
	for (size_t i = 0; i < row->dkim_count; i++) {
		hash_span(hash, row->dkim[i].domain);
		hash_span(hash, row->dkim[i].selector);
		hash_number(hash, row->dkim[i].result);
		hash_span(hash, row->dkim[i].human_result);
	}
	for (size_t i = 0; i < row->spf_count; i++) {
		hash_span(hash, row->spf[i].domain);
		hash_number(hash, (uint64_t)row->spf[i].scope << 8 | row->spf[i].result);
		hash_span(hash, row->spf[i].human_result);
	}
	for (size_t i = 0; i < row->reason_count; i++) {
		hash_number(hash, row->reasons[i].type);
		hash_span(hash, row->reasons[i].comment);
	}
}

static struct report_hash hash_row(const struct aggregate_row *row)
{
	struct report_hash hash = hash_new();
	hash_span(&hash, span_of(row->source.address, sizeof(row->source.address)));
	hash_number(&hash, (uint64_t)row->has_source << 1 | row->has_count);
	hash_number(&hash, row->count);
	hash_number(&hash, (uint64_t)row->disposition << 16 | row->dkim_evaluated << 8 |
				   row->spf_evaluated);
	hash_span(&hash, row->header_from);
	hash_span(&hash, row->envelope_from);
	hash_span(&hash, row->envelope_to);
	hash_number(&hash, row->dkim_count << 16 | row->spf_count << 8 | row->reason_count);
	hash_lists(&hash, row);
	return hash;
}

void aggregate_row_finish(struct reading *reading, const struct aggregate_report *report,
			  struct aggregate_row *row)
{
	struct span nothing = {NULL, 0};
	if (!row->has_source) {
		reading_warn(reading, REPORT_ROW_SOURCE, row->number, 0, nothing);
	}
	if (!row->has_count) {
		reading_warn(reading, REPORT_ROW_COUNT, row->number, 0, nothing);
	} else if (row->count == 0) {
		reading_warn(reading, REPORT_ROW_COUNT_ZERO, row->number, 0, nothing);
	}
	if (row->disposition == REPORT_DISPOSITION_ABSENT ||
	    row->dkim_evaluated == REPORT_RESULT_ABSENT ||
	    row->spf_evaluated == REPORT_RESULT_ABSENT) {
		reading_warn(reading, REPORT_ROW_EVALUATION, row->number, 0, nothing);
	}
	if (row->dkim_count == 0 && row->spf_count == 0) {
		reading_warn(reading, REPORT_ROW_AUTH_MISSING, row->number, 0, nothing);
	}
	if (row->header_from.len == 0) {
		reading_warn(reading, REPORT_ROW_FROM_MISSING, row->number, 0, nothing);
		row->header_from = report->policy.domain;
		row->is_header_from_guessed = true;
	}
	row->hash = hash_row(row);
}

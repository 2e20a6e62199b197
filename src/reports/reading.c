/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How the document at hand is going. */
#include "reports/reading.h"

#include <stdio.h>

static void flush_notes(struct reading *reading)
{
	for (int code = 0; code < REPORT_WARNING_COUNT && reading->packed_notes != 0; code++) {
		if ((reading->packed_notes >> code & 1) != 0) {
			reading->packed_notes &= ~((uint64_t)1 << code);
			reading_warn(reading, (enum report_warning_code)code, 0, 0,
				     span_of(NULL, 0));
		}
	}
}

void reading_document_begin(struct reading *reading, struct span member)
{
	reading->origin = (struct report_origin){reading->path, member, reading->mail};
	reading->ending = (struct report_ending){.refusal = reading->unpack_refusal};
	reading->has_loss = false;
	reading->is_open = true;
	if (reading->ending.refusal == REPORT_NOT_REFUSED) {
		reading->detail[0] = '\0';
	}
	READING_TELL(reading, document_begin, &reading->origin);
}

static enum report_outcome outcome_of(const struct reading *reading, bool is_usable)
{
	if (!is_usable) {
		return REPORT_REFUSED;
	}
	if (reading->has_loss || reading->ending.refusal != REPORT_NOT_REFUSED) {
		return REPORT_PARTIAL;
	}
	return reading->ending.warning_count > 0 ? REPORT_REPAIRED : REPORT_TAKEN;
}

void reading_document_end(struct reading *reading, bool is_usable)
{
	struct report_ending *ending = &reading->ending;
	flush_notes(reading);
	if (!is_usable && ending->refusal == REPORT_NOT_REFUSED) {
		ending->refusal = REPORT_REFUSED_NOT_A_REPORT;
	}
	ending->outcome = outcome_of(reading, is_usable);
	ending->detail = span_of_string(reading->detail);
	READING_TELL(reading, document_end, &reading->origin, ending);
	reading->documents++;
	reading->is_open = false;
}

void reading_document_drop(struct reading *reading)
{
	reading->ending.outcome = REPORT_IGNORED;
	reading->ending.refusal = REPORT_NOT_REFUSED;
	READING_TELL(reading, document_end, &reading->origin, &reading->ending);
	reading->is_open = false;
}

void reading_document_ignore(struct reading *reading, struct span member)
{
	struct report_origin origin = {reading->path, member, reading->mail};
	struct report_ending ending = {.outcome = REPORT_IGNORED};
	reading->packed_notes = 0;
	READING_TELL(reading, document_begin, &origin);
	READING_TELL(reading, document_end, &origin, &ending);
}

void reading_warn(struct reading *reading, enum report_warning_code code, uint64_t row,
		  uint64_t offset, struct span detail)
{
	struct report_warning warning = {code, row, offset,
					 span_slice(detail, 0, READING_DETAIL_BYTES)};
	reading->ending.warning_count++;
	reading->has_loss |= report_warning_is_loss(code);
	READING_TELL(reading, warning, &warning);
}

void reading_note(struct reading *reading, enum report_warning_code code)
{
	reading->packed_notes |= (uint64_t)1 << code;
}

void reading_refuse(struct reading *reading, enum report_refusal refusal, const char *detail)
{
	if (reading->ending.refusal == REPORT_NOT_REFUSED) {
		reading->ending.refusal = refusal;
		(void)snprintf(reading->detail, sizeof(reading->detail), "%s", detail);
	}
}

void reading_refuse_unpacking(struct reading *reading, enum report_refusal refusal,
			      const char *detail)
{
	reading_refuse(reading, refusal, detail);
	if (reading->unpack_refusal == REPORT_NOT_REFUSED) {
		reading->unpack_refusal = refusal;
	}
}

void reading_fail_memory(struct reading *reading, const char *what)
{
	if (reading->status >= 0) {
		reading->status = failure_set_memory(&reading->failure, what);
	}
}

bool reading_count_unpacked(struct reading *reading, uint64_t of_this, size_t len)
{
	const struct report_limits *limits = &reading->options.limits;
	reading->unpacked_bytes += len;
	if (reading->unpacked_bytes > limits->max_unpacked_bytes) {
		reading_refuse_unpacking(reading, REPORT_REFUSED_SIZE, "all that unpacks together");
		return false;
	}
	/* hazard 50: judged against what came from outside, so that nesting multiplies nothing */
	if (of_this > limits->ratio_free_bytes &&
	    of_this / limits->max_ratio > reading->packed_bytes) {
		reading_refuse_unpacking(reading, REPORT_REFUSED_RATIO, "a decompression bomb");
		return false;
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What all parts of one reading share: the sink, the limits, and how the document at hand is going.
 * Trouble is sticky: parts write it here and come to an end by themselves.
 */
#ifndef MAILSEAL_REPORTS_READING_H
#define MAILSEAL_REPORTS_READING_H

#include "reports/reader.h"

#define READING_DETAIL_BYTES 200

struct reading {
	struct report_options options;
	struct report_sink sink;
	int status; /* negative: stop everything; failure says why */
	struct failure failure;
	/* The file or message at hand. */
	struct span path;
	const struct report_mail *mail;
	uint64_t packed_bytes;		    /* read from outside */
	uint64_t unpacked_bytes;	    /* given out by all unpackers together */
	enum report_refusal unpack_refusal; /* holds for all that comes from the same file */
	unsigned nesting;
	uint64_t documents; /* that ended and were not ignored */
	/* The document at hand. */
	bool is_open;
	bool is_silent; /* a trial: nothing reaches the sink */
	struct report_origin origin;
	struct report_ending ending;
	bool has_loss;
	char detail[READING_DETAIL_BYTES];
	uint64_t packed_notes; /* a bit for each REPORT_PACKED_* seen before the document began */
};

void reading_document_begin(struct reading *reading, struct span member);
/* is_usable: something of it was, or could have been, given to the sink. */
void reading_document_end(struct reading *reading, bool is_usable);
/* Ends a document that turned out to be none, or to be one that was read already. */
void reading_document_drop(struct reading *reading);
/* A document that holds no report and needs no reason. */
void reading_document_ignore(struct reading *reading, struct span member);
/* row and offset 0: the report as a whole, unknown. */
void reading_warn(struct reading *reading, enum report_warning_code code, uint64_t row,
		  uint64_t offset, struct span detail);
/* Remembers a trouble of the wrapping for the document that is, or will be, open. */
void reading_note(struct reading *reading, enum report_warning_code code);
/* The first reason stays. The detail is "" or for people. */
void reading_refuse(struct reading *reading, enum report_refusal refusal, const char *detail);
/* The same for all that is in the file: its limits are used up. */
void reading_refuse_unpacking(struct reading *reading, enum report_refusal refusal,
			      const char *detail);
void reading_fail_memory(struct reading *reading, const char *what);
/* Counts unpacked octets and refuses a bomb. False: stop. */
bool reading_count_unpacked(struct reading *reading, uint64_t of_this, size_t len);

/* True when nothing more should be read of this document. */
static inline bool reading_is_stopped(const struct reading *reading)
{
	return reading->status < 0 || reading->ending.refusal != REPORT_NOT_REFUSED;
}

/* Whether to call this sink function, and keeping what it answers. */
#define READING_TELL(whose, function, ...)                                                         \
	do {                                                                                       \
		struct reading *tell_reading = (whose);                                            \
		if (tell_reading->status >= 0 && !tell_reading->is_silent &&                       \
		    tell_reading->sink.function != NULL) {                                         \
			tell_reading->status = tell_reading->sink.function(                        \
				tell_reading->sink.context, __VA_ARGS__, &tell_reading->failure);  \
		}                                                                                  \
	} while (0)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The reader's events written to the store. */
#ifndef MAILSEAL_SERVICE_INGEST_SINK_H
#define MAILSEAL_SERVICE_INGEST_SINK_H

#include "service/ingest.h"

struct ingest_sink {
	struct ingest_options options;
	struct ingest_counts counts;
	struct buffer evidence;
	struct buffer reasons;
	struct buffer policy;
	struct buffer origin;
	char content[16];
	bool is_in_batch;
	uint64_t batch_rows;
	uint64_t used_in_file; /* documents of the current file that were of use */
	bool has_mail;	       /* around the document */
	struct report_mail mail;
	uint64_t report_rows;
	enum report_warning_code loss; /* the document's first; REPORT_WARNING_COUNT: none */
};

int ingest_sink_open(struct ingest_sink *sink, const struct ingest_options *options,
		     struct failure *reterr) MUST_CHECK;
void ingest_sink_close(struct ingest_sink *sink);
/* The callbacks; the sink must stay where it is. */
struct report_sink ingest_sink_of(struct ingest_sink *sink);
/* Puts what is remembered of the mailbox into the batch that is committed next. */
int ingest_sink_note_mailbox(struct ingest_sink *sink, const struct store_mailbox *mailbox,
			     struct failure *reterr) MUST_CHECK;
int ingest_sink_commit(struct ingest_sink *sink, struct failure *reterr) MUST_CHECK;

#endif

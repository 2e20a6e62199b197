/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reports from files into the store. Work is committed in batches; a file counts as done only after
 * the commit that holds all its rows, so that a program killed at any moment and started again
 * loses nothing and counts nothing twice.
 */
#ifndef MAILSEAL_SERVICE_INGEST_H
#define MAILSEAL_SERVICE_INGEST_H

#include "reports/reports.h"
#include "service/authenticity.h"
#include "store/mailboxes.h"

/* A batch ends after a report that brings it to this many rows, or after so many files. */
#define INGEST_BATCH_ROWS 50000
#define INGEST_BATCH_FILES 500

struct ingest_counts {
	uint64_t files;
	uint64_t unreadable_files;
	uint64_t documents[REPORT_IGNORED + 1]; /* by outcome */
	/* Reports and rows that were settled: some of the last batch may not be yet. */
	uint64_t reports[REPORT_KIND_FAILURE + 1]; /* new ones, by kind */
	uint64_t same_reports;			   /* held already */
	uint64_t merged_reports;
	uint64_t rows; /* of new and merged aggregate reports that are not left out */
	uint64_t messages;
	/* Of all reports, held ones included; by number. */
	uint64_t authenticities[STORE_AUTHENTICITY_LAST + 1];
	uint64_t left_out; /* not their senders', or proved not to be their reporters' */
	uint64_t warnings[REPORT_WARNING_COUNT];
	uint64_t refusals[REPORT_REFUSAL_COUNT];
};

struct ingest_options {
	struct store *store;
	int64_t now;
	/* By what is known of the mail a report came in; NULL: nothing is asked. */
	const struct authenticity_options *authenticity;
	const char *move_to; /* folder for files that are done; NULL leaves them */
	void *context;
	/* Called after each file, and for what could not be used. May be NULL. */
	void (*progress)(void *context, const struct ingest_counts *counts);
	void (*refused)(void *context, const struct report_origin *origin,
			const struct report_ending *ending);
	/* A document of which something was lost, and what first. */
	void (*partial)(void *context, const struct report_origin *origin,
			enum report_warning_code loss);
	/* A report that is kept and counts for nothing. */
	void (*left_out)(void *context, struct span origin, const struct store_report *report);
	void (*unreadable)(void *context, struct span path, const struct failure *failure);
	bool (*is_stopped)(void *context);
};

struct ingest;

int ingest_new(const struct ingest_options *options, struct ingest **ret_ingest,
	       struct failure *reterr) MUST_CHECK;
/* What was not committed is forgotten. */
void ingest_free(struct ingest *ingest);
/* A file, or all files of a folder. Files that were changed before `since` or in the last
 * `settle_s` seconds before `now` are left for another time; 0 and 0 take all. */
int ingest_path(struct ingest *ingest, const char *path, int64_t since, int64_t settled_before,
		struct failure *reterr) MUST_CHECK;
/* An open file or pipe. It is not moved. */
int ingest_fd(struct ingest *ingest, int fd, struct span name, struct failure *reterr) MUST_CHECK;
/* One message or file from elsewhere: up to size octets a call, 0 at the end. It is not moved. */
struct ingest_stream {
	size_t (*read)(void *context, char *into, size_t size);
	void *context;
	struct span name;
};
/* *ret_is_used: something in it could be used. */
int ingest_stream(struct ingest *ingest, const struct ingest_stream *stream, bool *ret_is_used,
		  struct failure *reterr) MUST_CHECK;
/* Counts something that could not be read, and tells. */
void ingest_refuse(struct ingest *ingest, struct span name, const struct failure *why);
/* Commits; what is remembered of the mailbox goes with the rows. */
int ingest_commit_mailbox(struct ingest *ingest, const struct store_mailbox *mailbox,
			  struct failure *reterr) MUST_CHECK;
/* Commits, and moves the files that are done. */
int ingest_finish(struct ingest *ingest, struct failure *reterr) MUST_CHECK;
const struct ingest_counts *ingest_counts(const struct ingest *ingest);

#endif

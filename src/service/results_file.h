/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A file of results, one line each, that only ever grows: what stands in it in whole lines is done,
 * whatever happened since. A line goes to the system in one write as soon as it is finished, so
 * kill -9 costs at most the line being written; at least every two seconds and at the end the
 * system is told to put all of it on the disk (fdatasync), so a power cut costs no more than that.
 * The file is locked while it is open.
 */
#ifndef MAILSEAL_SERVICE_RESULTS_FILE_H
#define MAILSEAL_SERVICE_RESULTS_FILE_H

#include "service/seen.h"

#define RESULTS_SYNC_MS 2000
/* One result with all its texts. */
#define RESULTS_MAX_LINE ((size_t)16 << 20)

enum results_form {
	RESULTS_JSON, /* each line is an object that begins with its "domain" */
	RESULTS_CSV,  /* the first field of each line but the first is the domain, quoted */
};

struct results_resumed {
	uint64_t lines;	 /* results that are there already */
	uint64_t octets; /* of a torn last line, taken away */
};

/* Who is told of what is there already. */
struct results_reader {
	struct seen *done; /* the domains are added to it */
	void *context;
	/* Each line, without its line end; not the header. May be NULL. */
	void (*take)(void *context, struct span line);
};

struct results_file;

/*
 * Opens a new file; one that has something in it is a failure unless is_resumed. Then its last line
 * is taken away if it is torn, and what is left is told. A line that is no result is a failure:
 * this is some other file.
 */
int results_file_open(const char *path, enum results_form form, bool is_resumed,
		      const struct results_reader *reader, struct results_file **ret_file,
		      struct results_resumed *ret_resumed, struct failure *reterr) MUST_CHECK;
/* Appends one line, or several; text ends with a line end. */
int results_file_write(struct results_file *file, struct span text,
		       struct failure *reterr) MUST_CHECK;
bool results_file_is_empty(const struct results_file *file);
/* To the disk, when RESULTS_SYNC_MS have passed since the last time or is_last. */
int results_file_sync(struct results_file *file, int64_t now_ms, bool is_last,
		      struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void results_file_close(struct results_file *file);
/* The domain of a line, without its line end; false when it is no result. Pure. */
bool results_line_domain(enum results_form form, struct span line, struct span *ret_domain);

#endif

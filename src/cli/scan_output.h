/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Where the results of a scan go: lines on standard output or in a file, and a summary. */
#ifndef MAILSEAL_CLI_SCAN_OUTPUT_H
#define MAILSEAL_CLI_SCAN_OUTPUT_H

#include "service/results_file.h"
#include "service/scan_tally.h"

struct scan_output_options {
	const char *path; /* NULL: standard output */
	bool is_json;
	bool is_csv;
	bool is_resumed;
	bool has_summary;
	bool is_silent; /* no lines: only the counts */
	bool has_run;	/* what was found before is counted from a database, not from the file */
};

struct scan_output;

/* Domains whose results are there already are added to `done`. */
int scan_output_open(const struct scan_output_options *options, struct seen *done,
		     struct scan_output **ret_output, struct failure *reterr) MUST_CHECK;
struct scan_sink *scan_output_sink(struct scan_output *output);
/* Makes all durable, and prints the summary when it was asked for. */
int scan_output_finish(struct scan_output *output, struct failure *reterr) MUST_CHECK;
/* With the results that were in the file before, unless has_run. */
struct scan_tally *scan_output_tally(struct scan_output *output);
/* NULL is allowed. */
void scan_output_close(struct scan_output *output);

#endif

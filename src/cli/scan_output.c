/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results -> lines. */
#include "cli/scan_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/scan_progress.h"
#include "present/scan.h"

#define SUMMARY_MAX_BYTES ((size_t)64 << 10)

struct scan_output {
	struct scan_sink sink; /* first: take() casts back */
	struct scan_output_options options;
	struct results_file *file; /* NULL: standard output */
	struct buffer line;
	struct scan_tally tally;
	uint64_t uncounted; /* results of before, of another version */
	bool has_begun;
};

static int write_line(struct scan_output *output, struct failure *reterr)
{
	struct span line = buffer_span(&output->line);
	if (output->line.is_failed) {
		return failure_set_memory(reterr, "write a result");
	}
	if (output->file != NULL) {
		return results_file_write(output->file, line, reterr);
	}
	bool is_ok = fwrite(line.ptr, 1, line.len, stdout) == line.len && fflush(stdout) == 0;
	if (!is_ok && errno == EPIPE) {
		interrupt_end_by_pipe();
	}
	return is_ok ? 0
		     : failure_set(reterr, FAILURE_IO, "standard output", "%s", strerror(errno));
}

/* The header stands in the file only once, however often it is gone on with. */
static int begin(struct scan_output *output, struct failure *reterr)
{
	bool is_needed = !output->has_begun && output->options.is_csv &&
			 (output->file == NULL || results_file_is_empty(output->file));
	output->has_begun = true;
	if (!is_needed) {
		return 0;
	}
	present_csv_scan_header(&output->line);
	return write_line(output, reterr);
}

static int take(struct scan_sink *sink, const struct scan_result *result, struct failure *reterr)
{
	struct scan_output *output = (struct scan_output *)sink;
	scan_tally_add(&output->tally, result);
	int r = output->options.is_silent ? 0 : begin(output, reterr);
	if (r < 0 || output->options.is_silent) {
		return r;
	}
	buffer_clear(&output->line);
	if (output->options.is_csv) {
		present_csv_scan(result, &output->line);
	} else {
		present_json_scan(result, &output->line);
	}
	return write_line(output, reterr);
}

static int tick(struct scan_sink *sink, struct failure *reterr)
{
	struct scan_output *output = (struct scan_output *)sink;
	return output->file != NULL ? results_file_sync(output->file, scan_clock_ms(),
							/* is_last */ false, reterr)
				    : 0;
}

static enum results_form form_of(const struct scan_output *output)
{
	return output->options.is_csv ? RESULTS_CSV : RESULTS_JSON;
}

static void count_line(void *context, struct span line)
{
	struct scan_output *output = context;
	output->uncounted += scan_tally_add_line(&output->tally, form_of(output), line) ? 0 : 1;
}

static int open_file(struct scan_output *output, struct seen *done, struct failure *reterr)
{
	const struct scan_output_options *options = &output->options;
	const struct results_reader reader = {done, output, options->has_run ? NULL : count_line};
	struct results_resumed resumed;
	int r = results_file_open(options->path, form_of(output), options->is_resumed, &reader,
				  &output->file, &resumed, reterr);
	if (r < 0) {
		return r;
	}
	if (options->is_resumed) {
		complain("note", "%s: %llu results are there already%s", options->path,
			 (unsigned long long)resumed.lines,
			 resumed.octets > 0 ? "; a torn last line was taken away" : "");
	}
	return 0;
}

int scan_output_open(const struct scan_output_options *options, struct seen *done,
		     struct scan_output **ret_output, struct failure *reterr)
{
	if (options->is_resumed && options->path == NULL) {
		return failure_set(reterr, FAILURE_INPUT, "--resume", "needs --out FILE");
	}
	if (options->is_json && options->is_csv) {
		return failure_set(reterr, FAILURE_INPUT, "--csv", "not together with --json");
	}
	struct scan_output *output = calloc(1, sizeof(*output));
	if (output == NULL) {
		return failure_set_memory(reterr, "scan");
	}
	output->sink = (struct scan_sink){take, tick};
	output->options = *options;
	output->line = buffer_new(RESULTS_MAX_LINE);
	int r = options->path != NULL ? open_file(output, done, reterr) : 0;
	if (r < 0) {
		scan_output_close(output);
		return r;
	}
	*ret_output = output;
	return 0;
}

struct scan_sink *scan_output_sink(struct scan_output *output)
{
	return &output->sink;
}

struct scan_tally *scan_output_tally(struct scan_output *output)
{
	return &output->tally;
}

/* To standard output when that has no results on it. */
static void print_summary(const struct scan_output *output)
{
	struct buffer text = buffer_new(SUMMARY_MAX_BYTES);
	FILE *stream = output->file != NULL || output->options.is_silent ? stdout : stderr;
	present_terminal_tally(&output->tally, &text);
	if (output->uncounted > 0) {
		buffer_printf(&text, "\n%llu results of another version are not counted here\n",
			      (unsigned long long)output->uncounted);
	}
	fwrite(text.data, 1, text.len, stream);
	buffer_free(&text);
}

int scan_output_finish(struct scan_output *output, struct failure *reterr)
{
	int r = output->file != NULL ? results_file_sync(output->file, /* now_ms */ 0,
							 /* is_last */ true, reterr)
				     : 0;
	if (r == 0 && output->options.has_summary) {
		print_summary(output);
	}
	return r;
}

void scan_output_close(struct scan_output *output)
{
	if (output != NULL) {
		results_file_close(output->file);
		buffer_free(&output->line);
		free(output);
	}
}

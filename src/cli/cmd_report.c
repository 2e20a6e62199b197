/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal report: a whole sector in one view, from what scan and watch have kept. */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/exceptions_file.h"
#include "cli/moment.h"
#include "cli/output_file.h"
#include "cli/screen.h"
#include "cli/store_options.h"
#include "present/sector.h"
#include "service/rejudge.h"

#define OUTPUT_MAX_BYTES ((size_t)256 << 20)

struct report_options {
	struct output_options output;
	const char *database;
	const char *since;
	const char *until;
	const char *exceptions;
	const char *rejudged;
};

#define FIELD(name) offsetof(struct report_options, name)

static const struct option what_options[] = {
	ESTATE_OPTION(struct report_options, database),
	{"since", 0, OPTION_STRING, "TIME", "show the time from here on: 2026-11-01, or 30d",
	 FIELD(since)},
	{"until", 0, OPTION_STRING, "TIME", "as of this time (default: now)", FIELD(until)},
	{"rejudged", 0, OPTION_STRING, "NAME", "as judged again by scan --rejudge",
	 FIELD(rejudged)},
	{"exceptions", 0, OPTION_STRING, "FILE",
	 "CSV: domain,finding,owner,expires,reason; left out until they expire", FIELD(exceptions)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object on standard output", FIELD(output.is_json)},
	{"csv", 0, OPTION_FLAG, NULL, "one row a group, for a spreadsheet", FIELD(output.is_csv)},
	{"html", 0, OPTION_STRING, "FILE", "also write a page that stands alone and prints well",
	 FIELD(output.html_path)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(output.color)},
	{"quiet", 'q', OPTION_FLAG, NULL, "one sentence", FIELD(output.is_quiet)},
};

static const struct option_group what_group = OPTION_GROUP("what", what_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group *const groups[] = {&what_group, &output_group, NULL};

static int print(const struct sector *sector, const struct output_options *output,
		 struct failure *reterr)
{
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	struct terminal_style style = screen_style(output);
	int r = 0;
	if (output->html_path != NULL) {
		present_html_sector(sector, &text);
		r = text.is_failed
			    ? failure_set_memory(reterr, output->html_path)
			    : output_file_write(output->html_path, buffer_span(&text), reterr);
		buffer_clear(&text);
	}
	if (output->is_json) {
		present_json_sector(sector, &text);
	} else if (output->is_csv) {
		present_csv_sector(sector, &text);
	} else {
		present_terminal_sector(sector, &style, &text);
	}
	if (r == 0 && text.is_failed) {
		r = failure_set_memory(reterr, "print the report");
	}
	if (r == 0) {
		fwrite(text.data, 1, text.len, stdout);
	}
	buffer_free(&text);
	return r;
}

static int read_options(const struct report_options *options, struct buffer *exceptions,
			struct sector_options *ret_sector, struct failure *reterr)
{
	int64_t now = wall_clock(NULL);
	struct sector_options sector = {.at = now};
	int r = options->until != NULL
			? moment_read("--until", options->until, now, &sector.at, reterr)
			: 0;
	if (r == 0 && options->since != NULL) {
		r = moment_read("--since", options->since, now, &sector.since, reterr);
	}
	if (r == 0 && options->exceptions != NULL) {
		r = exceptions_file_read(options->exceptions, exceptions, reterr);
	}
	sector.exceptions = buffer_span(exceptions);
	*ret_sector = sector;
	return r;
}

static enum exit_code run_report(const struct invocation *invocation)
{
	const struct report_options *options = invocation->options;
	struct buffer exceptions = buffer_new(EXCEPTIONS_MAX_BYTES);
	struct sector_options what;
	struct sector sector = {0};
	struct store *store = NULL;
	struct failure failure;
	int r = read_options(options, &exceptions, &what, &failure);
	r = r == 0 ? store_open_option(options->database, STORE_WITH_CHECKS, &store, &failure) : r;
	if (r == 0 && options->rejudged != NULL) {
		r = rejudge_find(store, span_of_string(options->rejudged), &what.rejudged,
				 &failure);
	}
	r = r == 0 ? sector_read(store, &what, &sector, &failure) : r;
	r = r == 0 ? print(&sector, &options->output, &failure) : r;
	enum exit_code code = sector.all.domains == 0 ? EXIT_UNDETERMINED : EXIT_CLEAN;
	sector_free(&sector);
	store_close(store);
	buffer_free(&exceptions);
	return r < 0 ? complain_failure(&failure) : code;
}

const struct command cmd_report = {
	.name = "report",
	.operands = "",
	.summary = "a whole estate in one view: adoption, what to mend first, shared weak points",
	.example = "mailseal report --db estate.db --html report.html",
	.groups = groups,
	.options_size = sizeof(struct report_options),
	.max_operands = 0,
	.run = run_report,
};

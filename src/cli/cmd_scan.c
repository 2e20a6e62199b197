/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal scan: check for very many domains. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/learning.h"
#include "cli/moment.h"
#include "cli/scan_options.h"
#include "cli/scan_progress.h"

/* What a run of kept facts is called, unless told otherwise. */
#define REJUDGED_RUN "rejudged"

/* Everything a scan needs while it runs. */
struct scan_command {
	const struct scan_command_options *options;
	struct session *session;
	struct seen *seen;
	struct scan_output *output;
	struct scan_source *source;
	struct scan_estate *estate; /* NULL without --db */
	struct scan_bar bar;
	struct crew *crew;
	struct rejudge *rejudge; /* NULL without --rejudge */
	struct learner *learner; /* NULL without --db */
};

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

static int64_t now(void *context)
{
	const struct scan_command *command = context;
	if (command->options->judging.now != NULL) {
		return command->session->now;
	}
	return command->session->dns_options.now(command->session->dns_options.context);
}

static int64_t now_ms(void *context)
{
	(void)context;
	return scan_clock_ms();
}

static void show_progress(void *context, const struct scan_progress *progress)
{
	struct scan_command *command = context;
	scan_bar_show(&command->bar, progress, scan_clock_ms());
}

/* What reports in the same database say is judged with the records, as watch does. */
static int learn(void *context, const struct scan_item *item, struct facts *facts, int64_t *at,
		 struct failure *reterr)
{
	struct scan_command *command = context;
	return learner_add(command->learner, item->domain, *at, facts, reterr);
}

/* A stream that waits for nobody has no use for a thousand domains at once. */
#define REJUDGED_IN_FLIGHT 32

static int prepare(void *context, const struct scan_item *item, struct facts *facts, int64_t *at,
		   struct failure *reterr)
{
	const struct scan_command *command = context;
	return rejudge_prepare(command->rejudge, item, facts, at, reterr);
}

static void choose_stream(struct scan_command *command, struct scan_options *options)
{
	if (command->rejudge == NULL) {
		options->stream = crew_stream(command->crew);
		options->prepare = command->learner != NULL ? learn : NULL;
		return;
	}
	options->stream = rejudge_stream(command->rejudge);
	options->prepare = prepare;
	options->max_in_flight = REJUDGED_IN_FLIGHT;
}

static int scan(struct scan_command *command, struct scan_options *options,
		struct scan_progress *ret_progress, struct failure *reterr)
{
	struct scan_estate *estate = command->estate;
	struct scan_input *input =
		estate != NULL ? scan_estate_input(estate) : scan_source_input(command->source);
	struct scan_sink *sink =
		estate != NULL ? scan_estate_sink(estate) : scan_output_sink(command->output);
	choose_stream(command, options);
	options->seed = session_seed();
	options->context = command;
	options->now = now;
	options->now_ms = now_ms;
	options->is_stopped = is_stopped;
	options->progress = show_progress;
	int r = scan_run(input, sink, options, ret_progress, reterr);
	session_end_progress(command->session);
	return r;
}

static void say_stopped(const struct scan_command *command)
{
	if (command->options->output.path != NULL || command->estate != NULL) {
		complain("scan", "stopped; to go on: the same command with --resume");
	} else {
		complain("scan", "stopped");
	}
}

static enum exit_code exit_code_of(const struct scan_command *command, int threshold)
{
	const struct scan_tally *tally = scan_output_tally(command->output);
	if (interrupt_was_asked()) {
		say_stopped(command);
		return EXIT_UNDETERMINED;
	}
	/* A list without a domain is somebody's mistake, and no clean bill. */
	if (command->source != NULL && scan_source_was_empty(command->source)) {
		return EXIT_UNDETERMINED;
	}
	for (int i = threshold; i <= SEVERITY_CRITICAL; i++) {
		if (tally->worst[i] > 0) {
			return EXIT_FINDINGS;
		}
	}
	return EXIT_CLEAN;
}

static int start_crew(struct scan_command *command, struct failure *reterr)
{
	const struct scan_command_options *options = command->options;
	if (command->rejudge != NULL) {
		return 0;
	}
	return scan_crew_new(command->session, &options->connect, &options->crew, &command->crew,
			     reterr);
}

static int open_output(struct scan_command *command, struct failure *reterr)
{
	const struct scan_command_options *options = command->options;
	struct scan_output_options output = options->output;
	bool has_database = options->estate.database != NULL;
	output.has_run = has_database;
	output.is_silent = has_database && output.path == NULL && !output.is_json && !output.is_csv;
	output.is_resumed = output.is_resumed && output.path != NULL;
	if (options->output.is_resumed && output.path == NULL && !has_database) {
		return failure_set(reterr, FAILURE_INPUT, "--resume", "needs --out FILE or --db");
	}
	return scan_output_open(&output, command->seen, &command->output, reterr);
}

static int open_rejudge(struct scan_command *command, struct failure *reterr)
{
	int64_t until = now(command);
	const char *text = command->options->rejudge;
	int r = strcmp(text, "now") != 0 ? moment_read("--rejudge", text, until, &until, reterr)
					 : 0;
	if (r < 0) {
		return r;
	}
	command->rejudge = rejudge_new(scan_estate_store(command->estate), until);
	return command->rejudge != NULL
		       ? scan_estate_fill_again(command->estate, command->rejudge, reterr)
		       : failure_set_memory(reterr, "judge again");
}

/* What means something with a database only. */
static int check_estate(const struct scan_estate_options *options, struct failure *reterr)
{
	const char *option = options->run != NULL	  ? "--run"
			     : options->lease_seconds > 0 ? "--lease"
							  : NULL;
	return options->database == NULL && option != NULL
		       ? failure_set(reterr, FAILURE_INPUT, option, "needs --db")
		       : 0;
}

static int check_rejudge(const struct scan_command_options *options,
			 const struct string_list *operands, struct failure *reterr)
{
	if (options->rejudge == NULL) {
		return 0;
	}
	if (options->estate.database == NULL) {
		return failure_set(reterr, FAILURE_INPUT, "--rejudge", "needs --db");
	}
	if (operands->count > 0 || options->input.axfr != NULL) {
		return failure_set(reterr, FAILURE_INPUT, "--rejudge",
				   "takes its domains from the database, not from a list");
	}
	return 0;
}

/* With a database the list goes into it first, and comes back as leases. */
static int open_estate(struct scan_command *command, const struct string_list *operands,
		       struct failure *reterr)
{
	struct scan_estate_options options = command->options->estate;
	const char *list = operands->count > 0 ? operands->items[0] : command->options->input.axfr;
	if (options.database == NULL) {
		return 0;
	}
	options.is_resumed = command->options->output.is_resumed;
	if (command->options->rejudge != NULL) {
		options.is_rejudging = true;
		list = REJUDGED_RUN;
	}
	int r = scan_estate_open(&options, list, now(command), &command->estate, reterr);
	if (r == 0 && command->source != NULL) {
		r = scan_estate_fill(command->estate, scan_source_input(command->source), reterr);
	}
	r = r == 0 && options.is_rejudging ? open_rejudge(command, reterr) : r;
	r = r == 0 ? learning_open(command->session, scan_estate_store(command->estate),
				   &command->learner, reterr)
		   : r;
	return r == 0 ? scan_estate_start(command->estate, scan_output_sink(command->output),
					  reterr)
		      : r;
}

/* A worker that joins a run by its name needs no list. */
static bool needs_list(const struct scan_command *command, const struct string_list *operands)
{
	if (command->options->rejudge != NULL) {
		return false;
	}
	return operands->count > 0 || command->options->input.axfr != NULL ||
	       command->options->estate.run == NULL;
}

/* What others have found in the same run counts in the summary, and for the threshold. */
static int finish_estate(struct scan_command *command, struct failure *reterr)
{
	const struct scan_command_options *options = command->options;
	int r = scan_estate_finish(command->estate, now(command), reterr);
	bool is_wanted = options->output.has_summary || options->fail_on != NULL;
	return r == 0 && is_wanted ? scan_estate_tally(command->estate,
						       scan_output_tally(command->output), reterr)
				   : r;
}

static int run_scan_with(struct scan_command *command, const struct string_list *operands,
			 enum exit_code *ret_code, struct failure *reterr)
{
	struct scan_options scan_options = {0};
	int threshold;
	*ret_code = EXIT_USAGE;
	if (!threshold_read(command->options->fail_on, SEVERITY_CRITICAL + 1, &threshold) ||
	    !scan_judging_read(&command->options->judging, command->session, &scan_options)) {
		return 0;
	}
	int r = check_estate(&command->options->estate, reterr);
	r = r == 0 ? check_rejudge(command->options, operands, reterr) : r;
	/* First what is there already: a zone's names are sifted as they come. */
	r = r == 0 ? open_output(command, reterr) : r;
	if (r == 0 && needs_list(command, operands)) {
		r = scan_source_open(&command->options->input, operands, command->seen,
				     command->session, &command->source, reterr);
	}
	r = r == 0 ? open_estate(command, operands, reterr) : r;
	r = r == 0 ? start_crew(command, reterr) : r;
	struct scan_progress progress;
	r = r == 0 ? scan(command, &scan_options, &progress, reterr) : r;
	if (r == 0 && command->estate != NULL) {
		r = finish_estate(command, reterr);
	}
	r = r == 0 ? scan_output_finish(command->output, reterr) : r;
	if (r == 0) {
		if (command->source != NULL) {
			scan_source_tell(command->source);
		}
		*ret_code = exit_code_of(command, threshold);
	}
	return r;
}

static enum exit_code run_scan(const struct invocation *invocation)
{
	const struct scan_command_options *options = invocation->options;
	const struct facts_options facts = {.now = options->judging.now};
	struct scan_command command = {.options = options};
	struct failure failure;
	if (session_open(&options->dns, &facts, &command.session, &failure) < 0) {
		return complain_failure(&failure);
	}
	enum exit_code code = EXIT_USAGE;
	command.seen = seen_new(session_seed());
	scan_bar_begin(&command.bar, &command.session->progress, options->is_quiet);
	int r = command.seen != NULL
			? run_scan_with(&command, &invocation->operands, &code, &failure)
			: failure_set_memory(&failure, "scan");
	crew_free(command.crew);
	rejudge_free(command.rejudge);
	learner_free(command.learner);
	scan_estate_close(command.estate);
	scan_source_close(command.source);
	scan_output_close(command.output);
	seen_free(command.seen);
	session_close(command.session);
	return r < 0 ? complain_failure(&failure) : code;
}

const struct command cmd_scan = {
	.name = "scan",
	.operands = "FILE|-",
	.summary = "check very many domains: a list, a CSV, a zone",
	.example = "mailseal scan domains.txt --dns-only --out results.jsonl",
	.groups = scan_option_groups,
	.options_size = sizeof(struct scan_command_options),
	.min_operands = 0,
	.max_operands = 1,
	.run = run_scan,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal watch: check an estate again and again, and tell somebody what changed. */
#include <string.h>

#include "cli/cmd.h"
#include "cli/exceptions_file.h"
#include "cli/interrupt.h"
#include "cli/learning.h"
#include "cli/moment.h"
#include "cli/scan_crew.h"
#include "cli/scan_estate.h"
#include "cli/scan_input.h"
#include "cli/scan_judging.h"
#include "cli/scan_progress.h"
#include "cli/store_options.h"
#include "cli/watch_options.h"

/* Everything a watch needs while it runs. */
struct watch_command {
	const struct watch_command_options *options;
	struct session *session;
	struct store *store;
	struct watch_teller *teller; /* NULL without channels */
	struct watch_metrics *metrics;
	struct watch *watch;
	struct estate_queue *queue;
	struct crew *crew;
	struct scan_bar bar;
	struct scan_sink sink;
	struct span worker;
	int64_t run;
	struct learner *learner;
	struct sector accepted; /* only its exceptions */
};

/* ---- the estate ---- */

/* The list's domains join those that are watched already; none is taken out. */
static int fill(struct watch_command *command, const struct string_list *operands,
		struct failure *reterr)
{
	struct seen *seen = seen_new(session_seed());
	struct scan_source *source = NULL;
	int r = seen == NULL ? failure_set_memory(reterr, "watch")
			     : scan_source_open(&command->options->input, operands, seen,
						command->session, &source, reterr);
	r = r == 0 ? estate_fill(command->store, command->run, scan_source_input(source), reterr)
		   : r;
	if (r == 0) {
		scan_source_tell(source);
	}
	scan_source_close(source);
	seen_free(seen);
	return r;
}

static int open_run(struct watch_command *command, const struct string_list *operands,
		    struct failure *reterr)
{
	const char *name = command->options->run;
	if (name == NULL && operands->count == 0) {
		return failure_set(reterr, FAILURE_INPUT, "watch",
				   "needs a list, or --run NAME of a watch that has one");
	}
	struct estate_run wanted = {
		.kind = ESTATE_WATCH,
		.name = name != NULL ? span_of_string(name) : list_name(operands->items[0]),
		.started_at = wall_clock(NULL),
	};
	bool is_new;
	int r = estate_run_open(command->store, &wanted, &command->run, &is_new, reterr);
	return r == 0 && operands->count > 0 ? fill(command, operands, reterr) : r;
}

static int read_span(const char *option, const char *text, int64_t usual, int64_t *ret_seconds,
		     struct failure *reterr)
{
	*ret_seconds = usual;
	return text != NULL ? duration_read(option, text, ret_seconds, reterr) : 0;
}

static int open_queue(struct watch_command *command, struct failure *reterr)
{
	const struct watch_command_options *options = command->options;
	struct watch_options watch = {.seed = session_seed(),
				      .exceptions = &command->accepted.exceptions};
	int r = read_span("--every", options->every, WATCH_EVERY_S, &watch.every_s, reterr);
	r = r == 0 ? read_span("--retry", options->retry, WATCH_RETRY_S, &watch.retry_s, reterr)
		   : r;
	r = r == 0 ? read_span("--repeat", options->repeat, WATCH_REPEAT_S, &watch.repeat_s, reterr)
		   : r;
	command->watch = r == 0 ? watch_new(command->store, &watch) : NULL;
	if (command->watch == NULL) {
		return r < 0 ? r : failure_set_memory(reterr, "watch");
	}
	command->worker = worker_name(command->session->arena);
	const struct estate_queue_options queue = {
		.run = command->run,
		.worker = command->worker,
		.is_standing = true,
		.ends_when_idle = options->is_once,
		.lease_seconds = options->lease_seconds > 0 ? (int64_t)options->lease_seconds
							    : SCAN_ESTATE_LEASE_SECONDS,
		.next_due = watch_next_due,
		.add_notices = watch_add_notices,
		.context = command->watch,
	};
	return estate_queue_new(command->store, &queue, &command->queue, reterr);
}

/* ---- while it runs ---- */

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

static int64_t now_ms(void *context)
{
	(void)context;
	return scan_clock_ms();
}

static void show_progress(void *context, const struct scan_progress *progress)
{
	struct watch_command *command = context;
	scan_bar_show(&command->bar, progress, scan_clock_ms());
}

/* What reports in the same database say is judged with the records. */
static int learn(void *context, const struct scan_item *item, struct facts *facts, int64_t *now,
		 struct failure *reterr)
{
	struct watch_command *command = context;
	return learner_add(command->learner, item->domain, *now, facts, reterr);
}

static int take(struct scan_sink *sink, const struct scan_result *result, struct failure *reterr)
{
	struct watch_command *command =
		(struct watch_command *)((char *)sink - offsetof(struct watch_command, sink));
	struct scan_sink *queue = estate_queue_sink(command->queue);
	watch_metrics_count(command->metrics, result);
	return queue->take(queue, result, reterr);
}

static int tick(struct scan_sink *sink, struct failure *reterr)
{
	struct watch_command *command =
		(struct watch_command *)((char *)sink - offsetof(struct watch_command, sink));
	struct scan_sink *queue = estate_queue_sink(command->queue);
	int r = queue->tick(queue, reterr);
	return r == 0 ? watch_metrics_write(command->metrics, command->store, command->run, reterr)
		      : r;
}

static int run_engine(struct watch_command *command, struct scan_options *scan,
		      struct failure *reterr)
{
	struct scan_progress progress;
	scan->stream = crew_stream(command->crew);
	scan->seed = session_seed();
	scan->context = command;
	scan->prepare = learn;
	scan->now = wall_clock;
	scan->now_ms = now_ms;
	scan->is_stopped = is_stopped;
	scan->progress = show_progress;
	command->sink = (struct scan_sink){take, tick};
	int r = scan_run(estate_queue_input(command->queue), &command->sink, scan, &progress,
			 reterr);
	session_end_progress(command->session);
	r = r == 0 ? estate_queue_flush(command->queue, reterr) : r;
	r = r == 0 ? watch_metrics_finish(command->metrics, command->store, command->run, reterr)
		   : r;
	return r == 0 ? estate_release(command->store, command->run, command->worker, reterr) : r;
}

static int watch_all(struct watch_command *command, struct scan_options *scan,
		     struct failure *reterr)
{
	const struct watch_command_options *options = command->options;
	int r = scan_crew_new(command->session, &options->connect, &options->crew, &command->crew,
			      reterr);
	if (r == 0 && command->teller != NULL && !options->is_once) {
		r = watch_teller_start(command->teller, reterr);
	}
	r = r == 0 ? run_engine(command, scan, reterr) : r;
	return r == 0 && command->teller != NULL && options->is_once
		       ? watch_teller_tell(command->teller, reterr)
		       : r;
}

static int run_watch_with(struct watch_command *command, const struct string_list *operands,
			  enum exit_code *ret_code, struct failure *reterr)
{
	const struct watch_command_options *options = command->options;
	struct scan_options scan = {0};
	*ret_code = EXIT_USAGE;
	if (!scan_judging_read(&options->judging, command->session, &scan)) {
		return 0;
	}
	int r = store_open_option(options->database, STORE_MAY_BE_NEW, &command->store, reterr);
	r = r == 0 ? watch_teller_new(&options->teller, options->database, &command->teller, reterr)
		   : r;
	r = r == 0 ? watch_metrics_new(&options->metrics, &options->teller.channels,
				       &command->metrics, reterr)
		   : r;
	r = r == 0 ? learning_open(command->session, command->store, &command->learner, reterr) : r;
	r = r == 0 && options->exceptions != NULL
		    ? exceptions_file_load(options->exceptions, wall_clock(NULL),
					   &command->accepted, reterr)
		    : r;
	r = r == 0 ? open_run(command, operands, reterr) : r;
	r = r == 0 ? open_queue(command, reterr) : r;
	r = r == 0 ? watch_all(command, &scan, reterr) : r;
	if (r == 0) {
		*ret_code = EXIT_CLEAN;
	}
	return r;
}

static enum exit_code run_watch(const struct invocation *invocation)
{
	const struct watch_command_options *options = invocation->options;
	const struct facts_options facts = {0};
	struct watch_command command = {.options = options};
	struct failure failure;
	if (session_open(&options->dns, &facts, &command.session, &failure) < 0) {
		return complain_failure(&failure);
	}
	enum exit_code code;
	scan_bar_begin(&command.bar, &command.session->progress, options->is_quiet);
	int r = run_watch_with(&command, &invocation->operands, &code, &failure);
	watch_teller_free(command.teller);
	crew_free(command.crew);
	watch_metrics_free(command.metrics);
	estate_queue_free(command.queue);
	watch_free(command.watch);
	learner_free(command.learner);
	sector_free(&command.accepted);
	store_close(command.store);
	session_close(command.session);
	return r < 0 ? complain_failure(&failure) : code;
}

const struct command cmd_watch = {
	.name = "watch",
	.operands = "[FILE|-]",
	.summary = "check an estate day after day, and tell somebody what changed",
	.example = "mailseal watch domains.csv --db estate.db --notify https://example.org/hook",
	.groups = watch_option_groups,
	.options_size = sizeof(struct watch_command_options),
	.max_operands = 1,
	.run = run_watch,
};

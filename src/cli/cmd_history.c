/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal history: one domain over time. mailseal diff: what changed between two times. Both from
 * what scan and watch have kept in a database. */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/moment.h"
#include "cli/screen.h"
#include "cli/store_options.h"
#include "present/history.h"
#include "records/name_input.h"
#include "service/estate_content.h"
#include "service/rejudge.h"

#define OUTPUT_MAX_BYTES ((size_t)256 << 20)
#define NAME_BYTES ((size_t)64 << 10)
#define USUAL_DIFF "24h"

struct history_options {
	struct output_options output;
	const char *database;
	const char *since;
	const char *until;
	const char *at;
	const char *save;
	const char *now;
	const char *rejudged;
};

#define FIELD(name) offsetof(struct history_options, name)

static const struct option period_options[] = {
	ESTATE_OPTION(struct history_options, database),
	{"since", 0, OPTION_STRING, "TIME", "from this time on: 2026-11-01, or an age like 7d",
	 FIELD(since)},
	{"until", 0, OPTION_STRING, "TIME", "up to this time (default: now)", FIELD(until)},
	{"now", 0, OPTION_STRING, "TIME", "ages count from this time (RFC 3339)", FIELD(now)},
};
static const struct option rejudged_options[] = {
	{"rejudged", 0, OPTION_STRING, "NAME",
	 "instead: what scan --rejudge says otherwise of the same facts", FIELD(rejudged)},
};
static const struct option evidence_options[] = {
	{"at", 0, OPTION_STRING, "TIME", "with --save: the last check up to this time", FIELD(at)},
	{"save", 0, OPTION_STRING, "FILE",
	 "write the facts of that check, for mailseal replay and any --profile", FIELD(save)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object on standard output", FIELD(output.is_json)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(output.color)},
	{"quiet", 'q', OPTION_FLAG, NULL, "the summary only", FIELD(output.is_quiet)},
	{"verbose", 'v', OPTION_FLAG, NULL, "also what is neither better nor worse",
	 FIELD(output.is_verbose)},
};

static const struct option_group period_group = OPTION_GROUP("what to compare", period_options);
static const struct option_group rejudged_group = OPTION_GROUP("judged again", rejudged_options);
static const struct option_group evidence_group = OPTION_GROUP("evidence", evidence_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group *const history_groups[] = {&period_group, &evidence_group,
							    &output_group, NULL};
static const struct option_group *const diff_groups[] = {&period_group, &rejudged_group,
							 &output_group, NULL};

/* What both commands work on. */
struct history_run {
	const struct history_options *options;
	struct store *store;
	struct arena *arena;
	struct span domain; /* empty: all */
	int64_t now;
	struct estate_period period;
};

static int read_period(struct history_run *run, const char *usual_since, struct failure *reterr)
{
	const struct history_options *options = run->options;
	const char *since = options->since != NULL ? options->since : usual_since;
	run->now = wall_clock(NULL);
	int r = options->now != NULL
			? moment_read("--now", options->now, run->now, &run->now, reterr)
			: 0;
	run->period.until = run->now;
	if (r == 0 && options->until != NULL) {
		r = moment_read("--until", options->until, run->now, &run->period.until, reterr);
	}
	if (r == 0 && since != NULL) {
		r = moment_read("--since", since, run->now, &run->period.since, reterr);
	}
	return r;
}

static int read_domain(struct history_run *run, const struct string_list *operands,
		       struct failure *reterr)
{
	if (operands->count == 0) {
		return 0;
	}
	struct name_input_result input =
		name_input_parse(run->arena, span_of_string(operands->items[0]));
	if (input.status != NAME_INPUT_OK) {
		return failure_set(reterr, FAILURE_INPUT, operands->items[0], "%s",
				   name_input_explain(input.status));
	}
	run->domain = input.name;
	return 0;
}

static int open_run(struct history_run *run, const struct invocation *invocation,
		    const char *usual_since, struct failure *reterr)
{
	run->options = invocation->options;
	run->arena = arena_new(NAME_BYTES);
	if (run->arena == NULL) {
		return failure_set_memory(reterr, "history");
	}
	int r = read_period(run, usual_since, reterr);
	if (r == 0) {
		r = read_domain(run, &invocation->operands, reterr);
	}
	return r == 0 ? store_open_option(run->options->database, STORE_WITH_CHECKS, &run->store,
					  reterr)
		      : r;
}

static void close_run(struct history_run *run)
{
	store_close(run->store);
	arena_free(run->arena);
}

static int print(struct buffer *text, struct failure *reterr)
{
	int r = text->is_failed ? failure_set_memory(reterr, "print the results") : 0;
	if (r == 0) {
		fwrite(text->data, 1, text->len, stdout);
	}
	buffer_free(text);
	return r;
}

/* ---- history ---- */

static int take_entry(void *context, const struct estate_entry *entry)
{
	struct estate_entry *newest = context;
	newest->facts = entry->facts;
	newest->checked_at = entry->checked_at;
	return 1;
}

/* The facts behind one check, as a file that mailseal replay judges again. */
static int save_facts(struct history_run *run, struct failure *reterr)
{
	int64_t until = run->period.until;
	int r = run->options->at != NULL
			? moment_read("--at", run->options->at, run->now, &until, reterr)
			: 0;
	struct estate_entry newest = {0};
	struct estate_period period = {0, until, /* is_newest_first: */ true};
	if (r == 0) {
		r = estate_history(run->store, run->domain, &period, take_entry, &newest, reterr);
	}
	if (r == 0) {
		return failure_set(reterr, FAILURE_INPUT, "--save",
				   "no check of this domain is kept for that time");
	}
	struct facts *facts = NULL;
	r = r < 0 ? r : estate_content_facts(run->store, newest.facts, &facts, reterr);
	if (r == 0) {
		struct facts_header header = {newest.checked_at, &run->domain, 1};
		r = facts_save(facts, &header, run->options->save, reterr);
	}
	facts_free(facts);
	return r;
}

static int show_history(struct history_run *run, enum exit_code *ret_code, struct failure *reterr)
{
	struct history history;
	int r = history_read(run->store, run->domain, &run->period, &history, reterr);
	if (r < 0) {
		return r;
	}
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	struct terminal_style style = screen_style(&run->options->output);
	if (run->options->output.is_json) {
		present_json_history(&history, &text);
	} else {
		present_terminal_history(&history, &style, &text);
	}
	*ret_code = history.looks == 0 ? EXIT_UNDETERMINED : EXIT_CLEAN;
	history_free(&history);
	return print(&text, reterr);
}

static enum exit_code run_history(const struct invocation *invocation)
{
	struct history_run run = {0};
	struct failure failure;
	enum exit_code code = EXIT_CLEAN;
	int r = open_run(&run, invocation, /* usual_since: */ NULL, &failure);
	if (r == 0) {
		r = run.options->save != NULL ? save_facts(&run, &failure)
					      : show_history(&run, &code, &failure);
	}
	close_run(&run);
	return r < 0 ? complain_failure(&failure) : code;
}

/* ---- diff ---- */

/* Findings for a script: something got worse. */
static enum exit_code code_of(const struct estate_diff *diff)
{
	for (size_t i = 0; i < diff->domains.len; i++) {
		enum change_direction direction =
			VECTOR_AT(&diff->domains, const struct domain_change, i)->change->direction;
		if (direction == CHANGE_WORSE || direction == CHANGE_MIXED) {
			return EXIT_FINDINGS;
		}
	}
	return diff->compared == 0 ? EXIT_UNDETERMINED : EXIT_CLEAN;
}

static int show_diff(struct history_run *run, enum exit_code *ret_code, struct failure *reterr)
{
	struct diff_options options = {run->period.since, run->period.until, run->domain, 0};
	struct estate_diff diff = {0};
	int r = run->options->rejudged != NULL
			? rejudge_find(run->store, span_of_string(run->options->rejudged),
				       &options.rejudged, reterr)
			: 0;
	r = r == 0 ? history_diff(run->store, &options, &diff, reterr) : r;
	if (r < 0) {
		return r;
	}
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	struct terminal_style style = screen_style(&run->options->output);
	if (run->options->output.is_json) {
		present_json_diff(&diff, &text);
	} else {
		present_terminal_diff(&diff, &style, &text);
	}
	*ret_code = code_of(&diff);
	estate_diff_free(&diff);
	return print(&text, reterr);
}

static enum exit_code run_diff(const struct invocation *invocation)
{
	struct history_run run = {0};
	struct failure failure;
	enum exit_code code = EXIT_CLEAN;
	int r = open_run(&run, invocation, USUAL_DIFF, &failure);
	if (r == 0) {
		r = show_diff(&run, &code, &failure);
	}
	close_run(&run);
	return r < 0 ? complain_failure(&failure) : code;
}

const struct command cmd_history = {
	.name = "history",
	.operands = "DOMAIN",
	.summary = "what became of a domain over time, from the checks that are kept",
	.example = "mailseal history example.org --since 30d --db estate.db",
	.groups = history_groups,
	.options_size = sizeof(struct history_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run_history,
};

const struct command cmd_diff = {
	.name = "diff",
	.operands = "[DOMAIN]",
	.summary = "what changed in an estate, or in one domain, since a time",
	.example = "mailseal diff --since 7d --db estate.db",
	.groups = diff_groups,
	.options_size = sizeof(struct history_options),
	.max_operands = 1,
	.run = run_diff,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal check: the main job. mailseal replay is the same on saved facts. */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/interrupt.h"
#include "cli/learning.h"
#include "cli/output_file.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "cli/store_options.h"
#include "present/present.h"

/* A page for a few domains with everything in it. */
#define OUTPUT_MAX_BYTES ((size_t)256 << 20)
#define CHECK_MAX_DOMAINS 200

struct check_command_options {
	struct dns_options dns;
	struct connect_options connect;
	struct facts_options facts;
	struct output_options output;
	struct string_list profiles;
	struct string_list selectors;
	const char *database;
	bool is_dns_only;
};

#define FIELD(name) offsetof(struct check_command_options, name)

static const struct option judging_options[] = {
	{"profile", 0, OPTION_LIST, "NAME", "judge by this baseline (default uk-gov-email)",
	 FIELD(profiles)},
	{"selector", 0, OPTION_LIST, "S", "a DKIM selector that the domain uses", FIELD(selectors)},
	{"dns-only", 0, OPTION_FLAG, NULL,
	 "ask the DNS only: connect to no mail server or policy host", FIELD(is_dns_only)},
	{"db", 0, OPTION_STRING, "PATH|postgresql://...",
	 "judge by the reports kept there as well (see ingest)", FIELD(database)},
};
static const struct option dns_options[] = {DNS_OPTIONS(struct check_command_options, dns)};
static const struct option connect_options[] = {
	CONNECT_OPTIONS(struct check_command_options, connect)};
static const struct option facts_options[] = {FACTS_OPTIONS(struct check_command_options, facts)};
static const struct option output_options[] = {
	OUTPUT_OPTIONS(struct check_command_options, output)};

static const struct option_group judging_group = OPTION_GROUP("judging", judging_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group facts_group = OPTION_GROUP("facts and what-if", facts_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group connect_group =
	OPTION_GROUP("mail servers and policies", connect_options);
static const struct option_group *const groups[] = {&judging_group, &output_group,  &facts_group,
						    &dns_group,	    &connect_group, NULL};
/* Saved facts ask nobody. */
static const struct option_group *const replay_groups[] = {&judging_group, &output_group,
							   &facts_group, NULL};

static bool has_finding_from(const struct assessment *a, int threshold)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		if ((int)finding_at(a, i)->severity >= threshold) {
			return true;
		}
	}
	return false;
}

static enum exit_code judge_exit_code(const struct check_report *report, int threshold)
{
	enum exit_code code = EXIT_CLEAN;
	for (size_t i = 0; i < report->result_count; i++) {
		const struct assessment *a = report->results[i].assessment;
		if (a->kind != DOMAIN_NONEXISTENT && has_finding_from(a, threshold)) {
			return EXIT_FINDINGS;
		}
		if (a->spoofable.answer == ANSWER_UNKNOWN) {
			code = EXIT_UNDETERMINED;
		}
	}
	return code;
}

static int write_page(const struct check_report *report, const char *path, struct failure *reterr)
{
	struct buffer page = buffer_new(OUTPUT_MAX_BYTES);
	present_html_check(report, &page);
	int r = page.is_failed ? failure_set_memory(reterr, path)
			       : output_file_write(path, buffer_span(&page), reterr);
	buffer_free(&page);
	return r;
}

static int print_report(const struct check_report *report, const struct output_options *output,
			struct failure *reterr)
{
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	if (output->is_json) {
		present_json_check(report, &text);
	} else if (output->is_csv) {
		present_csv_check(report, &text);
	} else {
		struct terminal_style style = screen_style(output);
		present_terminal_check(report, &style, &text);
	}
	int r = text.is_failed ? failure_set_memory(reterr, "print the results") : 0;
	if (r == 0) {
		fwrite(text.data, 1, text.len, stdout);
	}
	buffer_free(&text);
	return r;
}

static int save_facts(struct session *session, const char *path, const struct span *domains,
		      size_t count, struct failure *reterr)
{
	struct span *copy = arena_alloc(session->arena, count * sizeof(*copy));
	if (copy == NULL) {
		return failure_set_memory(reterr, path);
	}
	memcpy(copy, domains, count * sizeof(*copy));
	struct facts_header header = {session->now, copy, count};
	return facts_save(session->facts, &header, path, reterr);
}

/* What reports say becomes facts like any other: saved with them, and the same in a replay. */
static int learn(struct session *session, const char *database, const struct span *domains,
		 size_t count, struct failure *reterr)
{
	const struct senders_options options = learning_options(session);
	struct store *store;
	int r = store_open_option(database, STORE_WITH_REPORTS, &store, reterr);
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = learn_reports(session->facts, store, domains[i], &options, reterr);
	}
	store_close(store);
	return r;
}

static int give_report(const struct check_command_options *options,
		       const struct check_report *report, struct failure *reterr)
{
	int r = print_report(report, &options->output, reterr);
	if (r == 0 && options->output.html_path != NULL) {
		r = write_page(report, options->output.html_path, reterr);
	}
	return r;
}

/* The domains as they are written, and how they are judged. */
struct check_command {
	struct span *domains;
	size_t count;
	int threshold;
	struct check_options check;
	struct span selectors[STRING_LIST_MAX];
};

/* False after a line on standard error. */
static bool read_command(struct session *session, const struct check_command_options *options,
			 const struct invocation *invocation, struct check_command *command)
{
	const struct profile **profiles;
	struct check_options *check = &command->check;
	if (!threshold_read(options->output.fail_on, SEVERITY_MEDIUM, &command->threshold) ||
	    !session_profiles(session, &options->profiles, &profiles, &check->profile_count) ||
	    !session_domains(session, invocation, &command->domains, &command->count)) {
		return false;
	}
	for (size_t i = 0; i < options->selectors.count; i++) {
		command->selectors[i] = span_of_string(options->selectors.items[i]);
	}
	check->profiles = profiles;
	check->source = session->source;
	check->assumptions = &session->assumptions;
	check->assess = (struct assess_options){
		.now = session->now,
		.suffixes = session->suffixes,
		.providers = session->providers,
		.selectors = command->selectors,
		.selector_count = options->selectors.count,
	};
	return true;
}

static int check_and_print(struct session *session, const struct check_command_options *options,
			   const struct invocation *invocation, enum exit_code *ret_code,
			   struct failure *reterr)
{
	struct check_command command = {0};
	struct check_report report = {0};
	*ret_code = EXIT_USAGE;
	if (!read_command(session, options, invocation, &command)) {
		return 0;
	}
	int r = options->database != NULL
			? learn(session, options->database, command.domains, command.count, reterr)
			: 0;
	if (r == 0) {
		r = check_domains(session->facts, command.domains, command.count, &command.check,
				  &report, reterr);
	}
	session_end_progress(session);
	interrupt_let_pipes_end();
	if (r < 0) {
		return r;
	}
	r = give_report(options, &report, reterr);
	if (r == 0 && options->facts.save_path != NULL) {
		r = save_facts(session, options->facts.save_path, command.domains, command.count,
			       reterr);
	}
	*ret_code = judge_exit_code(&report, command.threshold);
	check_report_free(&report);
	return r;
}

static enum exit_code run_check(const struct invocation *invocation)
{
	const struct check_command_options *options = invocation->options;
	struct session *session;
	struct failure failure;
	if (session_open(&options->dns, &options->facts, &session, &failure) < 0) {
		return complain_failure(&failure);
	}
	enum exit_code code = EXIT_USAGE;
	int r = options->is_dns_only ? 0 : session_connect(session, &options->connect, &failure);
	if (r == 0) {
		r = check_and_print(session, options, invocation, &code, &failure);
	}
	session_close(session);
	return r < 0 ? complain_failure(&failure) : code;
}

static enum exit_code run_replay(const struct invocation *invocation)
{
	struct check_command_options options =
		*(const struct check_command_options *)invocation->options;
	struct invocation check = {.command = invocation->command, .options = &options};
	check.operands.count = invocation->operands.count - 1;
	options.facts.replay_path = invocation->operands.items[0];
	for (size_t i = 0; i < check.operands.count; i++) {
		check.operands.items[i] = invocation->operands.items[i + 1];
	}
	return run_check(&check);
}

const struct command cmd_check = {
	.name = "check",
	.operands = "DOMAIN...",
	.summary = "judge one or a few domains and say what to do",
	.example = "mailseal check example.org",
	.groups = groups,
	.options_size = sizeof(struct check_command_options),
	.min_operands = 0,
	.max_operands = CHECK_MAX_DOMAINS,
	.run = run_check,
};

const struct command cmd_replay = {
	.name = "replay",
	.operands = "FILE [DOMAIN...]",
	.summary = "judge saved facts again, without the network",
	.example = "mailseal replay facts.jsonl --profile us-bod-18-01",
	.groups = replay_groups,
	.options_size = sizeof(struct check_command_options),
	.min_operands = 1,
	.max_operands = CHECK_MAX_DOMAINS,
	.run = run_replay,
};

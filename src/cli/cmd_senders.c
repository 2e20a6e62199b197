/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal senders: who sends as a domain. mailseal plan: its way to reject. Both from reports. */
#include <stdio.h>

#include "assess/dmarc.h"
#include "cli/cmd.h"
#include "cli/output_file.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "cli/store_options.h"
#include "present/senders_text.h"
#include "records/txt.h"
#include "service/owners.h"
#include "service/reverse.h"

#define OUTPUT_MAX_BYTES ((size_t)256 << 20)
#define USUAL_DAYS 90
#define RECENT_DAYS 30
#define MAX_DAYS 3650

struct senders_command_options {
	struct dns_options dns;
	struct facts_options facts;
	struct output_options output;
	const char *database;
	const char *asn_path;
	const char *country_path;
	uint64_t days;
	bool is_offline;
	bool is_reverse_wanted;
};

#define FIELD(name) offsetof(struct senders_command_options, name)

static const struct option report_options[] = {
	STORE_OPTION(struct senders_command_options, database),
	{"days", 0, OPTION_NUMBER, "N", "look at the last N days (default 90)", FIELD(days)},
	{"asn", 0, OPTION_STRING, "FILE", "name networks by this file in MaxMind's format",
	 FIELD(asn_path)},
	{"country", 0, OPTION_STRING, "FILE", "likewise the countries they are in",
	 FIELD(country_path)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object on standard output", FIELD(output.is_json)},
	{"html", 0, OPTION_STRING, "FILE", "also write a page with charts that stands alone",
	 FIELD(output.html_path)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(output.color)},
	{"verbose", 'v', OPTION_FLAG, NULL, "show all senders", FIELD(output.is_verbose)},
	{"now", 0, OPTION_STRING, "TIME", "judge as of this time (RFC 3339)", FIELD(facts.now)},
};
static const struct option name_options[] = {
	{"ptr", 0, OPTION_FLAG, NULL, "look up the host names of sources (asks the DNS)",
	 FIELD(is_reverse_wanted)},
	{"replay", 0, OPTION_STRING, "FILE", "take host names from saved facts",
	 FIELD(facts.replay_path)},
};
static const struct option csv_options[] = {
	{"csv", 0, OPTION_FLAG, NULL, "one line a sender, for a spreadsheet", FIELD(output.is_csv)},
};
static const struct option plan_options[] = {
	{"offline", 0, OPTION_FLAG, NULL, "do not look up the record that is published now",
	 FIELD(is_offline)},
	{"replay", 0, OPTION_STRING, "FILE", "take the published record from saved facts",
	 FIELD(facts.replay_path)},
	{"with", 0, OPTION_LIST, "'NAME TYPE VALUE'",
	 "what if this SPF, DKIM or DMARC record were published?", FIELD(facts.with)},
	{"without", 0, OPTION_LIST, "'NAME TYPE'", "what if these records were gone?",
	 FIELD(facts.without)},
};
static const struct option dns_options[] = {DNS_OPTIONS(struct senders_command_options, dns)};

static const struct option_group report_group = OPTION_GROUP("reports", report_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group name_group = OPTION_GROUP("names", name_options);
static const struct option_group csv_group = OPTION_GROUP("table", csv_options);
static const struct option_group plan_group = OPTION_GROUP("published record", plan_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group *const senders_groups[] = {
	&report_group, &output_group, &csv_group, &name_group, &dns_group, NULL};
static const struct option_group *const plan_groups[] = {&report_group, &output_group, &plan_group,
							 &dns_group, NULL};

static const struct senders_command_options defaults = {.days = USUAL_DAYS};

/* One run of either command. */
struct run {
	const struct senders_command_options *options;
	struct session *session;
	struct store *store;
	struct span domain;
	const struct dmarc_record *published;
	const struct dmarc_record *assumed;
	bool has_other_assumptions;
	struct check_report check;
	struct senders_report report;
	const struct plan_what_if *what_if;
	struct plan plan;
	bool has_plan;
};

static void write_text(const struct run *run, struct buffer *text)
{
	const struct output_options *output = &run->options->output;
	struct terminal_style style = screen_style(output);
	if (run->has_plan && output->is_json) {
		present_plan_json(&run->plan, text);
	} else if (run->has_plan) {
		present_plan_terminal(&run->plan, &style, text);
	} else if (output->is_json) {
		present_senders_json(&run->report, text);
	} else if (output->is_csv) {
		present_senders_csv(&run->report, text);
	} else {
		present_senders_terminal(&run->report, &style, text);
	}
}

static int print(const struct run *run, struct failure *reterr)
{
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	write_text(run, &text);
	int r = text.is_failed ? failure_set_memory(reterr, "print the results") : 0;
	if (r == 0) {
		fwrite(text.data, 1, text.len, stdout);
	}
	const char *path = run->options->output.html_path;
	if (r == 0 && path != NULL) {
		buffer_clear(&text);
		present_senders_html(&run->report, run->has_plan ? &run->plan : NULL, &text);
		r = text.is_failed ? failure_set_memory(reterr, path)
				   : output_file_write(path, buffer_span(&text), reterr);
	}
	buffer_free(&text);
	return r;
}

/* The record as the DNS has it, which only the DNS can tell in full: reports leave out rua. */
static int look_up_record(struct run *run, struct failure *reterr)
{
	struct check_options check = {
		.assess = {.now = run->session->now,
			   .suffixes = run->session->suffixes,
			   .providers = run->session->providers},
		.source = run->session->source,
	};
	int r = check_domains(run->session->facts, &run->domain, 1, &check, &run->check, reterr);
	session_end_progress(run->session);
	if (r < 0) {
		return r;
	}
	const struct dmarc_view *view = run->check.results[0].assessment->dmarc;
	run->published = view != NULL ? view->record : NULL;
	return 0;
}

/* The domain's own DMARC record, when it is among what is assumed, decides about alignment. */
static void read_assumed(struct run *run)
{
	const struct assumptions *assumptions = &run->session->assumptions;
	struct arena *arena = run->session->arena;
	struct span name = arena_printf(arena, "_dmarc.%.*s", SPAN_ARG(run->domain));
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a =
			VECTOR_AT(&assumptions->items, const struct assumption, i);
		struct txt txt;
		if (!a->is_removal && a->type == RR_TXT && span_equal(a->name, name) &&
		    txt_parse(arena, a->rdata, &txt) && dmarc_record_is_dmarc(txt.text)) {
			run->assumed = dmarc_record_parse(arena, txt.text);
		} else {
			run->has_other_assumptions = true;
		}
	}
}

static int name_owners(struct run *run, struct failure *reterr)
{
	struct owners *owners;
	int r = owners_open(run->options->asn_path, run->options->country_path, &owners, reterr);
	if (r == 0) {
		owners_name(owners, &run->report);
		owners_close(owners);
	}
	return r;
}

static int find_senders(struct run *run, struct failure *reterr)
{
	const struct senders_command_options *o = run->options;
	struct session *session = run->session;
	struct senders_options options = {
		.suffixes = session->suffixes,
		.providers = session->providers,
		.now = session->now,
		.days = (unsigned)(o->days > MAX_DAYS ? MAX_DAYS : o->days),
		.recent_days = RECENT_DAYS,
	};
	if (run->assumed != NULL) {
		options.has_alignment = true;
		options.is_dkim_strict = run->assumed->adkim == DMARC_STRICT;
		options.is_spf_strict = run->assumed->aspf == DMARC_STRICT;
	}
	int r = senders_find(run->store, run->domain, &options, &run->report, reterr);
	if (r == 0 && o->is_reverse_wanted) {
		r = reverse_name(&run->report, session->facts, session->source, &options, reterr);
		session_end_progress(session);
	}
	return r == 0 && (o->asn_path != NULL || o->country_path != NULL) ? name_owners(run, reterr)
									  : r;
}

/* SPF and DKIM as assumed, on the mail that was reported. */
static int try_assumed(struct run *run, struct failure *reterr)
{
	struct fact_source nothing = facts_replay_source();
	const struct what_if_options options = {
		.facts = run->session->facts,
		.source = run->options->is_offline ? &nothing : run->session->source,
		.assumptions = &run->session->assumptions,
		.now = run->session->now,
	};
	int r = plan_what_if_make(&run->report, &options, &run->what_if, reterr);
	session_end_progress(run->session);
	return r;
}

static int make_plan(struct run *run, struct failure *reterr)
{
	int r = run->has_other_assumptions ? try_assumed(run, reterr) : 0;
	if (r < 0) {
		return r;
	}
	struct plan_options options = {
		.published = run->assumed != NULL ? run->assumed : run->published,
		.what_if = run->what_if,
	};
	run->has_plan = true;
	return plan_make(&run->report, &options, &run->plan, reterr);
}

static int run_all(struct run *run, bool is_plan, struct failure *reterr)
{
	int r = store_open_option(run->options->database, STORE_WITH_REPORTS, &run->store, reterr);
	if (r == 0 && is_plan) {
		read_assumed(run);
	}
	if (r == 0 && is_plan && !run->options->is_offline) {
		r = look_up_record(run, reterr);
	}
	if (r == 0) {
		r = find_senders(run, reterr);
	}
	if (r == 0 && is_plan) {
		r = make_plan(run, reterr);
	}
	return r == 0 ? print(run, reterr) : r;
}

/* The assumed records would stop legitimate mail that passes. */
static bool is_harmful(const struct run *run)
{
	const struct what_if_total *total =
		run->what_if != NULL ? &run->what_if->classes[MAIL_LEGITIMATE] : NULL;
	return total != NULL && total->failing_after > total->failing_before;
}

static enum exit_code exit_code_of(const struct run *run)
{
	if (run->report.messages == 0) {
		return EXIT_UNDETERMINED;
	}
	bool is_blocked =
		run->has_plan && (run->plan.advice == PLAN_FIX || run->plan.advice == PLAN_SILENT);
	return is_blocked || is_harmful(run) ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_code run_command(const struct invocation *invocation, bool is_plan)
{
	struct run run = {.options = invocation->options};
	struct failure failure;
	if (session_open(&run.options->dns, &run.options->facts, &run.session, &failure) < 0) {
		return complain_failure(&failure);
	}
	struct span *domains;
	size_t count;
	enum exit_code code = EXIT_USAGE;
	if (session_domains(run.session, invocation, &domains, &count)) {
		run.domain = domains[0];
		int r = run_all(&run, is_plan, &failure);
		code = r < 0 ? complain_failure(&failure) : exit_code_of(&run);
	}
	senders_report_free(&run.report);
	check_report_free(&run.check);
	store_close(run.store);
	session_close(run.session);
	return code;
}

static enum exit_code run_senders(const struct invocation *invocation)
{
	return run_command(invocation, /* is_plan: */ false);
}

static enum exit_code run_plan(const struct invocation *invocation)
{
	return run_command(invocation, /* is_plan: */ true);
}

const struct command cmd_senders = {
	.name = "senders",
	.operands = "DOMAIN",
	.summary = "who sends as a domain, from the reports that were read",
	.example = "mailseal senders example.org --db reports.db",
	.groups = senders_groups,
	.options_size = sizeof(struct senders_command_options),
	.defaults = &defaults,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_senders,
};

const struct command cmd_plan = {
	.name = "plan",
	.operands = "DOMAIN",
	.summary =
		"the way of a domain to reject: where it stands, what blocks it, what comes next",
	.example = "mailseal plan example.org --db reports.db",
	.groups = plan_groups,
	.options_size = sizeof(struct senders_command_options),
	.defaults = &defaults,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_plan,
};

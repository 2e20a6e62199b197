/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The options of scan, in the order of its help. */
#include "cli/scan_options.h"

#define FIELD(name) offsetof(struct scan_command_options, name)

static const struct option list_options[] = {
	{"format", 0, OPTION_STRING, "FORM",
	 "what the list is: list, csv or zone (default: found out)", FIELD(input.form)},
	{"origin", 0, OPTION_STRING, "NAME", "where the names of a zone file belong",
	 FIELD(input.origin)},
	{"axfr", 0, OPTION_STRING, "ZONE@SERVER", "the names with mail in a zone, transferred",
	 FIELD(input.axfr)},
};
static const struct option judging_options[] = {
	{"profile", 0, OPTION_LIST, "NAME", "judge by this baseline (default uk-gov-email)",
	 FIELD(judging.profiles)},
	{"selector", 0, OPTION_LIST, "S", "a DKIM selector that the domains use",
	 FIELD(judging.selectors)},
	{"dns-only", 0, OPTION_FLAG, NULL, "ask the DNS only; do not connect to mail servers",
	 FIELD(crew.is_dns_only)},
	{"now", 0, OPTION_STRING, "TIME", "judge as of this time (RFC 3339)", FIELD(judging.now)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object a line (the default)",
	 FIELD(output.is_json)},
	{"csv", 0, OPTION_FLAG, NULL, "one row a domain, for a spreadsheet", FIELD(output.is_csv)},
	{"out", 0, OPTION_STRING, "FILE", "write results to this file, which only grows",
	 FIELD(output.path)},
	{"resume", 0, OPTION_FLAG, NULL,
	 "go on with what is in the file of --out, or with an unfinished run of --db",
	 FIELD(output.is_resumed)},
	{"summary", 0, OPTION_FLAG, NULL, "at the end, say how many do what",
	 FIELD(output.has_summary)},
	{"fail-on", 0, OPTION_STRING, "LEVEL",
	 "exit 1 from this severity on: low, medium, high, critical, never (default)",
	 FIELD(fail_on)},
	{"quiet", 'q', OPTION_FLAG, NULL, "no progress bar", FIELD(is_quiet)},
};
static const struct option estate_options[] = {
	{"db", 0, OPTION_STRING, "PATH|postgresql://...",
	 "keep results there; workers that name the same database share the list",
	 FIELD(estate.database)},
	{"rejudge", 0, OPTION_STRING, "TIME",
	 "ask nobody: judge all that is kept as of this time again (now, 7d, 2026-11-01)",
	 FIELD(rejudge)},
	{"run", 0, OPTION_STRING, "NAME", "the run to share (default: the list's file name)",
	 FIELD(estate.run)},
	{"lease", 0, OPTION_NUMBER, "SECONDS",
	 "a worker that is silent for so long loses its domains (default 120)",
	 FIELD(estate.lease_seconds)},
};
static const struct option pace_options[] = {
	PACE_OPTIONS(struct scan_command_options, judging, crew),
	{"deep-minutes", 0, OPTION_NUMBER, "N",
	 "after this, mail servers get only a first look (default: no end)",
	 FIELD(crew.deep_minutes)},
};
static const struct option dns_options[] = {DNS_OPTIONS(struct scan_command_options, dns)};
static const struct option connect_options[] = {
	CONNECT_OPTIONS(struct scan_command_options, connect)};

static const struct option_group list_group = OPTION_GROUP("the list", list_options);
static const struct option_group judging_group = OPTION_GROUP("judging", judging_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group estate_group = OPTION_GROUP("history", estate_options);
static const struct option_group pace_group = OPTION_GROUP("pace", pace_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group connect_group = OPTION_GROUP("mail servers", connect_options);
const struct option_group *const scan_option_groups[] = {
	&list_group, &judging_group, &output_group,  &estate_group,
	&pace_group, &dns_group,     &connect_group, NULL};

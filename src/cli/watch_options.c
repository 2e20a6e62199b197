/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The options of watch, in the order of its help. */
#include "cli/watch_options.h"

#define FIELD(name) offsetof(struct watch_command_options, name)

static const struct option schedule_options[] = {
	{"db", 0, OPTION_STRING, "PATH|postgresql://...",
	 "where the estate is kept; workers that name the same one share the work",
	 FIELD(database)},
	{"run", 0, OPTION_STRING, "NAME", "which watch (default: the list's file name)",
	 FIELD(run)},
	{"format", 0, OPTION_STRING, "FORM", "what the list is: list, csv or zone",
	 FIELD(input.form)},
	{"every", 0, OPTION_STRING, "SPAN", "check each domain so often (default 24h)",
	 FIELD(every)},
	{"retry", 0, OPTION_STRING, "SPAN", "sooner, when something was not known (default 30m)",
	 FIELD(retry)},
	{"once", 0, OPTION_FLAG, NULL, "check what is due, tell it, and end: for a timer",
	 FIELD(is_once)},
	{"lease", 0, OPTION_NUMBER, "SECONDS",
	 "a worker that is silent for so long loses its domains (default 120)",
	 FIELD(lease_seconds)},
};
static const struct option notice_options[] = {
	{"notify", 0, OPTION_LIST, "CHANNEL",
	 "https://..., mailto:ADDRESS or exec:COMMAND; may be given again", FIELD(teller.channels)},
	{"secret-file", 0, OPTION_STRING, "FILE", "sign webhooks with the secret in it",
	 FIELD(teller.secret_file)},
	{"smtp", 0, OPTION_STRING, "URL", "the server for mails: smtp://mail.example.org:25",
	 FIELD(teller.smtp_url)},
	{"mail-from", 0, OPTION_STRING, "ADDRESS", "who mails are from", FIELD(teller.mail_from)},
	{"notify-ca", 0, OPTION_STRING, "FILE", "trust these authorities for webhooks and SMTP",
	 FIELD(teller.ca_file)},
	{"gather", 0, OPTION_STRING, "SPAN", "tell together what happens within (default 60s)",
	 FIELD(teller.gather)},
	{"repeat", 0, OPTION_STRING, "SPAN",
	 "the same notice not again within this time (default 24h)", FIELD(repeat)},
	{"exceptions", 0, OPTION_STRING, "FILE",
	 "CSV: domain,finding,owner,expires,reason; their end is told", FIELD(exceptions)},
	{"metrics", 0, OPTION_STRING, "FILE", "write figures for Prometheus to this file",
	 FIELD(metrics.path)},
	{"metrics-listen", 0, OPTION_STRING, "ADDRESS:PORT",
	 "give them at /metrics there; a port alone is on 127.0.0.1", FIELD(metrics.listen)},
};
static const struct option judging_options[] = {
	{"profile", 0, OPTION_LIST, "NAME", "judge by this baseline (default uk-gov-email)",
	 FIELD(judging.profiles)},
	{"selector", 0, OPTION_LIST, "S", "a DKIM selector that the domains use",
	 FIELD(judging.selectors)},
	{"dns-only", 0, OPTION_FLAG, NULL, "ask the DNS only; do not connect to mail servers",
	 FIELD(crew.is_dns_only)},
	PACE_OPTIONS(struct watch_command_options, judging, crew),
	{"quiet", 'q', OPTION_FLAG, NULL, "no progress bar", FIELD(is_quiet)},
};
static const struct option dns_options[] = {DNS_OPTIONS(struct watch_command_options, dns)};
static const struct option connect_options[] = {
	CONNECT_OPTIONS(struct watch_command_options, connect)};

static const struct option_group schedule_group = OPTION_GROUP("the estate", schedule_options);
static const struct option_group notice_group = OPTION_GROUP("notices", notice_options);
static const struct option_group judging_group = OPTION_GROUP("judging and pace", judging_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group connect_group = OPTION_GROUP("mail servers", connect_options);
const struct option_group *const watch_option_groups[] = {
	&schedule_group, &notice_group, &judging_group, &dns_group, &connect_group, NULL};

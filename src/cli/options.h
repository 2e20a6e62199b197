/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Option groups that several commands share: embed the struct in the command's own options, name
 * the group in its table. */
#ifndef MAILSEAL_CLI_OPTIONS_H
#define MAILSEAL_CLI_OPTIONS_H

#include "cli/command.h"

/* How DNS is asked. */
struct dns_options {
	struct string_list resolvers;
	const char *root_hints;
	const char *trust_anchor;
	uint64_t timeout_s;
};

/* How mail servers and policy hosts are connected to. */
struct connect_options {
	const char *plan; /* quick, normal, full */
	const char *ehlo_name;
	struct string_list sources;
	const char *ca_file;
	uint64_t port;
	uint64_t policy_port;
	bool allows_private;
};

/* How results are shown. */
struct output_options {
	bool is_json;
	bool is_csv;
	const char *html_path;
	const char *color; /* auto, always, never */
	bool is_quiet;
	bool is_verbose;
	const char *fail_on; /* a severity */
};

/* Facts instead of the network, and time. */
struct facts_options {
	const char *replay_path;
	const char *save_path;
	struct string_list with;
	struct string_list without;
	const char *now;
};

/* The severity of --fail-on from which on the exit code is 1; above all of them for "never". False
 * after a line on standard error. */
bool threshold_read(const char *text, int unless_told, int *ret_threshold) MUST_CHECK;

/* Rows for an option table; `type` is the command's options struct and `field` the member that
 * embeds the group. */
#define DNS_OPTIONS(type, field)                                                                   \
	{"resolver",                                                                               \
	 0,                                                                                        \
	 OPTION_LIST,                                                                              \
	 "ADDR[@PORT]",                                                                            \
	 "ask this resolver (default: the machine's)",                                             \
	 offsetof(type, field.resolvers)},                                                         \
		{"root-hints",                                                                     \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE",                                                                           \
		 "ask the domains' own servers, from these roots",                                 \
		 offsetof(type, field.root_hints)},                                                \
		{"trust-anchor",                                                                   \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE|none",                                                                      \
		 "DNSSEC trust anchor (default: the root)",                                        \
		 offsetof(type, field.trust_anchor)},                                              \
	{                                                                                          \
		"dns-timeout", 0, OPTION_NUMBER, "SECONDS",                                        \
			"longest wait for one answer (default 10)",                                \
			offsetof(type, field.timeout_s)                                            \
	}

#define CONNECT_OPTIONS(type, field)                                                               \
	{"tls",                                                                                    \
	 0,                                                                                        \
	 OPTION_STRING,                                                                            \
	 "PLAN",                                                                                   \
	 "how much to ask a mail server: quick, normal, full",                                     \
	 offsetof(type, field.plan)},                                                              \
		{"ehlo",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "NAME",                                                                           \
		 "the name to greet mail servers with",                                            \
		 offsetof(type, field.ehlo_name)},                                                 \
		{"source",                                                                         \
		 0,                                                                                \
		 OPTION_LIST,                                                                      \
		 "ADDR",                                                                           \
		 "connect from this address; one of each family",                                  \
		 offsetof(type, field.sources)},                                                   \
		{"ca-file",                                                                        \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE",                                                                           \
		 "trust these authorities (PEM) instead of the machine's",                         \
		 offsetof(type, field.ca_file)},                                                   \
		{"connect-port",                                                                   \
		 0,                                                                                \
		 OPTION_NUMBER,                                                                    \
		 "N",                                                                              \
		 "connect to this port instead of 25 (for a lab)",                                 \
		 offsetof(type, field.port)},                                                      \
		{"policy-port",                                                                    \
		 0,                                                                                \
		 OPTION_NUMBER,                                                                    \
		 "N",                                                                              \
		 "connect to this port instead of 443 for policies (for a lab)",                   \
		 offsetof(type, field.policy_port)},                                               \
	{                                                                                          \
		"allow-private", 0, OPTION_FLAG, NULL,                                             \
			"connect to private addresses as well (for a lab)",                        \
			offsetof(type, field.allows_private)                                       \
	}

#define OUTPUT_OPTIONS(type, field)                                                                \
	{"json",                                                                                   \
	 0,                                                                                        \
	 OPTION_FLAG,                                                                              \
	 NULL,                                                                                     \
	 "one JSON object on standard output",                                                     \
	 offsetof(type, field.is_json)},                                                           \
		{"csv",                                                                            \
		 0,                                                                                \
		 OPTION_FLAG,                                                                      \
		 NULL,                                                                             \
		 "one line a finding, for a spreadsheet",                                          \
		 offsetof(type, field.is_csv)},                                                    \
		{"html",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE",                                                                           \
		 "also write a page that stands alone and prints well",                            \
		 offsetof(type, field.html_path)},                                                 \
		{"color",                                                                          \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "WHEN",                                                                           \
		 "auto, always or never",                                                          \
		 offsetof(type, field.color)},                                                     \
		{"quiet",                                                                          \
		 'q',                                                                              \
		 OPTION_FLAG,                                                                      \
		 NULL,                                                                             \
		 "only the two answers",                                                           \
		 offsetof(type, field.is_quiet)},                                                  \
		{"verbose",                                                                        \
		 'v',                                                                              \
		 OPTION_FLAG,                                                                      \
		 NULL,                                                                             \
		 "all findings, with evidence and sources",                                        \
		 offsetof(type, field.is_verbose)},                                                \
	{                                                                                          \
		"fail-on", 0, OPTION_STRING, "LEVEL",                                              \
			"exit 1 from this severity on: low, medium (default), high, critical, "    \
			"never",                                                                   \
			offsetof(type, field.fail_on)                                              \
	}

/* For commands that know no what-if: what FACTS_OPTIONS has without it. */
#define EVIDENCE_OPTIONS(type, field)                                                              \
	{"replay",                                                                                 \
	 0,                                                                                        \
	 OPTION_STRING,                                                                            \
	 "FILE",                                                                                   \
	 "judge by saved facts, without the network",                                              \
	 offsetof(type, field.replay_path)},                                                       \
		{"save",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE",                                                                           \
		 "save the facts: evidence that can be judged again",                              \
		 offsetof(type, field.save_path)},                                                 \
	{                                                                                          \
		"now", 0, OPTION_STRING, "TIME", "judge as of this time (RFC 3339)",               \
			offsetof(type, field.now)                                                  \
	}

#define FACTS_OPTIONS(type, field)                                                                 \
	{"replay",                                                                                 \
	 0,                                                                                        \
	 OPTION_STRING,                                                                            \
	 "FILE",                                                                                   \
	 "judge saved facts, without the network",                                                 \
	 offsetof(type, field.replay_path)},                                                       \
		{"save",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "FILE",                                                                           \
		 "save the facts: evidence that can be judged again",                              \
		 offsetof(type, field.save_path)},                                                 \
		{"with",                                                                           \
		 0,                                                                                \
		 OPTION_LIST,                                                                      \
		 "'NAME TYPE VALUE'",                                                              \
		 "what if this record were published?",                                            \
		 offsetof(type, field.with)},                                                      \
		{"without",                                                                        \
		 0,                                                                                \
		 OPTION_LIST,                                                                      \
		 "'NAME TYPE'",                                                                    \
		 "what if these records were gone?",                                               \
		 offsetof(type, field.without)},                                                   \
	{                                                                                          \
		"now", 0, OPTION_STRING, "TIME", "judge as of this time (RFC 3339)",               \
			offsetof(type, field.now)                                                  \
	}

#endif

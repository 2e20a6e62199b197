/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Whose word counts about the mails that carry reports: options, and what judging them needs. */
#ifndef MAILSEAL_CLI_REPORT_TRUST_H
#define MAILSEAL_CLI_REPORT_TRUST_H

#include "cli/options.h"
#include "service/authenticity.h"

struct trust_options {
	struct dns_options dns;
	struct string_list hosts;
	struct string_list accepted;
	const char *replay_path;
	bool is_verifying;
};

#define TRUST_OPTIONS(type, field)                                                                 \
	{"authserv-id",                                                                            \
	 0,                                                                                        \
	 OPTION_LIST,                                                                              \
	 "HOST",                                                                                   \
	 "believe this host's Authentication-Results in mails with reports",                       \
	 offsetof(type, field.hosts)},                                                             \
		{"accept-reporter",                                                                \
		 0,                                                                                \
		 OPTION_LIST,                                                                      \
		 "REPORTER=DOMAIN",                                                                \
		 "count this reporter's reports in mail proved to be of this domain",              \
		 offsetof(type, field.accepted)},                                                  \
		{"verify",                                                                         \
		 0,                                                                                \
		 OPTION_FLAG,                                                                      \
		 NULL,                                                                             \
		 "verify the DKIM signatures of these mails now (asks the DNS)",                   \
		 offsetof(type, field.is_verifying)},                                              \
	{                                                                                          \
		"replay", 0, OPTION_STRING, "FILE", "take DKIM keys from saved facts",             \
			offsetof(type, field.replay_path)                                          \
	}

struct report_trust;

/* *ret_trust is NULL when nothing is to be judged. */
int report_trust_open(const struct trust_options *options, struct report_trust **ret_trust,
		      struct failure *reterr) MUST_CHECK;
void report_trust_close(struct report_trust *trust);
/* NULL for NULL. */
const struct authenticity_options *report_trust_options(const struct report_trust *trust);

#endif

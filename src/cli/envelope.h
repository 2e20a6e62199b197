/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How a message came in: what the options say, or what a trusted host wrote into it. */
#ifndef MAILSEAL_CLI_ENVELOPE_H
#define MAILSEAL_CLI_ENVELOPE_H

#include "authenticate/message_check.h"
#include "cli/command.h"

struct envelope_options {
	const char *ip;
	const char *helo;
	const char *mail_from;
	const char *trusted_host;
	const char *receiver;
};

/* Rows for an option table; see cli/options.h. */
#define ENVELOPE_OPTIONS(type, field)                                                              \
	{"ip",                                                                                     \
	 0,                                                                                        \
	 OPTION_STRING,                                                                            \
	 "ADDR",                                                                                   \
	 "address of the client that handed the message over",                                     \
	 offsetof(type, field.ip)},                                                                \
		{"helo",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "NAME",                                                                           \
		 "what the client said in HELO or EHLO",                                           \
		 offsetof(type, field.helo)},                                                      \
		{"mail-from",                                                                      \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "ADDR",                                                                           \
		 "MAIL FROM; empty for the null sender",                                           \
		 offsetof(type, field.mail_from)},                                                 \
		{"trust-received",                                                                 \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "HOST",                                                                           \
		 "take all three from the Received field this host wrote, and Return-Path",        \
		 offsetof(type, field.trusted_host)},                                              \
	{                                                                                          \
		"receiver", 0, OPTION_STRING, "NAME",                                              \
			"who checks, as Authentication-Results and SPF explanations name it",      \
			offsetof(type, field.receiver)                                             \
	}

/* False after a line on standard error. */
bool envelope_read(const struct envelope_options *options, struct envelope *ret_envelope);
/* What the trusted host wrote; without one what was read from the options. name: of the message,
 * for the notes that say why SPF stays unchecked. */
struct envelope envelope_of_message(const struct envelope_options *options,
				    const struct envelope *given, const struct message *message,
				    struct span name);

#endif

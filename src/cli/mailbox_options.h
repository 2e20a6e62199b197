/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How an IMAP mailbox is read: options, the password, the connection. */
#ifndef MAILSEAL_CLI_MAILBOX_OPTIONS_H
#define MAILSEAL_CLI_MAILBOX_OPTIONS_H

#include "cli/command.h"
#include "net/imap_session.h"
#include "service/ingest.h"

struct mailbox_options {
	const char *password_path;
	const char *ca_path;
	bool is_marking;
};

#define MAILBOX_OPTIONS(type, field)                                                               \
	{"password-file",                                                                          \
	 0,                                                                                        \
	 OPTION_STRING,                                                                            \
	 "FILE",                                                                                   \
	 "its first line is the password (default: MAILSEAL_IMAP_PASSWORD)",                       \
	 offsetof(type, field.password_path)},                                                     \
		{"mark-read",                                                                      \
		 0,                                                                                \
		 OPTION_FLAG,                                                                      \
		 NULL,                                                                             \
		 "mark messages as read when their rows are safe",                                 \
		 offsetof(type, field.is_marking)},                                                \
	{                                                                                          \
		"ca-file", 0, OPTION_STRING, "FILE",                                               \
			"trust these certificates instead of the machine's",                       \
			offsetof(type, field.ca_path)                                              \
	}

struct mailbox_reading {
	struct ingest *ingest;
	struct store *store;
	const char *move_to; /* a mailbox on the same server, or NULL */
};

/* Reads the mailbox that the address names. */
int mailbox_read(const struct mailbox_reading *reading, const struct mailbox_options *options,
		 const char *address, struct failure *reterr) MUST_CHECK;

#endif

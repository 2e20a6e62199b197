/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Telling notices beside a watch: a thread with a store of its own, since receivers may be slow. */
#ifndef MAILSEAL_CLI_WATCH_TELLER_H
#define MAILSEAL_CLI_WATCH_TELLER_H

#include "cli/command.h"
#include "service/watch.h"

#define WATCH_MAX_CHANNELS 32

struct watch_teller_options {
	struct string_list channels; /* "https://...", "mailto:...", "exec:..." */
	const char *secret_file;
	const char *smtp_url;
	const char *mail_from;
	const char *ca_file;
	const char *gather;
};

struct watch_teller;

/* Reads the channels and makes them known to the database. NULL in *ret_teller without channels. */
int watch_teller_new(const struct watch_teller_options *options, const char *database,
		     struct watch_teller **ret_teller, struct failure *reterr) MUST_CHECK;
/* Starts the thread. */
int watch_teller_start(struct watch_teller *teller, struct failure *reterr) MUST_CHECK;
/* Without a thread: tells what is due, at once. */
int watch_teller_tell(struct watch_teller *teller, struct failure *reterr) MUST_CHECK;
/* Ends the thread, after the message it may be sending. NULL is allowed. */
void watch_teller_free(struct watch_teller *teller);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* --db: where reports and checks are kept. */
#ifndef MAILSEAL_CLI_STORE_OPTIONS_H
#define MAILSEAL_CLI_STORE_OPTIONS_H

#include "cli/command.h"
#include "store/store.h"

/* A row for an option table; field is a const char *. */
#define STORE_OPTION(type, field)                                                                  \
	{                                                                                          \
		"db", 0, OPTION_STRING, "PATH|postgresql://...",                                   \
			"where reports are kept (default: MAILSEAL_DB)", offsetof(type, field)     \
	}

/* The same for commands that read what scan and watch found. */
#define ESTATE_OPTION(type, field)                                                                 \
	{                                                                                          \
		"db", 0, OPTION_STRING, "PATH|postgresql://...",                                   \
			"where scan and watch keep checks (default: MAILSEAL_DB)",                 \
			offsetof(type, field)                                                      \
	}

/* What a command needs to find in the store. */
enum store_need {
	STORE_MAY_BE_NEW,
	STORE_WITH_REPORTS,
	STORE_WITH_CHECKS,
};

/*
 * Opens the named store, or the usual one: what MAILSEAL_DB names, else
 * $XDG_DATA_HOME/mailseal.db or ~/.local/share/mailseal.db, in a folder that is made when it is not
 * there. A store that is needed and is not there is a failure that says what makes one.
 */
int store_open_option(const char *location, enum store_need need, struct store **ret_store,
		      struct failure *reterr) MUST_CHECK;

#endif

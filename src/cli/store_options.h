/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* --db: where reports are kept. */
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

/*
 * Opens the named store, or the usual one: what MAILSEAL_DB names, else
 * $XDG_DATA_HOME/mailseal.db or ~/.local/share/mailseal.db. must_exist: a file that is not there is
 * a failure instead of a new, empty store.
 */
int store_open_option(const char *location, bool must_exist, struct store **ret_store,
		      struct failure *reterr) MUST_CHECK;

#endif

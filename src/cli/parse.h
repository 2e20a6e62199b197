/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Command-line words -> an invocation, by a command's tables. */
#ifndef MAILSEAL_CLI_PARSE_H
#define MAILSEAL_CLI_PARSE_H

#include "cli/command.h"

enum parse_result {
	PARSE_OK,
	PARSE_HELP,  /* --help was among them */
	PARSE_ERROR, /* one line was written to standard error */
};

/*
 * Options may stand anywhere; "--name=value" and "--name value" are the same; "--" ends them.
 * ret_options must have command->options_size octets.
 */
enum parse_result parse_arguments(const struct command *command, int argc, char *const *argv,
				  void *ret_options, struct invocation *ret_invocation);

#endif

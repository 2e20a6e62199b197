/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Help, made from the tables of commands and options. */
#ifndef MAILSEAL_CLI_HELP_H
#define MAILSEAL_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* The list of commands. */
void help_write_program(FILE *out);
void help_write_command(const struct command *command, FILE *out);

#endif

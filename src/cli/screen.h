/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the terminal can show. */
#ifndef MAILSEAL_CLI_SCREEN_H
#define MAILSEAL_CLI_SCREEN_H

#include "cli/options.h"
#include "present/terminal.h"

/* Colour when standard output is a terminal that has it and NO_COLOR is not set; width of the
 * terminal, 80 elsewhere. */
struct terminal_style screen_style(const struct output_options *output);

#endif

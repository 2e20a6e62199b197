/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The commands, one a file: cmd_<name>.c. */
#ifndef MAILSEAL_CLI_CMD_H
#define MAILSEAL_CLI_CMD_H

#include "cli/command.h"

extern const struct command cmd_check;
extern const struct command cmd_replay;
extern const struct command cmd_scan;
extern const struct command cmd_ingest;
extern const struct command cmd_senders;
extern const struct command cmd_plan;
extern const struct command cmd_history;
extern const struct command cmd_diff;
extern const struct command cmd_watch;
extern const struct command cmd_report;
extern const struct command cmd_record;
extern const struct command cmd_verify;
extern const struct command cmd_spoof;
extern const struct command cmd_sign;
extern const struct command cmd_guidance;
extern const struct command cmd_profiles;
extern const struct command cmd_completion;

#endif

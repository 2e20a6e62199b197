/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What `mailseal scan` may be told. */
#ifndef MAILSEAL_CLI_SCAN_OPTIONS_H
#define MAILSEAL_CLI_SCAN_OPTIONS_H

#include "cli/cmd.h"
#include "cli/scan_crew.h"
#include "cli/scan_estate.h"
#include "cli/scan_input.h"
#include "cli/scan_judging.h"
#include "cli/scan_output.h"
#include "cli/session.h"

struct scan_command_options {
	struct dns_options dns;
	struct connect_options connect;
	struct scan_input_options input;
	struct scan_output_options output;
	struct scan_estate_options estate;
	struct scan_judging_options judging;
	struct scan_crew_options crew;
	const char *fail_on;
	const char *rejudge;
	bool is_quiet;
};

/* NULL behind the last; their fields are those of struct scan_command_options. */
extern const struct option_group *const scan_option_groups[];

#endif

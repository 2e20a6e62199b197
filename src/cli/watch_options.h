/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What `mailseal watch` may be told. */
#ifndef MAILSEAL_CLI_WATCH_OPTIONS_H
#define MAILSEAL_CLI_WATCH_OPTIONS_H

#include "cli/cmd.h"
#include "cli/scan_crew.h"
#include "cli/scan_input.h"
#include "cli/scan_judging.h"
#include "cli/session.h"
#include "cli/watch_metrics.h"
#include "cli/watch_teller.h"

struct watch_command_options {
	struct dns_options dns;
	struct connect_options connect;
	struct scan_input_options input;
	struct scan_judging_options judging;
	struct scan_crew_options crew;
	struct watch_teller_options teller;
	struct watch_metrics_options metrics;
	const char *database;
	const char *run;
	const char *every;
	const char *retry;
	const char *repeat;
	const char *exceptions;
	uint64_t lease_seconds;
	bool is_once;
	bool is_quiet;
};

/* NULL behind the last; their fields are those of struct watch_command_options. */
extern const struct option_group *const watch_option_groups[];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How the domains of a scan or a watch are judged, and how many at once: from options to the
 * engine's. */
#ifndef MAILSEAL_CLI_SCAN_JUDGING_H
#define MAILSEAL_CLI_SCAN_JUDGING_H

#include "cli/session.h"
#include "service/scan.h"

struct scan_judging_options {
	struct string_list profiles;
	struct string_list selectors;
	const char *now;    /* NULL: each domain is judged as of the time it is begun */
	uint64_t in_flight; /* 0: SCAN_IN_FLIGHT */
};

/* False after a line on standard error. */
bool scan_judging_read(const struct scan_judging_options *options, struct session *session,
		       struct scan_options *scan) MUST_CHECK;

#endif

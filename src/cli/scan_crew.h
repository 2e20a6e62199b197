/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The collectors of a scan, from the options of a session. */
#ifndef MAILSEAL_CLI_SCAN_CREW_H
#define MAILSEAL_CLI_SCAN_CREW_H

#include "cli/session.h"
#include "collect/crew.h"

/*
 * Questions a second to the name servers of one operator: an upper bound, shared by two servers or
 * more, for those that answer without delay. The others set their own pace, see collect/pace.h.
 */
#define SCAN_CREW_RATE 1000
#define SCAN_CREW_MAX_RATE 1000000

struct scan_crew_options {
	uint64_t dns_threads;  /* 0: one */
	uint64_t deep_minutes; /* 0: no limit */
	const char *rate;      /* of --rate, 0 for no bound; NULL: SCAN_CREW_RATE */
	bool is_dns_only;
	bool has_plan; /* --tls was given; otherwise a scan takes the quick one */
};

/* The session must outlive it, and have connected unless is_dns_only. */
int scan_crew_new(struct session *session, const struct scan_crew_options *options,
		  struct crew **ret_crew, struct failure *reterr) MUST_CHECK;

#endif

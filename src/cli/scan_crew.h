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
};

/* Rows for an option table; `judging` and `crew` are the members of `type` that embed struct
 * scan_judging_options and struct scan_crew_options. */
#define PACE_OPTIONS(type, judging, crew)                                                          \
	{"in-flight",                                                                              \
	 0,                                                                                        \
	 OPTION_NUMBER,                                                                            \
	 "N",                                                                                      \
	 "domains at once (default 1000)",                                                         \
	 offsetof(type, judging.in_flight)},                                                       \
		{"rate",                                                                           \
		 0,                                                                                \
		 OPTION_STRING,                                                                    \
		 "N",                                                                              \
		 "questions a second to one operator of name servers; 0: no limit (default 1000)", \
		 offsetof(type, crew.rate)},                                                       \
	{                                                                                          \
		"dns-threads", 0, OPTION_NUMBER, "N", "threads that ask the DNS (default 1)",      \
			offsetof(type, crew.dns_threads)                                           \
	}

/* Connects the session to mail servers and policy hosts unless is_dns_only; without a plan in
 * `connect` those are looked at quickly. The session must outlive it. */
int scan_crew_new(struct session *session, const struct connect_options *connect,
		  const struct scan_crew_options *options, struct crew **ret_crew,
		  struct failure *reterr) MUST_CHECK;

#endif

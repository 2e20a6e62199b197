/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a judging command needs from the world: tables, facts, and a source that answers what the
 * facts do not hold. Built once from the shared options; everything is owned by the session and
 * freed with it.
 */
#ifndef MAILSEAL_CLI_SESSION_H
#define MAILSEAL_CLI_SESSION_H

#include "cli/options.h"
#include "cli/progress.h"
#include "collect/collect.h"
#include "guide/providers.h"
#include "service/service.h"

/* Arguments, names and assumptions of one run. */
#define SESSION_ARENA_BYTES ((size_t)64 << 20)

struct session {
	struct arena *arena;
	struct facts *facts;
	struct facts_header replayed; /* of the file, when there is one */
	bool is_replay;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	struct profile_table *profiles;
	/* What the collectors were made with, for those who need more of the kind. */
	struct dns_collector_options dns_options;
	struct smtp_collector_options smtp_options;
	struct dns_collector *dns;   /* NULL for a replay */
	struct smtp_collector *smtp; /* NULL unless session_connect() was called */
	struct policy_collector *policy;
	struct sources sources; /* those three as one */
	struct fact_source replay_source;
	struct fact_source *source;
	struct assumptions assumptions;
	int64_t now;
	struct progress progress;
};

/* On failure nothing is left to free. Failures carry the line to print. */
int session_open(const struct dns_options *dns, const struct facts_options *facts,
		 struct session **ret_session, struct failure *reterr) MUST_CHECK;
void session_close(struct session *session);
/* From now on mail servers and policy hosts are connected to as well. Nothing for a replay. */
int session_connect(struct session *session, const struct connect_options *options,
		    struct failure *reterr) MUST_CHECK;
/*
 * Operands -> canonical domains; without operands those of the replayed file. Each bad one gets its
 * line on standard error; false when there was one, or none at all.
 */
bool session_domains(struct session *session, const struct invocation *invocation,
		     struct span **ret_domains, size_t *ret_count) MUST_CHECK;
/* The named profiles, or the default one. False after a line on standard error. */
bool session_profiles(struct session *session, const struct string_list *names,
		      const struct profile ***ret_profiles, size_t *ret_count) MUST_CHECK;
/* From the system's randomness. */
uint64_t session_seed(void);
/* Takes the progress line away before results are printed. */
void session_end_progress(struct session *session);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * estate: what was found about many domains, kept over time, and the queue that lets any number of
 * workers find it together. On the same databases as store.h, with the same contract tests.
 *
 *   run      one pass over a list ("scan"), or a standing watch whose jobs come round again
 *   job      one domain of a run, with the time it is due and an epoch
 *   lease    a job that a worker holds until a time. When that has passed the job is anybody's;
 * each claim raises the epoch, and a result is taken only with the epoch of the last claim and only
 * while the job is open. So a killed worker loses nothing and a frozen one that wakes up cannot
 * write a second result. result   when a domain was judged, with a verdict and the set of facts
 * behind it content  a verdict or a fact, kept once under the digest of what it says. A day on
 * which nothing changed costs one thin row a domain.
 *
 * Every call is one transaction. With PostgreSQL a call whose connection broke, or that met a
 * deadlock, connects again and starts over, for up to a minute; calling twice changes nothing the
 * second time.
 *
 * Times are seconds since 1970. Leases run by the database's clock, since workers' clocks differ.
 */
#ifndef MAILSEAL_STORE_ESTATE_H
#define MAILSEAL_STORE_ESTATE_H

#include "store/notices.h"

/* Octets of a digest: SHA-256 cut in half is far beyond accident. */
#define ESTATE_DIGEST_LEN 16
#define ESTATE_MAX_OWNER 256
#define ESTATE_MAX_OPTIONS 4096
#define ESTATE_MAX_ERROR 512
/* What one call may claim or finish. */
#define ESTATE_MAX_BATCH 256
/* One fact or verdict. */
#define ESTATE_MAX_CONTENT ((size_t)1 << 20)
/* A domain with more facts than this is hostile; the rest is not kept and the set says so. */
#define ESTATE_MAX_FACTS 4000

/* ---- runs ---- */

enum estate_run_kind {
	ESTATE_SCAN = 1,
	ESTATE_WATCH = 2,
	ESTATE_REJUDGED = 3, /* facts of before, judged again: seen only by those who ask for it */
};

struct estate_run {
	int64_t id;
	enum estate_run_kind kind;
	struct span name;    /* of the list: the same name finds the run again */
	struct span options; /* how it was judged, in the caller's words */
	int64_t started_at;
	int64_t finished_at; /* 0: still open */
	bool is_sealed;	     /* the list is complete: no domain will be added */
};

struct estate_domain {
	struct span name; /* canonical */
	struct span owner;
	struct span group;
};

struct estate_progress {
	uint64_t domains;
	uint64_t finished; /* of a watch: finished at least once */
	uint64_t leased;   /* held by a worker whose lease has not run out */
	uint64_t given_up; /* tried too often: see the job's error */
};

/* A run's spans live during the call. */
typedef int estate_run_fn(void *context, const struct estate_run *run);

/* Opens a run: the open one of that kind and name when there is one (*ret_is_new false), so that
 * workers which start together work together. */
int estate_run_open(struct store *store, const struct estate_run *wanted, int64_t *ret_run,
		    bool *ret_is_new, struct failure *reterr) MUST_CHECK;
/* Domains the run has already are left as they are. An owner or group that is given replaces the
 * one that is known; an empty one does not. */
int estate_run_add(struct store *store, int64_t run, const struct estate_domain *domains,
		   size_t count, struct failure *reterr) MUST_CHECK;
int estate_run_seal(struct store *store, int64_t run, struct failure *reterr) MUST_CHECK;
/* Closes a sealed run whose jobs are all finished or given up; *ret_is_finished says whether it is
 * closed now. */
int estate_run_finish(struct store *store, int64_t run, int64_t now, bool *ret_is_finished,
		      struct failure *reterr) MUST_CHECK;
/* Closes a run that nobody works on, whatever is left of it. */
int estate_run_abandon(struct store *store, int64_t run, int64_t now,
		       struct failure *reterr) MUST_CHECK;
int estate_run_progress(struct store *store, int64_t run, struct estate_progress *ret_progress,
			struct failure *reterr) MUST_CHECK;
/* The newest 20,000 runs, newest first. */
int estate_runs(struct store *store, estate_run_fn *each, void *context,
		struct failure *reterr) MUST_CHECK;

/* ---- the queue ---- */

struct estate_lease {
	int64_t domain_id;
	int64_t epoch;
	unsigned attempts; /* claims before this one that came to nothing */
	struct span domain;
	struct span owner;
	struct span group;
};

typedef int estate_lease_fn(void *context, const struct estate_lease *lease);

struct estate_claim {
	int64_t run;
	struct span worker; /* names this process: host and number */
	int64_t lease_seconds;
	size_t max_count;
	unsigned max_attempts; /* a job claimed that often without a result is given up */
};

/* Leases the jobs that are due, the longest due first. None: *ret_wait_seconds says when the next
 * one may be (0: none is open). */
int estate_claim(struct store *store, const struct estate_claim *claim, estate_lease_fn *each,
		 void *context, int64_t *ret_wait_seconds, struct failure *reterr) MUST_CHECK;
/* Holds what the worker still holds for longer. Leases that were lost stay lost. */
int estate_renew(struct store *store, const struct estate_claim *claim,
		 struct failure *reterr) MUST_CHECK;

/* Gives back all that the worker holds: due again at once. */
int estate_release(struct store *store, int64_t run, struct span worker,
		   struct failure *reterr) MUST_CHECK;

struct estate_content {
	struct span digest; /* ESTATE_DIGEST_LEN octets, of what the body says */
	struct span body;
};

struct estate_result {
	int64_t domain_id;
	int64_t epoch;
	int64_t checked_at;
	const struct estate_content *facts;
	size_t fact_count;
	struct span facts_digest; /* of all their digests together */
	struct estate_content verdict;
	int64_t next_due_at;	      /* of a watch; 0 ends the job */
	const struct notice *notices; /* written with the result; their domain is the result's */
	size_t notice_count;
	int64_t repeat_after_seconds; /* the same notice is not written again within this time */
};

enum estate_outcome {
	ESTATE_KEPT,
	ESTATE_LOST, /* the lease was another's by then: nothing was written */
};

/* Writes results and closes their jobs, all or none. */
int estate_finish(struct store *store, int64_t run, const struct estate_result *results,
		  size_t count, enum estate_outcome *ret_outcomes,
		  struct failure *reterr) MUST_CHECK;
/* Gives a job back, due again at a time, with the reason for people. */
int estate_postpone(struct store *store, int64_t run, const struct estate_lease *lease,
		    int64_t due_at, struct span error, struct failure *reterr) MUST_CHECK;

/* ---- reading ---- */

struct estate_entry {
	int64_t run;
	int64_t checked_at;
	int64_t facts;	     /* for estate_facts(); the same number: the same facts */
	int64_t verdict_id;  /* the same number: the same verdict */
	struct span verdict; /* body; empty where it was not asked for */
	struct estate_domain domain;
};

typedef int estate_entry_fn(void *context, const struct estate_entry *entry);
typedef int estate_fact_fn(void *context, struct span body);

/* The results of a run in the order the domains became known. Of a watch: each domain's newest. */
int estate_results(struct store *store, int64_t run, estate_entry_fn *each, void *context,
		   struct failure *reterr) MUST_CHECK;
/* Each domain's newest result up to a time, of any run but those of ESTATE_REJUDGED, in the same
 * order. */
int estate_latest(struct store *store, int64_t until, estate_entry_fn *each, void *context,
		  struct failure *reterr) MUST_CHECK;

struct estate_period {
	int64_t since;
	int64_t until;
	bool is_newest_first;
};

/* One domain's results; those of ESTATE_REJUDGED are left out here too. */
int estate_history(struct store *store, struct span domain, const struct estate_period *period,
		   estate_entry_fn *each, void *context, struct failure *reterr) MUST_CHECK;
/* The facts of a result, in no certain order. */
int estate_facts(struct store *store, int64_t facts, estate_fact_fn *each, void *context,
		 struct failure *reterr) MUST_CHECK;

#endif

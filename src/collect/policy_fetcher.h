/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Many HTTPS fetches at once, by libcurl, which is known here and nowhere else in this module. Each
 * goes to the addresses it is given and to no other: no name is looked up, no proxy is used, no
 * redirect is followed. The certificate is checked by us, before the request is sent; on a bad one
 * the connection is given up.
 */
#ifndef MAILSEAL_COLLECT_POLICY_FETCHER_H
#define MAILSEAL_COLLECT_POLICY_FETCHER_H

#include "collect/policy.h"
#include "collect/policy_host.h"
#include "crypto/x509_trust.h"

enum policy_job_state {
	POLICY_JOB_WAITING,
	POLICY_JOB_OPEN,
	POLICY_JOB_DONE,	/* fetch says how it ended */
	POLICY_JOB_INTERRUPTED, /* is_stopped said so */
	POLICY_JOB_UNSENT,	/* from here the addresses cannot be reached at all */
};

struct policy_transfer;

struct policy_job {
	struct fact_key key;
	struct policy_host host; /* state KNOWN */
	struct arena *arena;	 /* of the result */
	enum policy_job_state state;
	struct policy_fetch fetch;
	struct policy_transfer *transfer; /* the fetcher's */
};

struct policy_fetcher {
	const struct policy_collector_options *options;
	const struct x509_trust_store *trust;
};

/* Fetches all and returns when each job has its final state. */
int policy_fetcher_run(const struct policy_fetcher *fetcher, struct policy_job *jobs, size_t count,
		       struct failure *reterr) MUST_CHECK;

/* Once before and after all use of libcurl. FAILURE_LIBRARY when it is not built for OpenSSL. */
int policy_fetcher_begin(struct failure *reterr) MUST_CHECK;
void policy_fetcher_end(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One domain of a scan on its way to a result. Inside of service. */
#ifndef MAILSEAL_SERVICE_SCAN_JOB_H
#define MAILSEAL_SERVICE_SCAN_JOB_H

#include "service/scan.h"

struct scan_job {
	struct scan_job *next;	/* among those that are ready */
	struct scan_job *older; /* among all */
	struct scan_job *newer;
	struct scan_item item; /* points into text */
	char *text;
	struct facts *facts;
	int64_t now; /* when it was begun, in seconds since 1970 */
	size_t waits_for;
	unsigned rounds;
	/*
	 * The first question, for its name servers, goes alone: it brings the delegation that all
	 * others need, and tells who is to be asked for them. When it fails, one more goes alone:
	 * some servers are silent about one type only.
	 */
	bool has_servers; /* that question has been answered, in some way */
	bool has_second;
	/*
	 * The answer that says that no server of the domain answers; points into facts. It counts
	 * when the first question failed as well, and no more once any question about the domain's
	 * own names was answered.
	 */
	const struct fact *dead;
	bool is_doubtful; /* the first question failed */
	bool is_alive;
};

/* NULL when memory is out. */
struct scan_job *scan_job_new(const struct scan_item *item, int64_t now, uint64_t seed);
void scan_job_free(struct scan_job *job);
/* The question that tells who answers for the domain. Nobody judges by it: it is no fact of the
 * job's. */
struct fact_key scan_job_servers(const struct scan_job *job);
/* Takes an answer in: that of the question above is noted, all others are added. */
int scan_job_take(struct scan_job *job, const struct fact *fact, struct failure *reterr) MUST_CHECK;
/* Adds an answer, and takes note when it says that the domain's servers are dead. */
int scan_job_add(struct scan_job *job, const struct fact *fact, struct failure *reterr) MUST_CHECK;
/* With dead servers the answer is known for every name at or below the domain: adds it. */
int scan_job_add_dead(struct scan_job *job, struct fact_key key, bool *ret_is_added,
		      struct failure *reterr) MUST_CHECK;
/* Is this name the domain's own, or below it? */
bool scan_job_owns(const struct scan_job *job, struct fact_key key);

#endif

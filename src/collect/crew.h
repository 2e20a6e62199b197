/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * All collectors at work for very many domains at once: a fact_stream over threads.
 *
 *   DNS          one thread a core, each with its own libunbound; a name always goes to the same
 *                one, so that what it learns about a zone is learnt once; each operator of name
 *                servers at a pace that it bears, see pace.h
 *   DNS, again   what failed is asked again by itself and looked into, some at a time: a scan makes
 *                faults of its own by its haste, and nobody else may be blamed for them
 *   mail servers one thread for all, see smtp_flow.h
 *   others       any fact source, in batches
 *
 * Facts carry no packets: an auditor's evidence of one domain is the business of a check.
 */
#ifndef MAILSEAL_COLLECT_CREW_H
#define MAILSEAL_COLLECT_CREW_H

#include "collect/dns.h"
#include "collect/smtp.h"
#include "facts/settle.h"
#include "facts/stream.h"
#include "records/public_suffix.h"

#define CREW_MAX_DNS_THREADS 16
/* Failed look-ups are looked into by so many threads, each with so many at a time. */
#define CREW_PATIENT_THREADS 6
#define CREW_PATIENT_BATCH 64
#define CREW_MAX_SOURCES 4

struct crew_options {
	/* max_in_flight: look-ups of one thread. Its callbacks but the notice are called from other
	 * threads, the notice too, but never twice at a time. */
	struct dns_collector_options dns;
	unsigned dns_threads; /* at least 1 */
	/* Questions a second to the name servers of one operator, see pace.h; 0: no limit. Threads
	 * have equal shares of it. */
	unsigned dns_rate;
	/* Tells which names belong together, and who is one operator. May be NULL. */
	const struct public_suffix_list *suffixes;
	const struct smtp_collector_options *smtp; /* NULL: mail servers are not connected to */
	uint64_t deep_ms;			   /* see smtp_flow_start() */
};

struct crew;

/* What options points to must outlive the crew. */
int crew_new(const struct crew_options *options, struct crew **ret_crew,
	     struct failure *reterr) MUST_CHECK;
/* Waits for what is under way; up to the longest deadline, when is_stopped does not say so. */
void crew_free(struct crew *crew);
/* From now on this source answers that kind, in a thread of its own, up to max_batch at a time. */
int crew_add_source(struct crew *crew, enum fact_kind kind, struct fact_source *source,
		    size_t max_batch, struct failure *reterr) MUST_CHECK;
/* A kind nobody answers comes back as "not asked". Lives as long as the crew. */
struct fact_stream *crew_stream(struct crew *crew);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Check very many domains: a bounded number at once, in flat memory. Where the domains come from
 * and where the results go are two small interfaces, so that a list and a file, or the queue and
 * the tables of a database, are the same to the engine.
 *
 * All calls of an input and a sink come from the thread that called scan_run(), one at a time.
 */
#ifndef MAILSEAL_SERVICE_SCAN_H
#define MAILSEAL_SERVICE_SCAN_H

#include "service/check.h"

/* One domain to check. The engine copies what the spans point to. */
struct scan_item {
	struct span domain; /* canonical */
	struct span owner;  /* as the list says; may be empty */
	struct span group;
	uint64_t ticket; /* the input's own number for it: handed back with the result */
};

enum scan_next {
	SCAN_NEXT_ITEM, /* *ret_item is filled; its spans are good until the next call */
	SCAN_NEXT_WAIT, /* nothing now, perhaps later: asked again within a second */
	SCAN_NEXT_END,	/* nothing more, ever */
};

/* Where the domains come from: a list, a zone, the leases of a shared queue. */
struct scan_input {
	/* A negative return ends the scan; what is in flight is given up. */
	int (*next)(struct scan_input *input, struct scan_item *ret_item, enum scan_next *ret_next,
		    struct failure *reterr);
	/* How many are still to come, as far as known; 0: unknown. May be NULL. */
	uint64_t (*remaining)(struct scan_input *input);
};

/* One domain, finished. All of it is gone when take() returns. */
struct scan_result {
	const struct scan_item *item;
	const struct check_report *report; /* with exactly one result */
	const struct facts *facts;	   /* all that the judgement rests on */
	bool is_unknown; /* a look-up failed, so something is unknown that could be known */
};

/* Where results go, in the order in which they are finished. */
struct scan_sink {
	/* A negative return ends the scan. */
	int (*take)(struct scan_sink *sink, const struct scan_result *result,
		    struct failure *reterr);
	/*
	 * Called about once a second while the scan runs and once at its end: to make what was
	 * taken durable, to prolong leases. May be NULL.
	 */
	int (*tick)(struct scan_sink *sink, struct failure *reterr);
};

struct scan_progress {
	uint64_t done;
	uint64_t unknown; /* of these */
	uint64_t in_flight;
	uint64_t remaining; /* not started; 0 when not known */
	uint64_t asked;	    /* questions put to the world: DNS, mail servers, policies */
	uint64_t shared;    /* answers that had been there already */
};

struct fact_stream;

struct scan_options {
	struct assess_options assess; /* now: 0 takes the time at which each domain is begun */
	const struct profile *const *profiles;
	size_t profile_count;
	struct fact_stream *stream; /* answers what the cache does not hold */
	unsigned max_in_flight;	    /* domains at once */
	size_t cache_bytes;	    /* of answers that are shared; 0: SCAN_CACHE_BYTES */
	uint64_t seed;		    /* from the system's randomness */

	void *context;
	/* Adds facts that nobody asks for, such as what reports say, before a domain is judged; may
	 * move the time as of which it is. May be NULL. */
	int (*prepare)(void *context, const struct scan_item *item, struct facts *facts,
		       int64_t *now, struct failure *reterr);
	int64_t (*now)(void *context);	  /* seconds since 1970 */
	int64_t (*now_ms)(void *context); /* on a clock that never jumps */
	/* Asked often; true starts no more domains, and drops those in flight without a result. */
	bool (*is_stopped)(void *context); /* may be NULL */
	/* A few times a second. May be NULL. */
	void (*progress)(void *context, const struct scan_progress *progress);
};

#define SCAN_IN_FLIGHT 1000
#define SCAN_MAX_IN_FLIGHT 4000
#define SCAN_CACHE_BYTES ((size_t)64 << 20)
/* Questions under way, above which no further domain is begun. */
#define SCAN_MAX_QUESTIONS 3000

/* Some look-up failed, so something is unknown that could be known. */
bool scan_is_unknown(const struct facts *facts);
/*
 * Runs until the input ends or is_stopped. Every item that was taken either gets exactly one
 * result, or, when the scan was stopped or fails, none.
 */
int scan_run(struct scan_input *input, struct scan_sink *sink, const struct scan_options *options,
	     struct scan_progress *ret_progress, struct failure *reterr) MUST_CHECK;

#endif

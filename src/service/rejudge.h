/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A whole estate judged again from the facts that are kept: by a baseline that nobody asked for
 * then, or by what a newer version of the program knows. A scan of a run of its own
 * (ESTATE_REJUDGED) whose answers come from the database, so it streams, is shared by workers and
 * can be gone on with like any other; and what was said then stays beside it.
 *
 * Each domain is judged as of the time of its check, by the facts of the newest one up to a time.
 */
#ifndef MAILSEAL_SERVICE_REJUDGE_H
#define MAILSEAL_SERVICE_REJUDGE_H

#include "service/scan.h"
#include "store/estate.h"

struct rejudge;

/* The store must outlive it, and may be used by others between its calls. NULL: no memory. */
struct rejudge *rejudge_new(struct store *store, int64_t until);
/* NULL is allowed. */
void rejudge_free(struct rejudge *rejudge);
/* Puts every domain with a check up to the time into a run; *ret_count: how many. */
int rejudge_fill(struct rejudge *rejudge, int64_t run, uint64_t *ret_count,
		 struct failure *reterr) MUST_CHECK;
/* As scan_options.prepare: all that was known of a domain, and when. */
int rejudge_prepare(struct rejudge *rejudge, const struct scan_item *item, struct facts *facts,
		    int64_t *now, struct failure *reterr) MUST_CHECK;
/* What is not among those facts is "not recorded". Lives as long as the rejudge. */
struct fact_stream *rejudge_stream(struct rejudge *rejudge);
/* The newest run of that name in which kept facts were judged again. FAILURE_INPUT: there is none.
 */
int rejudge_find(struct store *store, struct span name, int64_t *ret_run,
		 struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The restartable loop: run the judge, have its wants answered, run it again from the start, until
 * it wants nothing. Every want is answered exactly once (if only with "failed" or "not observed"),
 * so the loop ends.
 */
#ifndef MAILSEAL_FACTS_SETTLE_H
#define MAILSEAL_FACTS_SETTLE_H

#include "facts/wants.h"

/* Rounds grow with the depth of what is asked: an SPF tree of 10 look-ups, CNAMEs and hosts behind
 * it. */
#define SETTLE_MAX_ROUNDS 40

/* Answers wants: a DNS client, a replay file, a world made of text. */
struct fact_source {
	/*
	 * Adds a fact for each want, to those that are known already. A want left without one
	 * counts as FACT_NOT_OBSERVED (not asked). A negative return is a real failure and ends the
	 * loop.
	 */
	int (*answer)(struct fact_source *source, const struct wants *wants, struct facts *facts,
		      struct failure *reterr);
};

/*
 * A judge concludes into its own context from what inquiry gives. It must be pure: same facts, same
 * result. A negative return (memory) ends the loop.
 */
struct judge {
	int (*run)(void *context, struct inquiry *inquiry, struct failure *reterr);
	void *context;
};

/* Ends with the judge having run last on a complete set, or with a failure. */
int settle(struct facts *facts, struct fact_source *source, struct judge judge,
	   struct failure *reterr) MUST_CHECK;

#endif

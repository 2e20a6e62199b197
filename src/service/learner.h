/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Learning from reports about very many domains, of which few have any: whose names are in reports
 * is read once a minute, and only for those the store is asked. One thread at a time.
 */
#ifndef MAILSEAL_SERVICE_LEARNER_H
#define MAILSEAL_SERVICE_LEARNER_H

#include "service/learn.h"

#define LEARNER_FRESH_S 60

struct learner;

/* The store and what the options point to must live as long. NULL when memory is out. */
struct learner *learner_new(struct store *store, const struct senders_options *options);
/* NULL is allowed. */
void learner_free(struct learner *learner);
/* Adds the fact that learn_reports() would add, as of a time; none when no report is about the
 * domain or a name below it. */
int learner_add(struct learner *learner, struct span domain, int64_t now, struct facts *facts,
		struct failure *reterr) MUST_CHECK;

#endif

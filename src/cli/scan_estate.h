/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* scan --db: a run of an estate in a database, which other workers may share. */
#ifndef MAILSEAL_CLI_SCAN_ESTATE_H
#define MAILSEAL_CLI_SCAN_ESTATE_H

#include "service/estate_queue.h"
#include "service/rejudge.h"
#include "service/scan_tally.h"

struct scan_estate_options {
	const char *database; /* NULL: none is used */
	const char *run;      /* its name; NULL: that of the list */
	uint64_t lease_seconds;
	bool is_rejudging; /* a run of kept facts: the database must be there */
	bool is_resumed;   /* go on with a run that nobody works on any more */
};

struct scan_estate;

/* Opens the database and the run, or joins it. `list` names the run when the options do not. */
int scan_estate_open(const struct scan_estate_options *options, const char *list, int64_t now,
		     struct scan_estate **ret_estate, struct failure *reterr) MUST_CHECK;
/* Puts the whole list into the run; a run that has it already gets nothing twice. */
int scan_estate_fill(struct scan_estate *estate, struct scan_input *list,
		     struct failure *reterr) MUST_CHECK;
/* Likewise with the domains of kept facts. */
int scan_estate_fill_again(struct scan_estate *estate, struct rejudge *rejudge,
			   struct failure *reterr) MUST_CHECK;
struct store *scan_estate_store(struct scan_estate *estate);
/* Results go to the database, and then to `next` as well. */
int scan_estate_start(struct scan_estate *estate, struct scan_sink *next,
		      struct failure *reterr) MUST_CHECK;
struct scan_input *scan_estate_input(struct scan_estate *estate);
struct scan_sink *scan_estate_sink(struct scan_estate *estate);
/* Adds what is in the run and was not found by this worker: by others, or before. Only after
 * scan_estate_finish(). */
int scan_estate_tally(struct scan_estate *estate, struct scan_tally *tally,
		      struct failure *reterr) MUST_CHECK;
/* Writes what is left, gives back what was not done, closes the run when all is. */
int scan_estate_finish(struct scan_estate *estate, int64_t now, struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void scan_estate_close(struct scan_estate *estate);

/* A worker that stops for longer than this is taken for dead, unless told otherwise. */
#define SCAN_ESTATE_LEASE_SECONDS 120

/* Puts all that the list holds into a run. */
int estate_fill(struct store *store, int64_t run, struct scan_input *list,
		struct failure *reterr) MUST_CHECK;
/* What a list is called, wherever it lies: "domains.txt". */
struct span list_name(const char *path);
/* "host-1234-9f3c": names this process among all workers. */
struct span worker_name(struct arena *arena);

#endif

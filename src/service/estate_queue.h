/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A run of an estate in a database as input and sink of a scan: domains are leased, their results
 * written back in batches, so that any number of workers on any machine share one list.
 */
#ifndef MAILSEAL_SERVICE_ESTATE_QUEUE_H
#define MAILSEAL_SERVICE_ESTATE_QUEUE_H

#include "service/scan.h"
#include "store/estate.h"

/* A domain takes up to SCAN_DOMAIN_MS; a worker that is silent for this long is taken for dead. */
#define ESTATE_LEASE_SECONDS 600
/* A domain whose workers died so often is left alone. */
#define ESTATE_MAX_ATTEMPTS 5
/* Claimed at once. */
#define ESTATE_CLAIM 32
/* Results written together, unless a second passes first. */
#define ESTATE_BATCH 64

struct estate_queue_options {
	int64_t run;
	struct span worker;    /* names this process among all: host and process number */
	bool is_standing;      /* a watch: jobs come round, the input does not end */
	int64_t lease_seconds; /* 0: ESTATE_LEASE_SECONDS */
	/* Of a watch: when the domain is due again after this result. */
	int64_t (*next_due)(void *context, const struct scan_result *result);
	bool ends_when_idle; /* of a watch: end when nothing is due, instead of waiting */
	/* Adds notices to a result before it is written. What they point to goes into the arena.
	 * May be NULL. */
	int (*add_notices)(void *context, struct arena *arena, const struct scan_result *scanned,
			   struct estate_result *result, struct failure *reterr);
	void *context;
};

struct estate_queue;

/* The store must outlive the queue; nobody else may use it while the scan runs, but for the
 * callbacks. */
int estate_queue_new(struct store *store, const struct estate_queue_options *options,
		     struct estate_queue **ret_queue, struct failure *reterr) MUST_CHECK;
/* What was not written yet is forgotten: its leases run out. */
void estate_queue_free(struct estate_queue *queue);
struct scan_input *estate_queue_input(struct estate_queue *queue);
struct scan_sink *estate_queue_sink(struct estate_queue *queue);
/* Writes what is still held back. The sink's last tick does so as well. */
int estate_queue_flush(struct estate_queue *queue, struct failure *reterr) MUST_CHECK;
/* Results that were refused because another worker had the domain by then. */
uint64_t estate_queue_lost(const struct estate_queue *queue);

#endif

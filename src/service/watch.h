/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Watching an estate: each domain is checked again when it is due, what changed is compared with
 * the look before, and notices are written with the result. Telling them is the teller's work,
 * which may run beside it in another thread, process or machine.
 */
#ifndef MAILSEAL_SERVICE_WATCH_H
#define MAILSEAL_SERVICE_WATCH_H

#include "notify/channel.h"
#include "service/estate_queue.h"

#define WATCH_EVERY_S 86400
#define WATCH_RETRY_S 1800
#define WATCH_REPEAT_S 86400
#define WATCH_GATHER_S 60

struct watch_options {
	int64_t every_s;  /* between two checks of a domain, less up to a quarter at random */
	int64_t retry_s;  /* after a check in which something could not be determined */
	int64_t repeat_s; /* the same notice is not given again within this time */
	uint64_t seed;	  /* of the jitter */
	/* Whose end is told, of struct sector_exception; must live as long. May be NULL. */
	const struct vector *exceptions;
};

struct watch;

/* Lends itself to estate_queue_options: next_due, add_notices and context. */
struct watch *watch_new(struct store *store, const struct watch_options *options);
void watch_free(struct watch *watch);
int64_t watch_next_due(void *watch, const struct scan_result *result);
int watch_add_notices(void *watch, struct arena *arena, const struct scan_result *scanned,
		      struct estate_result *result, struct failure *reterr) MUST_CHECK;

/* ---- telling ---- */

struct teller_options {
	const struct channel *channels;
	size_t channel_count;
	struct channel_settings settings;
	int64_t gather_s;
	int64_t retry_s; /* before the second attempt; doubled for each after that, up to an hour */
	void *context;
	int64_t (*now)(void *context);
	/* A channel could not be told: once for each attempt. May be NULL. */
	void (*on_failure)(void *context, const struct channel *channel,
			   const struct failure *failure, int64_t again_in_s);
};

/* Makes the channels known: they are told what comes from now on. */
int teller_open_channels(struct store *store, const struct teller_options *options,
			 struct failure *reterr) MUST_CHECK;
/*
 * Tells each channel once what is due. Waits for slow receivers, so it wants a thread and a store
 * of its own. A channel that fails is tried again after 30 s, then ever later, up to an hour.
 */
int teller_round(struct store *store, const struct teller_options *options, uint64_t *ret_told,
		 struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What is known of an estate over time, from the database alone: one domain's history, what changed
 * between two times, and what was last known for certain.
 */
#ifndef MAILSEAL_SERVICE_HISTORY_H
#define MAILSEAL_SERVICE_HISTORY_H

#include "estate/change.h"
#include "store/estate.h"

/* Domains that changed at once; more are counted but not told. */
#define DIFF_MAX_DOMAINS 20000
#define HISTORY_MAX_EVENTS 2000
/* How far back a certain answer is looked for. */
#define KNOWN_MAX_LOOKS 100
/* One domain's two looks while they are compared, and all that is told of an estate. */
#define HISTORY_COMPARE_BYTES ((size_t)64 << 20)
#define HISTORY_BYTES ((size_t)512 << 20)

/* ---- what is last known ---- */

/* A standing in which what could not be determined this time is as it was when it last could. */
struct known_standing {
	struct standing standing;
	int64_t checked_at;		 /* the newest look; 0: the domain is not known */
	int64_t known_at[CONTROL_COUNT]; /* when each control was last determined; 0: never */
	int64_t spoofable_known_at;
	int64_t interceptable_known_at;
};

int history_known(struct store *store, struct arena *arena, const struct estate_entry *newest,
		  struct known_standing *ret_known, struct failure *reterr) MUST_CHECK;

/* ---- one domain ---- */

struct history {
	struct arena *arena; /* owned */
	struct span domain;
	int64_t first_at; /* of all looks in the period; 0: there is none */
	int64_t last_at;
	uint64_t looks;
	struct vector events; /* of struct change *, newest first */
	bool is_cut;	      /* there were more than HISTORY_MAX_EVENTS */
	struct known_standing known;
};

int history_read(struct store *store, struct span domain, const struct estate_period *period,
		 struct history *ret_history, struct failure *reterr) MUST_CHECK;
void history_free(struct history *history);

/* ---- all domains ---- */

struct domain_change {
	struct estate_domain domain;
	struct change *change;
};

/* A record that changed, and every domain that is judged by it. */
struct shared_change {
	const struct changed_record *record;
	struct vector domains; /* of struct span */
};

struct estate_diff {
	struct arena *arena; /* owned */
	int64_t since;
	int64_t until;
	bool is_rejudged;      /* the same facts, judged twice */
	struct vector records; /* of struct shared_change, by subject */
	struct vector domains; /* of struct domain_change: those with any change */
	uint64_t compared;
	uint64_t unchanged;
	uint64_t unread;	   /* some answer that was there before could not be had */
	struct vector new_domains; /* of struct span: first checked since then */
	bool is_cut;
};

struct diff_options {
	int64_t since;	    /* the newest look up to here ... */
	int64_t until;	    /* ... against the newest up to here */
	struct span domain; /* only this one; empty: all */
	/* Not 0: a run in which kept facts were judged again, against what was said of the same
	 * facts then; the times do not count. */
	int64_t rejudged;
};

int history_diff(struct store *store, const struct diff_options *options,
		 struct estate_diff *ret_diff, struct failure *reterr) MUST_CHECK;
void estate_diff_free(struct estate_diff *diff);

#endif

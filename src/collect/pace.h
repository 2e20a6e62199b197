/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * How fast each operator of name servers is asked. Inside of collect; no sockets, no clock.
 *
 * Every question stands in the line of one operator until it may go:
 *
 *   operator   the registered domain of the name servers of the question's zone: ns1.dns.example
 * and ns2.dns.example are one. Of several, the first in the alphabet, so that the same set is the
 * same operator. As long as the servers are not known, the registered domain that is asked about.
 *   registry   the first question about a registered domain, for its NS records, is answered by way
 *              of the servers of the domain above; it stands in that one's line
 *   window     so many questions of an operator are under way together: PACE_FIRST_WINDOW at first,
 *              one more for each window that was answered, half when one fails or is slow. Of a
 *              registry there is none: what is slow there is mostly the domain below.
 *   rate       so many of its questions go in a second, however fast it answers. What libunbound
 *              asks on its own (keys, aliases, what was lost) comes on top.
 *
 * One operator's line does not hold up another's. Memory is bounded by the questions that are put,
 * and PACE_MAX_PLACES names of which the least recently used are forgotten.
 */
#ifndef MAILSEAL_COLLECT_PACE_H
#define MAILSEAL_COLLECT_PACE_H

#include "facts/fact.h"
#include "records/public_suffix.h"

/* Measured on 10,000 domains whose servers drop what is above 200 a second: no false failure. */
#define PACE_FIRST_WINDOW 16
#define PACE_LEAST_WINDOW 2
/* A question that takes longer was most likely lost and sent again. */
#define PACE_SLOW_MS 700
/* What went unused is kept for so long: questions go in the steps of the caller's loop. */
#define PACE_BURST_MS 100
/*
 * A first question counts as so many with its registry, which is also asked for keys and for the
 * name servers' addresses (measured: up to seven questions for one).
 */
#define PACE_REGISTRY_COST 4
/* Names of zones and operators that are remembered: some 200 octets each. */
#define PACE_MAX_PLACES 16384

struct pace_options {
	unsigned rate;	       /* questions a second to one operator; 0: no limit */
	unsigned first_window; /* at least PACE_LEAST_WINDOW */
	size_t max_places;     /* 0: PACE_MAX_PLACES */
	/* Tells what is registered; NULL: the last two labels are. */
	const struct public_suffix_list *suffixes;
	uint64_t seed;
};

struct pace_place;

/* One question. Belongs to the caller, and must stay where it is from put to done. */
struct pace_item {
	struct pace_item *next; /* in its line */
	struct pace_place *place;
	int64_t sent_ms;
};

enum pace_outcome {
	PACE_ANSWERED,
	PACE_FAILED, /* no answer, or one that says that it could not */
};

struct pace;

/* NULL when memory is out. */
struct pace *pace_new(const struct pace_options *options);
/* NULL is allowed. Items that are still in line stay the caller's. */
void pace_free(struct pace *pace);
/* Into the line of its operator. False when memory is out. */
bool pace_put(struct pace *pace, struct pace_item *item, struct fact_key key) MUST_CHECK;
/* The next that may go now; the operators take turns. NULL: none may. */
struct pace_item *pace_take(struct pace *pace, int64_t now_ms);
/* What was taken has come back. */
void pace_done(struct pace *pace, const struct pace_item *item, enum pace_outcome outcome,
	       int64_t now_ms);
/*
 * What an answer about NS records tells: who answers for the zone. The question that found it out
 * had gone to the operator as well, and counts there.
 */
void pace_learn(struct pace *pace, const struct fact *fact, int64_t now_ms);
/* The name whose line a question would stand in; good until the next call. */
struct span pace_operator(struct pace *pace, struct fact_key key);
/* It has answered before: when it fails now, that may be our own haste. */
bool pace_is_known(struct pace *pace, struct fact_key key);
size_t pace_places(const struct pace *pace);

#endif

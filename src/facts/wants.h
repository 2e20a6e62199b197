/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a judge would like to know. An inquiry is the judge's whole view of the world: facts to
 * read, and a place to leave questions. The judge walks on after a miss, so that everything visible
 * is asked in one round.
 */
#ifndef MAILSEAL_FACTS_WANTS_H
#define MAILSEAL_FACTS_WANTS_H

#include "facts/set.h"

/* Per round; a hostile SPF tree must not become a flood (measured need of honest domains: below
 * 120). */
#define WANTS_MAX 1000

struct wants {
	struct arena *arena;
	struct map keys; /* of struct fact_key *, by kind, type and subject */
};

struct inquiry {
	const struct facts *facts;
	struct wants *wants;
};

struct wants wants_new(struct arena *arena);
static inline size_t wants_count(const struct wants *wants)
{
	return map_count(&wants->keys);
}
struct fact_key wants_at(const struct wants *wants, size_t i);
/* Adds the key once. False when WANTS_MAX is reached or memory is out. */
bool wants_add(struct wants *wants, struct fact_key key);

/*
 * The fact for a key; never NULL. What is not known yet is wanted, and a fact in state FACT_WANTED
 * comes back: treat it like any unknown, the result of this run will not be used. Above WANTS_MAX:
 * FACT_NOT_OBSERVED (limit).
 */
const struct fact *inquire(struct inquiry *inquiry, struct fact_key key);
/* The same for a DNS question; name must be canonical. */
const struct fact *inquire_dns(struct inquiry *inquiry, struct span name, uint16_t type);
/* The same for an address of a mail host; name must be canonical. */
const struct fact *inquire_endpoint(struct inquiry *inquiry, struct network address, uint16_t port,
				    struct span name);
/* The same for the MTA-STS policy of a domain; name must be canonical. */
const struct fact *inquire_policy(struct inquiry *inquiry, struct span name);

#endif

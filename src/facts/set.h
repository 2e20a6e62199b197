/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Observations by key. Added once, never changed: judges may keep pointers into a set as long as it
 * lives. */
#ifndef MAILSEAL_FACTS_SET_H
#define MAILSEAL_FACTS_SET_H

#include "facts/fact.h"

/* A full SPF tree, 60 selectors and all mail hosts of a domain are below 300 facts; a file may hold
 * an estate. */
#define FACTS_MAX ((size_t)2 << 20)
#define FACTS_MAX_BYTES ((size_t)2 << 30)

struct facts;

/* seed: see map_new(); from the system's randomness when facts come from the network. NULL when
 * memory is out. */
struct facts *facts_new(uint64_t seed);
/*
 * An empty set laid over another one: keys it does not hold are looked up below, and what is added
 * stays in the overlay. The lower set must outlive it.
 */
struct facts *facts_overlay_new(const struct facts *below);
void facts_free(struct facts *facts);
/* NULL when nothing is known about the key. */
const struct fact *facts_get(const struct facts *facts, struct fact_key key);
/*
 * A deep copy of fact goes into the set. The first answer to a key stands (a judge has already seen
 * it): a second one is dropped and is no failure. FACT_WANTED must not be added.
 */
int facts_add(struct facts *facts, const struct fact *fact, struct failure *reterr) MUST_CHECK;
/* In order of insertion, without those of a lower set. */
size_t facts_count(const struct facts *facts);
const struct fact *facts_at(const struct facts *facts, size_t i);

#endif

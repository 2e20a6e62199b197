/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Answers that many judges share: each is kept for its TTL, in a bounded number of octets.
 *
 * What has been asked for again is worth more than what has not: most names are one domain's own
 * and are never wanted twice, and they must not push out the include trees and mail hosts of a big
 * provider. So new answers wait in a queue of their own, a half of the memory; what is wanted again
 * while it is there moves to the other half, which goes by the clock algorithm. The queue is left
 * from its oldest end. Names that are nobody's own (is_shared) start in the second half.
 */
#ifndef MAILSEAL_FACTS_CACHE_H
#define MAILSEAL_FACTS_CACHE_H

#include "facts/stream.h"

/* RFC 2308 5 and common sense: a TTL of 0 in a run over an estate would be a flood. */
#define FACTS_CACHE_MIN_TTL_S 60
/* RFC 8767 4 caps TTLs at a week; a run is shorter than a day or asks again. */
#define FACTS_CACHE_MAX_TTL_S 86400
/* RFC 9520 3.2: a failure is remembered for at least 1 s and at most 5 minutes. */
#define FACTS_CACHE_FAILURE_TTL_S 300
/* Mail servers and policies are observed once a run. */
#define FACTS_CACHE_SERVER_TTL_S 86400

struct facts_cache;

struct facts_cache_counts {
	size_t entries;
	size_t bytes;
	uint64_t hits;
	uint64_t evicted; /* before their time was over */
};

/* NULL when memory is out. */
struct facts_cache *facts_cache_new(size_t max_bytes, uint64_t seed);
void facts_cache_free(struct facts_cache *cache);
/* Valid until the next call with this cache. NULL when it is not there, or too old. */
const struct fact *facts_cache_get(struct facts_cache *cache, struct fact_key key, int64_t now);
/* Takes the box over, whatever it does with it. */
void facts_cache_put(struct facts_cache *cache, struct fact_box *box, bool is_shared, int64_t now);
struct facts_cache_counts facts_cache_count(const struct facts_cache *cache);
/* How long a fact may be used, in seconds from when it was observed. */
uint32_t facts_cache_ttl_s(const struct fact *fact);

#endif

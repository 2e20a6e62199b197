/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A hash table over two lists: a queue for what was asked once, a clock for what was wanted again.
 */
#include "facts/cache.h"

#include <stdlib.h>

/* A power of two; an entry takes about a kilobyte, so chains stay short up to 256 MB. */
#define BUCKETS ((size_t)1 << 17)

struct entry {
	struct entry *next_in_bucket;
	struct entry *older; /* in its list; the list is a ring with a head */
	struct entry *newer;
	struct fact_box *box;
	uint64_t hash;
	size_t bytes;
	int64_t expires_at;
	bool is_kept;	 /* in the clock, not in the queue */
	bool was_wanted; /* since the clock's hand passed */
};

struct facts_cache {
	struct entry **buckets;
	struct entry queue; /* heads: newer is the oldest entry, older the newest */
	struct entry clock;
	size_t queue_bytes;
	size_t max_bytes;
	uint64_t seed;
	struct facts_cache_counts counts;
};

uint32_t facts_cache_ttl_s(const struct fact *fact)
{
	if (fact_is_unknown(fact) && fact->failure != FACT_FAILURE_FILTERED) {
		return FACTS_CACHE_FAILURE_TTL_S;
	}
	if (fact->key.kind != FACT_DNS || fact->dns == NULL) {
		return FACTS_CACHE_SERVER_TTL_S;
	}
	uint32_t ttl = fact->dns->ttl;
	ttl = ttl < FACTS_CACHE_MIN_TTL_S ? FACTS_CACHE_MIN_TTL_S : ttl;
	return ttl > FACTS_CACHE_MAX_TTL_S ? FACTS_CACHE_MAX_TTL_S : ttl;
}

struct facts_cache *facts_cache_new(size_t max_bytes, uint64_t seed)
{
	struct facts_cache *cache = calloc(1, sizeof(*cache));
	if (cache == NULL) {
		return NULL;
	}
	cache->buckets = calloc(BUCKETS, sizeof(struct entry *));
	cache->max_bytes = max_bytes;
	cache->seed = seed;
	cache->queue.newer = cache->queue.older = &cache->queue;
	cache->clock.newer = cache->clock.older = &cache->clock;
	if (cache->buckets == NULL) {
		free(cache);
		return NULL;
	}
	return cache;
}

static uint64_t hash_of(const struct facts_cache *cache, struct fact_key key)
{
	return map_hash(key.subject, cache->seed ^ ((uint64_t)key.kind << 32 | key.type));
}

static struct entry **find(const struct facts_cache *cache, struct fact_key key, uint64_t hash)
{
	struct entry **at = &cache->buckets[hash & (BUCKETS - 1)];
	for (; *at != NULL; at = &(*at)->next_in_bucket) {
		const struct fact_key *there = &(*at)->box->fact->key;
		if ((*at)->hash == hash && there->kind == key.kind && there->type == key.type &&
		    span_equal(there->subject, key.subject)) {
			break;
		}
	}
	return at;
}

/* As the newest of a list. */
static void link_entry(struct facts_cache *cache, struct entry *entry, bool is_kept)
{
	struct entry *head = is_kept ? &cache->clock : &cache->queue;
	entry->older = head->older;
	entry->newer = head;
	head->older->newer = entry;
	head->older = entry;
	entry->is_kept = is_kept;
	cache->queue_bytes += is_kept ? 0 : entry->bytes;
}

static void unlink_entry(struct facts_cache *cache, struct entry *entry)
{
	entry->older->newer = entry->newer;
	entry->newer->older = entry->older;
	cache->queue_bytes -= entry->is_kept ? 0 : entry->bytes;
}

static void drop(struct facts_cache *cache, struct entry **at)
{
	struct entry *entry = *at;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): each entry is in its bucket */
	*at = entry->next_in_bucket;
	unlink_entry(cache, entry);
	cache->counts.entries--;
	cache->counts.bytes -= entry->bytes;
	fact_box_free(entry->box);
	free(entry);
}

/* The oldest of the queue while it has more than its half, else what the hand finds. */
static struct entry *choose_victim(struct facts_cache *cache)
{
	if (cache->queue_bytes > cache->max_bytes / 2 || cache->clock.newer == &cache->clock) {
		return cache->queue.newer;
	}
	struct entry *entry = cache->clock.newer;
	while (entry->was_wanted) {
		entry->was_wanted = false;
		unlink_entry(cache, entry);
		link_entry(cache, entry, /* is_kept */ true);
		entry = cache->clock.newer;
	}
	return entry;
}

static void make_room(struct facts_cache *cache, int64_t now)
{
	while (cache->counts.bytes > cache->max_bytes && cache->counts.entries > 0) {
		struct entry *entry = choose_victim(cache);
		cache->counts.evicted += entry->expires_at > now ? 1 : 0;
		drop(cache, find(cache, entry->box->fact->key, entry->hash));
	}
}

const struct fact *facts_cache_get(struct facts_cache *cache, struct fact_key key, int64_t now)
{
	struct entry **at = find(cache, key, hash_of(cache, key));
	struct entry *entry = *at;
	if (entry == NULL) {
		return NULL;
	}
	if (entry->expires_at <= now) {
		drop(cache, at);
		return NULL;
	}
	if (!entry->is_kept) {
		unlink_entry(cache, entry);
		link_entry(cache, entry, /* is_kept */ true);
	}
	entry->was_wanted = true;
	cache->counts.hits++;
	return entry->box->fact;
}

void facts_cache_put(struct facts_cache *cache, struct fact_box *box, bool is_shared, int64_t now)
{
	uint64_t hash = hash_of(cache, box->fact->key);
	struct entry **at = find(cache, box->fact->key, hash);
	struct entry *entry = calloc(1, sizeof(*entry));
	if (entry == NULL) {
		fact_box_free(box);
		return;
	}
	if (*at != NULL) {
		drop(cache, at);
		at = find(cache, box->fact->key, hash);
	}
	*entry = (struct entry){
		.box = box,
		.hash = hash,
		.bytes = fact_box_bytes(box) + sizeof(*entry),
		.expires_at = now + facts_cache_ttl_s(box->fact),
	};
	*at = entry;
	link_entry(cache, entry, is_shared);
	cache->counts.entries++;
	cache->counts.bytes += entry->bytes;
	make_room(cache, now);
}

struct facts_cache_counts facts_cache_count(const struct facts_cache *cache)
{
	return cache->counts;
}

void facts_cache_free(struct facts_cache *cache)
{
	if (cache == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		while (cache->buckets[i] != NULL) {
			drop(cache, &cache->buckets[i]);
		}
	}
	free(cache->buckets);
	free(cache);
}

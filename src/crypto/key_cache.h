/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Public keys already prepared for checks, by the octets they were published as. The caller owns
 * the cache and uses it from one thread; there is none hidden inside.
 */
#ifndef MAILSEAL_CRYPTO_KEY_CACHE_H
#define MAILSEAL_CRYPTO_KEY_CACHE_H

#include "crypto/public_key.h"

/* Keys kept: a prepared RSA key takes about 4 kB. A later key takes an earlier one's place. */
#define KEY_CACHE_SLOTS 1024

struct key_cache;

/* seed: as for map_new(). NULL when memory is out. */
struct key_cache *key_cache_new(uint64_t seed);
/* Frees the keys too. NULL is allowed. */
void key_cache_free(struct key_cache *cache);
/* NULL when it is not there. Valid until the next key_cache_put(). */
struct public_key *key_cache_get(const struct key_cache *cache, enum key_kind kind,
				 struct span octets);
/* Takes the key over; false (and the key is still the caller's) when memory is out. */
bool key_cache_put(struct key_cache *cache, struct span octets, struct public_key *key) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * FNV-1a, 64 bits: a short name for some octets, the same on every machine and in every version.
 * It is no defence against somebody who wants two of them to be the same.
 */
#ifndef MAILSEAL_BASE_FNV_H
#define MAILSEAL_BASE_FNV_H

#include <stdint.h>

#include "base/span.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* Goes on from a hash; the first is FNV_BASIS, perhaps with a seed in it. */
static inline uint64_t fnv_add(uint64_t hash, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		hash = (hash ^ span_octet(octets, i)) * FNV_PRIME;
	}
	return hash;
}

#endif

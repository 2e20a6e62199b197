/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Two lanes of multiply and shift, with the constants of MurmurHash3's finaliser. */
#include "reports/hash.h"

struct report_hash hash_new(void)
{
	return (struct report_hash){0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
}

static uint64_t mix(uint64_t state, uint64_t number, uint64_t factor)
{
	state = (state ^ number) * factor;
	return state ^ state >> 32;
}

void hash_number(struct report_hash *hash, uint64_t number)
{
	hash->high = mix(hash->high, number, 0xff51afd7ed558ccd);
	hash->low = mix(hash->low, number, 0xc4ceb9fe1a85ec53);
}

/* Little-endian, so that a stored hash means the same on every machine. */
static uint64_t load_word(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint64_t)u[0] | (uint64_t)u[1] << 8 | (uint64_t)u[2] << 16 | (uint64_t)u[3] << 24 |
	       (uint64_t)u[4] << 32 | (uint64_t)u[5] << 40 | (uint64_t)u[6] << 48 |
	       (uint64_t)u[7] << 56;
}

void hash_span(struct report_hash *hash, struct span s)
{
	size_t at = 0;
	hash_number(hash, s.len);
	for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		hash_number(hash, load_word(s.ptr + at));
	}
	if (at < s.len) {
		char last[sizeof(uint64_t)] = {0};
		memcpy(last, s.ptr + at, s.len - at);
		hash_number(hash, load_word(last));
	}
}

void hash_sum(struct report_hash *sum, struct report_hash one)
{
	sum->high += one.high;
	sum->low += one.low;
}

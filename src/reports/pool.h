/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Text of one row or one head: a fixed block, emptied at once. Nothing is allocated for a row. */
#ifndef MAILSEAL_REPORTS_POOL_H
#define MAILSEAL_REPORTS_POOL_H

#include "base/base.h"

struct pool {
	char *bytes;
	size_t len;
	size_t cap;
	bool is_cut; /* something did not fit */
};

static inline void pool_clear(struct pool *pool)
{
	pool->len = 0;
	pool->is_cut = false;
}

/* A copy, cut to max_len and to what is left of the pool. */
static inline struct span pool_copy(struct pool *pool, struct span s, size_t max_len)
{
	size_t room = pool->cap - pool->len < max_len ? pool->cap - pool->len : max_len;
	size_t len = s.len < room ? s.len : room;
	char *copy = pool->bytes + pool->len;
	pool->is_cut |= len < s.len;
	if (len > 0) {
		memcpy(copy, s.ptr, len);
		pool->len += len;
	}
	return span_of(copy, len);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The sister of a fact source for many judges at once: questions go in one by one, and answers come
 * out when they are ready, in any order.
 */
#ifndef MAILSEAL_FACTS_STREAM_H
#define MAILSEAL_FACTS_STREAM_H

#include "facts/set.h"

/* One answer on its way, with the memory it lives in. */
struct fact_box {
	struct fact_box *next;
	struct arena *arena;
	struct fact *fact;
};

struct fact_stream {
	/*
	 * The key is copied. Every key that is asked comes back exactly once, if only as failed.
	 * known: what the asker knows already; a collector may need it (the addresses of a policy
	 * host), and takes a copy.
	 */
	int (*ask)(struct fact_stream *stream, struct fact_key key, const struct facts *known,
		   struct failure *reterr) MUST_CHECK;
	/*
	 * Waits until there are answers or the time is over, and gives all there are (NULL: none).
	 * The caller frees each.
	 */
	int (*take)(struct fact_stream *stream, unsigned timeout_ms, struct fact_box **ret_boxes,
		    struct failure *reterr) MUST_CHECK;
};

/* A deep copy in the arena. NULL, or a failed arena, when memory is out. */
struct fact *fact_copy(struct arena *arena, const struct fact *fact);
/* A deep copy in an arena that is just large enough. NULL when memory is out. */
struct fact_box *fact_box_new(const struct fact *fact);
void fact_box_free(struct fact_box *box);
/* What a box takes, the arena and its own struct included. */
size_t fact_box_bytes(const struct fact_box *box);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Questions to threads, and their answers back. Inside of collect. All functions may be called from
 * any thread.
 */
#ifndef MAILSEAL_COLLECT_QUEUE_H
#define MAILSEAL_COLLECT_QUEUE_H

#include "facts/stream.h"

/* A question on its way. */
struct errand {
	struct errand *next;
	struct fact_box *known; /* what has to be known to answer it; a list, mostly empty */
	struct fact_key key;	/* its subject is text */
	char text[];
};

struct inbox;

/* NULL when memory or descriptors are out. */
struct inbox *inbox_new(void);
/* NULL is allowed. */
void inbox_free(struct inbox *inbox);
/* Copies the key; takes known over, whatever comes of it. False when memory is out. */
bool inbox_put(struct inbox *inbox, struct fact_key key, struct fact_box *known) MUST_CHECK;
void errand_free(struct errand *errand);
/* Up to max of the oldest; waits for the first one, but not longer than timeout_ms. NULL: none. */
struct errand *inbox_take(struct inbox *inbox, size_t max, unsigned timeout_ms);
/* Wakes everybody who waits: nothing more will come. */
void inbox_close(struct inbox *inbox);
bool inbox_is_closed(struct inbox *inbox);
/* Becomes readable when something is put, for those who wait in a loop of their own. */
int inbox_descriptor(const struct inbox *inbox);

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *outbox);
/* A list of answers, linked by next. */
void outbox_put(struct outbox *outbox, struct fact_box *boxes);
/* The answer to one question: a box of its own. */
void outbox_put_fact(struct outbox *outbox, const struct fact *fact);
/* A thread cannot go on; the first one's reason is kept. */
void outbox_fail(struct outbox *outbox, const struct failure *failure);
/* All there are; waits for the first one, but not longer than timeout_ms. */
int outbox_take(struct outbox *outbox, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr) MUST_CHECK;

#endif

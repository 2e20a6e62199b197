/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fact source in a thread of its own: it answers whatever has gathered since its last answer.
 * Inside of collect. */
#ifndef MAILSEAL_COLLECT_BATCHES_H
#define MAILSEAL_COLLECT_BATCHES_H

#include "collect/queue.h"
#include "facts/settle.h"

struct batches;

/* At most max_batch questions at a time. Several may share an inbox. NULL when there is no memory
 * or no thread to be had. */
struct batches *batches_start(struct fact_source *source, struct inbox *inbox,
			      struct outbox *outbox, size_t max_batch);
/* The inbox must have been closed; waits for the answer in progress. NULL is allowed. */
void batches_end(struct batches *batches);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The questions of a scan that are under way, and who waits for each: what two domains want is
 * asked once. */
#ifndef MAILSEAL_SERVICE_SCAN_QUESTIONS_H
#define MAILSEAL_SERVICE_SCAN_QUESTIONS_H

#include "facts/fact.h"

struct scan_job;

struct scan_waiter {
	struct scan_waiter *next;
	struct scan_job *job;
};

struct scan_questions;

/* NULL when memory is out. */
struct scan_questions *scan_questions_new(uint64_t seed);
/* NULL is allowed. */
void scan_questions_free(struct scan_questions *questions);
size_t scan_questions_count(const struct scan_questions *questions);
/* The job waits for this; *ret_is_new when nobody did so far. False when memory is out. */
bool scan_questions_wait(struct scan_questions *questions, struct fact_key key,
			 struct scan_job *job, bool *ret_is_new) MUST_CHECK;
/* It has been answered: those who wait, for the caller to free(). NULL: nobody. */
struct scan_waiter *scan_questions_end(struct scan_questions *questions, struct fact_key key);

#endif

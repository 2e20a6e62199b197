/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A hash table of open questions. */
#include "service/scan_questions.h"

#include <stdlib.h>

/* A power of two, above the number of questions that are under way together. */
#define BUCKETS ((size_t)1 << 14)

struct question {
	struct question *next_in_bucket;
	struct scan_waiter *waiters;
	uint64_t hash;
	struct fact_key key;
	char subject[];
};

struct scan_questions {
	struct question *buckets[BUCKETS];
	size_t count;
	uint64_t seed;
};

struct scan_questions *scan_questions_new(uint64_t seed)
{
	struct scan_questions *questions = calloc(1, sizeof(*questions));
	if (questions != NULL) {
		questions->seed = seed;
	}
	return questions;
}

static void free_waiters(struct scan_waiter *waiter)
{
	while (waiter != NULL) {
		struct scan_waiter *next = waiter->next;
		free(waiter);
		waiter = next;
	}
}

void scan_questions_free(struct scan_questions *questions)
{
	if (questions == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		while (questions->buckets[i] != NULL) {
			struct question *question = questions->buckets[i];
			questions->buckets[i] = question->next_in_bucket;
			free_waiters(question->waiters);
			free(question);
		}
	}
	free(questions);
}

size_t scan_questions_count(const struct scan_questions *questions)
{
	return questions->count;
}

static uint64_t hash_of(const struct scan_questions *questions, struct fact_key key)
{
	return map_hash(key.subject, questions->seed ^ ((uint64_t)key.kind << 32 | key.type));
}

static struct question **find(struct scan_questions *questions, struct fact_key key, uint64_t hash)
{
	struct question **at = &questions->buckets[hash & (BUCKETS - 1)];
	for (; *at != NULL; at = &(*at)->next_in_bucket) {
		const struct fact_key *there = &(*at)->key;
		if ((*at)->hash == hash && there->kind == key.kind && there->type == key.type &&
		    span_equal(there->subject, key.subject)) {
			break;
		}
	}
	return at;
}

static struct question *new_question(struct fact_key key, uint64_t hash)
{
	struct question *question = malloc(sizeof(*question) + key.subject.len + 1);
	if (question == NULL) {
		return NULL;
	}
	*question = (struct question){.hash = hash, .key = key};
	if (key.subject.len > 0) {
		memcpy(question->subject, key.subject.ptr, key.subject.len);
	}
	question->key.subject = span_of(question->subject, key.subject.len);
	return question;
}

bool scan_questions_wait(struct scan_questions *questions, struct fact_key key,
			 struct scan_job *job, bool *ret_is_new)
{
	uint64_t hash = hash_of(questions, key);
	struct question **at = find(questions, key, hash);
	struct scan_waiter *waiter = malloc(sizeof(*waiter));
	if (waiter == NULL) {
		return false;
	}
	*ret_is_new = *at == NULL;
	if (*at == NULL) {
		*at = new_question(key, hash);
		if (*at == NULL) {
			free(waiter);
			return false;
		}
		questions->count++;
	}
	*waiter = (struct scan_waiter){(*at)->waiters, job};
	(*at)->waiters = waiter;
	return true;
}

struct scan_waiter *scan_questions_end(struct scan_questions *questions, struct fact_key key)
{
	struct question **at = find(questions, key, hash_of(questions, key));
	struct question *question = *at;
	if (question == NULL) {
		return NULL;
	}
	struct scan_waiter *waiters = question->waiters;
	*at = question->next_in_bucket;
	free(question);
	questions->count--;
	return waiters;
}

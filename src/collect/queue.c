/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lists with a lock. */
#include "collect/queue.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct inbox {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct errand *first;
	struct errand *last;
	int wake[2]; /* a pipe */
	bool is_closed;
};

struct outbox {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct fact_box *first;
	struct fact_box *last;
	struct failure failure;
};

static void make_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

static struct timespec time_after(unsigned delay_ms)
{
	const long second_ns = 1000000000L;
	struct timespec at = {0};
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += delay_ms / 1000;
	at.tv_nsec += (long)(delay_ms % 1000) * 1000000L;
	at.tv_sec += at.tv_nsec / second_ns;
	at.tv_nsec %= second_ns;
	return at;
}

static bool make_pipe(int ends[2])
{
	if (pipe(ends) != 0) {
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	return true;
}

struct inbox *inbox_new(void)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	if (inbox == NULL || !make_pipe(inbox->wake)) {
		free(inbox);
		return NULL;
	}
	pthread_mutex_init(&inbox->lock, NULL);
	make_condition(&inbox->filled);
	return inbox;
}

static void free_boxes(struct fact_box *box)
{
	while (box != NULL) {
		struct fact_box *next = box->next;
		fact_box_free(box);
		box = next;
	}
}

void errand_free(struct errand *errand)
{
	free_boxes(errand->known);
	free(errand);
}

void inbox_free(struct inbox *inbox)
{
	if (inbox == NULL) {
		return;
	}
	while (inbox->first != NULL) {
		struct errand *next = inbox->first->next;
		errand_free(inbox->first);
		inbox->first = next;
	}
	close(inbox->wake[0]);
	close(inbox->wake[1]);
	pthread_cond_destroy(&inbox->filled);
	pthread_mutex_destroy(&inbox->lock);
	free(inbox);
}

static struct errand *new_errand(struct fact_key key, struct fact_box *known)
{
	struct errand *errand = malloc(sizeof(*errand) + key.subject.len + 1);
	if (errand == NULL) {
		free_boxes(known);
		return NULL;
	}
	errand->known = known;
	if (key.subject.len > 0) {
		memcpy(errand->text, key.subject.ptr, key.subject.len);
	}
	errand->text[key.subject.len] = '\0';
	errand->key = key;
	errand->key.subject = span_of(errand->text, key.subject.len);
	errand->next = NULL;
	return errand;
}

bool inbox_put(struct inbox *inbox, struct fact_key key, struct fact_box *known)
{
	struct errand *errand = new_errand(key, known);
	if (errand == NULL) {
		return false;
	}
	pthread_mutex_lock(&inbox->lock);
	bool was_empty = inbox->first == NULL;
	if (was_empty) {
		inbox->first = errand;
	} else {
		inbox->last->next = errand;
	}
	inbox->last = errand;
	pthread_cond_signal(&inbox->filled);
	pthread_mutex_unlock(&inbox->lock);
	if (was_empty) {
		/* A full pipe wakes as well. */
		ssize_t len = write(inbox->wake[1], "", 1);
		(void)len;
	}
	return true;
}

struct errand *inbox_take(struct inbox *inbox, size_t max, unsigned timeout_ms)
{
	const struct timespec end = time_after(timeout_ms);
	pthread_mutex_lock(&inbox->lock);
	while (timeout_ms > 0 && inbox->first == NULL && !inbox->is_closed &&
	       pthread_cond_timedwait(&inbox->filled, &inbox->lock, &end) == 0) {
	}
	struct errand *first = max > 0 ? inbox->first : NULL;
	struct errand *last = first;
	for (size_t i = 1; i < max && last != NULL && last->next != NULL; i++) {
		last = last->next;
	}
	if (last != NULL) {
		inbox->first = last->next;
		last->next = NULL;
	}
	pthread_mutex_unlock(&inbox->lock);
	return first;
}

void inbox_close(struct inbox *inbox)
{
	pthread_mutex_lock(&inbox->lock);
	inbox->is_closed = true;
	pthread_cond_broadcast(&inbox->filled);
	pthread_mutex_unlock(&inbox->lock);
}

bool inbox_is_closed(struct inbox *inbox)
{
	pthread_mutex_lock(&inbox->lock);
	bool is_closed = inbox->is_closed;
	pthread_mutex_unlock(&inbox->lock);
	return is_closed;
}

int inbox_descriptor(const struct inbox *inbox)
{
	return inbox->wake[0];
}

struct outbox *outbox_new(void)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	if (outbox != NULL) {
		pthread_mutex_init(&outbox->lock, NULL);
		make_condition(&outbox->filled);
	}
	return outbox;
}

void outbox_free(struct outbox *outbox)
{
	if (outbox == NULL) {
		return;
	}
	free_boxes(outbox->first);
	pthread_cond_destroy(&outbox->filled);
	pthread_mutex_destroy(&outbox->lock);
	free(outbox);
}

void outbox_put(struct outbox *outbox, struct fact_box *boxes)
{
	if (boxes == NULL) {
		return;
	}
	struct fact_box *last = boxes;
	while (last->next != NULL) {
		last = last->next;
	}
	pthread_mutex_lock(&outbox->lock);
	if (outbox->first == NULL) {
		outbox->first = boxes;
	} else {
		outbox->last->next = boxes;
	}
	outbox->last = last;
	pthread_cond_signal(&outbox->filled);
	pthread_mutex_unlock(&outbox->lock);
}

void outbox_put_fact(struct outbox *outbox, const struct fact *fact)
{
	struct fact_box *box = fact_box_new(fact);
	if (box == NULL) {
		struct failure failure;
		failure_set_memory(&failure, "take in an answer");
		outbox_fail(outbox, &failure);
		return;
	}
	outbox_put(outbox, box);
}

void outbox_fail(struct outbox *outbox, const struct failure *failure)
{
	pthread_mutex_lock(&outbox->lock);
	if (outbox->failure.code == FAILURE_NONE) {
		outbox->failure = *failure;
	}
	pthread_cond_signal(&outbox->filled);
	pthread_mutex_unlock(&outbox->lock);
}

int outbox_take(struct outbox *outbox, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr)
{
	const struct timespec end = time_after(timeout_ms);
	pthread_mutex_lock(&outbox->lock);
	while (timeout_ms > 0 && outbox->first == NULL && outbox->failure.code == FAILURE_NONE &&
	       pthread_cond_timedwait(&outbox->filled, &outbox->lock, &end) == 0) {
	}
	int r = (int)outbox->failure.code;
	if (r < 0) {
		*reterr = outbox->failure;
	} else {
		*ret_boxes = outbox->first;
		outbox->first = NULL;
	}
	pthread_mutex_unlock(&outbox->lock);
	return r;
}

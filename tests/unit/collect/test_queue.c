/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "collect/queue.h"

#define MANY 5000

static struct fact_key key_of(const char *name)
{
	return (struct fact_key){FACT_DNS, RR_TXT, span_of_string(name)};
}

static void free_errands(struct errand *errand)
{
	while (errand != NULL) {
		struct errand *next = errand->next;
		errand_free(errand);
		errand = next;
	}
}

static void test_order(void **state)
{
	(void)state;
	struct inbox *inbox = inbox_new();
	assert_true(inbox_put(inbox, key_of("a.org"), NULL));
	assert_true(inbox_put(inbox, key_of("b.org"), NULL));
	assert_true(inbox_put(inbox, key_of("c.org"), NULL));
	struct pollfd readable = {.fd = inbox_descriptor(inbox), .events = POLLIN};
	assert_int_equal(poll(&readable, 1, 0), 1);
	struct errand *two = inbox_take(inbox, 2, 0);
	assert_row_span("first", two->key.subject, SPAN("a.org"));
	assert_row_span("second", two->next->key.subject, SPAN("b.org"));
	assert_null(two->next->next);
	assert_null(inbox_take(inbox, 0, 0));
	struct errand *rest = inbox_take(inbox, SIZE_MAX, 0);
	assert_row_span("third", rest->key.subject, SPAN("c.org"));
	assert_null(inbox_take(inbox, 1, 1));
	assert_true(inbox_put(inbox, key_of("d.org"), NULL));
	inbox_close(inbox);
	assert_true(inbox_is_closed(inbox));
	free_errands(two);
	free_errands(rest);
	inbox_free(inbox); /* with one left in it */
}

/* Takes all that come and answers each. */
static void *serve(void *context)
{
	void **boxes = context;
	struct inbox *inbox = boxes[0];
	struct outbox *outbox = boxes[1];
	while (!inbox_is_closed(inbox)) {
		struct errand *errands = inbox_take(inbox, 7, 100);
		for (const struct errand *at = errands; at != NULL; at = at->next) {
			const struct fact fact = {.key = at->key, .state = FACT_ABSENT};
			outbox_put_fact(outbox, &fact);
		}
		free_errands(errands);
	}
	return NULL;
}

/* Every question comes back once, through two threads. */
static void test_threads(void **state)
{
	(void)state;
	struct inbox *inbox = inbox_new();
	struct outbox *outbox = outbox_new();
	void *boxes[] = {inbox, outbox};
	pthread_t threads[2];
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, serve, boxes), 0);
	}
	for (unsigned i = 0; i < MANY; i++) {
		char name[32];
		snprintf(name, sizeof(name), "d%u.org", i);
		assert_true(inbox_put(inbox, key_of(name), NULL));
	}
	unsigned answers = 0;
	for (unsigned turn = 0; turn < 2000 && answers < MANY; turn++) {
		struct fact_box *box = NULL;
		struct failure failure;
		assert_int_equal(outbox_take(outbox, 10, &box, &failure), 0);
		while (box != NULL) {
			struct fact_box *next = box->next;
			fact_box_free(box);
			box = next;
			answers++;
		}
	}
	inbox_close(inbox);
	for (size_t i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
	}
	assert_int_equal(answers, MANY);
	inbox_free(inbox);
	outbox_free(outbox);
}

static void test_failure(void **state)
{
	(void)state;
	struct outbox *outbox = outbox_new();
	struct failure failure;
	struct failure got;
	struct fact_box *box = NULL;
	failure_set(&failure, FAILURE_LIBRARY, "first", "why");
	outbox_fail(outbox, &failure);
	failure_set_memory(&failure, "second");
	outbox_fail(outbox, &failure);
	assert_int_equal(outbox_take(outbox, 1000, &box, &got), FAILURE_LIBRARY);
	assert_string_equal(got.what, "first");
	outbox_free(outbox);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

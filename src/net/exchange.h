/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One loop for all waiting: timers, and exchanges. An exchange is one TCP connection that is driven
 * by a dialogue without I/O: it is told what came and says what to send, until it has seen enough.
 *
 * An exchange's time runs from the dial. It ends exactly once, and then frees itself; its dialogue
 * may be freed in end().
 */
#ifndef MAILSEAL_NET_EXCHANGE_H
#define MAILSEAL_NET_EXCHANGE_H

#include <sys/socket.h>

#include "base/base.h"

/* What a dialogue may have waiting to be sent. */
#define EXCHANGE_MAX_SEND ((size_t)64 << 10)

struct loop;
struct timer;
struct exchange;

enum exchange_event {
	EXCHANGE_CONNECTED,
	EXCHANGE_RECEIVED, /* octets came */
	EXCHANGE_WOKEN,	   /* the pause asked for is over */
};

enum exchange_end {
	EXCHANGE_DONE,	      /* the dialogue has seen enough */
	EXCHANGE_REFUSED,     /* RST to SYN */
	EXCHANGE_UNREACHABLE, /* no route, or ICMP */
	EXCHANGE_TIMEOUT,     /* its time is over */
	EXCHANGE_CLOSED,      /* the peer closed */
	EXCHANGE_RESET,	      /* the peer reset */
	EXCHANGE_LOCAL,	      /* no socket, no such family or source address here */
	EXCHANGE_STOPPED,     /* by exchange_stop() */
};

struct exchange_next {
	bool is_done;
	unsigned pause_ms;    /* send only up to here; woken after that. 0: none */
	unsigned deadline_ms; /* shortens the time left to this; 0: not */
};

struct exchange_dialogue {
	/* Appends what to send. */
	struct exchange_next (*event)(void *context, enum exchange_event event, struct span octets,
				      struct buffer *send);
	void (*end)(void *context, enum exchange_end end);
	void *context;
};

struct exchange_options {
	struct sockaddr_storage peer;
	struct sockaddr_storage source; /* ss_family 0: the system's choice */
	unsigned deadline_ms;
};

/* NULL when the system refuses. */
struct loop *loop_new(void);
/* All timers and exchanges must be gone. */
void loop_free(struct loop *loop);
/* Runs until is_finished says so: asked after whatever happens, and ten times a second. */
void loop_run(struct loop *loop, bool (*is_finished)(void *context), void *context);
/* Milliseconds on a clock that never jumps. */
int64_t loop_now_ms(const struct loop *loop);

/* Calls back once, after delay_ms. NULL when memory is out. */
struct timer *timer_new(struct loop *loop, void (*call)(void *context), void *context);
void timer_set(struct timer *timer, unsigned delay_ms);
/* Also when it is not set. NULL is allowed. */
void timer_free(struct timer *timer);

/* Dials. NULL when memory is out; every other outcome comes by way of end(), never from inside this
 * call. */
struct exchange *exchange_new(struct loop *loop, const struct exchange_options *options,
			      const struct exchange_dialogue *dialogue);
/* Ends it with EXCHANGE_STOPPED. */
void exchange_stop(struct exchange *exchange);

#endif

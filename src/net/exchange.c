/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Timers and TCP connections over libevent. */
#define _DEFAULT_SOURCE /* TCP_QUICKACK */
#include "net/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#define READ_BYTES 16384
#define TICK_MS 100

struct loop {
	struct event_base *base;
	struct event *tick; /* ends each turn, so that stopping is noticed */
};

struct timer {
	struct event *event;
	void (*call)(void *context);
	void *context;
};

struct exchange {
	struct loop *loop;
	struct exchange_dialogue dialogue;
	struct event *readable;
	struct event *writable;
	struct event *deadline;
	struct event *pause;
	struct buffer send;
	size_t sent;
	int64_t ends_at_ms;
	int fd;
	int error; /* of the dial, told from the loop */
	bool is_connected;
};

static struct timeval time_of_ms(int64_t ms)
{
	ms = ms < 0 ? 0 : ms;
	return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static int64_t clock_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
}

struct loop *loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	if (loop == NULL) {
		return NULL;
	}
	loop->base = event_base_new();
	loop->tick =
		loop->base != NULL ? event_new(loop->base, -1, EV_PERSIST, on_tick, NULL) : NULL;
	if (loop->tick == NULL) {
		loop_free(loop);
		return NULL;
	}
	return loop;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL) {
		return;
	}
	if (loop->tick != NULL) {
		event_free(loop->tick);
	}
	if (loop->base != NULL) {
		event_base_free(loop->base);
	}
	free(loop);
}

int64_t loop_now_ms(const struct loop *loop)
{
	(void)loop;
	return clock_ms();
}

void loop_run(struct loop *loop, bool (*is_finished)(void *context), void *context)
{
	struct timeval tick = time_of_ms(TICK_MS);
	event_add(loop->tick, &tick);
	while (!is_finished(context) && event_base_loop(loop->base, EVLOOP_ONCE) == 0) {
	}
	event_del(loop->tick);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct timer *timer = context;
	timer->call(timer->context);
}

struct timer *timer_new(struct loop *loop, void (*call)(void *context), void *context)
{
	struct timer *timer = calloc(1, sizeof(*timer));
	if (timer == NULL) {
		return NULL;
	}
	*timer = (struct timer){.call = call, .context = context};
	timer->event = evtimer_new(loop->base, on_timer, timer);
	if (timer->event == NULL) {
		free(timer);
		return NULL;
	}
	return timer;
}

void timer_set(struct timer *timer, unsigned delay_ms)
{
	struct timeval delay = time_of_ms(delay_ms);
	evtimer_add(timer->event, &delay);
}

void timer_free(struct timer *timer)
{
	if (timer != NULL) {
		event_free(timer->event);
		free(timer);
	}
}

static void free_event(struct event *event)
{
	if (event != NULL) {
		event_free(event);
	}
}

static void exchange_free(struct exchange *exchange)
{
	free_event(exchange->readable);
	free_event(exchange->writable);
	free_event(exchange->deadline);
	free_event(exchange->pause);
	buffer_free(&exchange->send);
	if (exchange->fd >= 0) {
		close(exchange->fd);
	}
	free(exchange);
}

static void end(struct exchange *exchange, enum exchange_end how)
{
	struct exchange_dialogue dialogue = exchange->dialogue;
	exchange_free(exchange);
	dialogue.end(dialogue.context, how);
}

static enum exchange_end end_of_error(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return EXCHANGE_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return EXCHANGE_RESET;
	case ETIMEDOUT:
		return EXCHANGE_TIMEOUT;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case EACCES:
	case EPERM:
		return EXCHANGE_UNREACHABLE;
	default:
		return EXCHANGE_LOCAL;
	}
}

static void set_deadline(struct exchange *exchange)
{
	struct timeval left = time_of_ms(exchange->ends_at_ms - clock_ms());
	evtimer_add(exchange->deadline, &left);
}

static void send_waiting(struct exchange *exchange)
{
	while (exchange->sent < exchange->send.len) {
		ssize_t len = send(exchange->fd, exchange->send.data + exchange->sent,
				   exchange->send.len - exchange->sent, MSG_NOSIGNAL);
		if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
			event_add(exchange->writable, NULL);
			return;
		}
		if (len < 0) {
			/* What the server said before it closed may still be unread. */
			break;
		}
		exchange->sent += (size_t)len;
	}
	buffer_clear(&exchange->send);
	exchange->sent = 0;
}

/*
 * RFC 1122 4.2.3.2 lets us wait with an acknowledgement, and Linux does so for 40 ms. A server that
 * writes an answer in two pieces, as most do behind a TLS 1.3 handshake, keeps the second back for
 * as long (RFC 896). The system forgets the wish with the next segment.
 */
static void acknowledge_now(int fd)
{
	int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* Tells the dialogue and does what it says; the exchange may be gone afterwards. */
static void tell(struct exchange *exchange, enum exchange_event event, struct span octets)
{
	struct exchange_next next = exchange->dialogue.event(exchange->dialogue.context, event,
							     octets, &exchange->send);
	if (next.deadline_ms > 0) {
		int64_t at_ms = clock_ms() + next.deadline_ms;
		exchange->ends_at_ms = at_ms < exchange->ends_at_ms ? at_ms : exchange->ends_at_ms;
		set_deadline(exchange);
	}
	bool is_silent = exchange->send.len == 0;
	send_waiting(exchange);
	if (next.is_done || exchange->send.is_failed) {
		end(exchange, EXCHANGE_DONE);
		return;
	}
	if (event == EXCHANGE_RECEIVED && is_silent) {
		acknowledge_now(exchange->fd);
	}
	if (next.pause_ms > 0) {
		struct timeval pause = time_of_ms(next.pause_ms);
		evtimer_add(exchange->pause, &pause);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	(void)what;
	struct exchange *exchange = context;
	char octets[READ_BYTES];
	ssize_t len = recv(fd, octets, sizeof(octets), 0);
	if (len > 0) {
		tell(exchange, EXCHANGE_RECEIVED, span_of(octets, (size_t)len));
	} else if (len == 0) {
		end(exchange, EXCHANGE_CLOSED);
	} else if (errno != EAGAIN && errno != EINTR) {
		end(exchange, end_of_error(errno));
	}
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
	(void)what;
	struct exchange *exchange = context;
	if (exchange->is_connected) {
		send_waiting(exchange);
		return;
	}
	int error = 0;
	socklen_t len = sizeof(error);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0) {
		end(exchange, end_of_error(error));
		return;
	}
	exchange->is_connected = true;
	event_add(exchange->readable, NULL);
	tell(exchange, EXCHANGE_CONNECTED, span_of(NULL, 0));
}

/* The deadline, and also the news of a dial that failed at once. */
static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct exchange *exchange = context;
	end(exchange, exchange->error != 0 ? end_of_error(exchange->error) : EXCHANGE_TIMEOUT);
}

static void on_pause(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	tell(context, EXCHANGE_WOKEN, span_of(NULL, 0));
}

static socklen_t address_len(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
}

/* 0, or the error. */
static int dial(struct exchange *exchange, const struct exchange_options *options)
{
	int fd = socket(options->peer.ss_family, SOCK_STREAM, 0);
	exchange->fd = fd;
	if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		return errno;
	}
	const struct sockaddr_storage *source = &options->source;
	if (source->ss_family != 0 &&
	    bind(fd, (const struct sockaddr *)source, address_len(source)) < 0) {
		return errno;
	}
	/* A hello in two segments stays two. */
	int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)&options->peer, address_len(&options->peer)) < 0 &&
	    errno != EINPROGRESS) {
		return errno;
	}
	return 0;
}

static bool make_events(struct exchange *exchange)
{
	struct event_base *base = exchange->loop->base;
	exchange->deadline = evtimer_new(base, on_deadline, exchange);
	exchange->pause = evtimer_new(base, on_pause, exchange);
	if (exchange->fd >= 0) {
		exchange->readable =
			event_new(base, exchange->fd, EV_READ | EV_PERSIST, on_readable, exchange);
		exchange->writable = event_new(base, exchange->fd, EV_WRITE, on_writable, exchange);
	}
	bool has_socket_events = exchange->readable != NULL && exchange->writable != NULL;
	return exchange->deadline != NULL && exchange->pause != NULL &&
	       (exchange->fd < 0 || has_socket_events);
}

struct exchange *exchange_new(struct loop *loop, const struct exchange_options *options,
			      const struct exchange_dialogue *dialogue)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (exchange == NULL) {
		return NULL;
	}
	exchange->loop = loop;
	exchange->dialogue = *dialogue;
	exchange->send = buffer_new(EXCHANGE_MAX_SEND);
	exchange->error = dial(exchange, options);
	if (!make_events(exchange)) {
		exchange_free(exchange);
		return NULL;
	}
	exchange->ends_at_ms = exchange->error != 0 ? 0 : clock_ms() + options->deadline_ms;
	set_deadline(exchange);
	if (exchange->error == 0) {
		event_add(exchange->writable, NULL);
	}
	return exchange;
}

void exchange_stop(struct exchange *exchange)
{
	end(exchange, EXCHANGE_STOPPED);
}

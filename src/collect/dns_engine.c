/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Runs libunbound. The traps named in comments were each measured with version 1.17.1. */
#include "collect/dns_engine.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include "collect/dns_context.h"
#include "collect/dns_packet.h"

/* How often deadlines and is_stopped are looked at. */
#define TICK_MS 50
#define CLASS_IN 1
/* A round of an honest domain is some 60 questions. */
#define FIRST_WINDOW 32

struct dns_engine {
	struct event_base *base;
	struct event *tick;
	struct event *watch; /* NULL: nothing is watched */
	struct evutil_monotonic_timer *clock;
	struct ub_ctx *unbound;
};

/* One call of dns_engine_ask(). */
struct run {
	struct dns_client client; /* first: done() casts back */
	struct dns_engine *engine;
	struct arena *arena;
	struct dns_ask *asks;
	size_t count;
	const struct dns_wait *wait;
	size_t sent;   /* asks before this one were sent */
	size_t oldest; /* asks before this one are final */
	size_t done;
};

/*
 * What libunbound holds. It outlives its ask when that is given up: libunbound offers no way to
 * take a question back (ub_cancel only mutes the callback), but calls back for every one, at the
 * latest from ub_ctx_delete().
 */
struct dns_lookup {
	struct dns_client *client; /* NULL when given up */
	struct dns_engine *engine;
	struct arena *arena;
	struct dns_ask *ask;
};

int64_t dns_engine_now_ms(struct dns_engine *engine)
{
	struct timeval now = {0};
	evutil_gettime_monotonic(engine->clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_usec / 1000;
}

static void finish(struct dns_engine *engine, struct dns_client *client, struct dns_ask *ask,
		   enum dns_ask_state state)
{
	ask->state = state;
	ask->finished_ms = dns_engine_now_ms(engine);
	ask->lookup = NULL;
	client->done(client, ask);
}

static void count_done(struct dns_client *client, struct dns_ask *ask)
{
	(void)ask;
	((struct run *)client)->done++;
}

/*
 * Trap: two rcodes. A fresh SERVFAIL comes as the argument, with a pointer to some other packet; a
 * cached one as argument 0 and in the packet's header. So the argument counts first, and the packet
 * only when it is 0.
 */
static bool has_answer(int rcode, const void *packet, int packet_len)
{
	enum { HEADER_LEN = 12, RCODE_OCTET = 3 };
	if (rcode != DNS_RCODE_NOERROR || packet == NULL || packet_len < HEADER_LEN) {
		return false;
	}
	int header_rcode = ((const unsigned char *)packet)[RCODE_OCTET] & 0x0f;
	return header_rcode == DNS_RCODE_NOERROR || header_rcode == DNS_RCODE_NXDOMAIN;
}

/*
 * Trap: this may run inside ub_resolve_event() (cached answers) and inside ub_ctx_delete(); it
 * must not start look-ups.
 */
static void on_result(void *data, int rcode, void *packet, int packet_len, int security,
		      char *why_bogus, int was_ratelimited)
{
	enum { SECURITY_BOGUS = 1, SECURITY_SECURE = 2 };
	struct dns_lookup *lookup = data;
	struct dns_lookup found = *lookup;
	struct dns_ask *ask = found.ask;
	free(lookup);
	if (found.client == NULL) {
		return;
	}
	ask->is_bogus = security == SECURITY_BOGUS;
	ask->is_secure = security == SECURITY_SECURE;
	ask->why_bogus = arena_copy(found.arena, span_of_string(why_bogus));
	bool is_answered = has_answer(rcode, packet, packet_len);
	if (is_answered) {
		ask->packet = arena_copy(found.arena, span_of(packet, (size_t)packet_len));
	}
	finish(found.engine, found.client, ask, is_answered ? DNS_ASK_ANSWERED : DNS_ASK_FAILED);
}

void dns_engine_give_up(struct dns_engine *engine, struct dns_ask *ask, enum dns_ask_state state)
{
	struct dns_client *client = ask->lookup->client;
	ask->lookup->client = NULL;
	finish(engine, client, ask, state);
}

/* The final state of an ask that was perhaps not even sent. */
static void give_up(struct run *run, struct dns_ask *ask, enum dns_ask_state state)
{
	if (ask->lookup != NULL) {
		dns_engine_give_up(run->engine, ask, state);
	} else {
		finish(run->engine, &run->client, ask, state);
	}
}

int dns_engine_send(struct dns_engine *engine, struct arena *arena, struct dns_ask *ask,
		    struct dns_client *client, struct failure *reterr)
{
	char name[LIMIT_NAME_ESCAPED + 1];
	struct dns_lookup *lookup = malloc(sizeof(*lookup));
	if (lookup == NULL) {
		return failure_set_memory(reterr, "ask the DNS");
	}
	*lookup = (struct dns_lookup){client, engine, arena, ask};
	ask->lookup = lookup;
	ask->started_ms = dns_engine_now_ms(engine);
	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(ask->key.subject));
	int id = 0;
	int r = ub_resolve_event(engine->unbound, name, ask->key.type, CLASS_IN, lookup, on_result,
				 &id);
	if (r == 0) {
		return 0; /* lookup may be gone already */
	}
	free(lookup);
	ask->lookup = NULL;
	if (r == UB_SYNTAX) {
		finish(engine, client, ask, DNS_ASK_REFUSED);
		return 0;
	}
	return failure_set(reterr, r == UB_NOMEM ? FAILURE_MEMORY : FAILURE_LIBRARY, "ask the DNS",
			   "%s", ub_strerror(r));
}

/*
 * Each answer lets one more question go than before: all at once, they would all start at the same
 * top server, as no delegation is known yet, and overflow its socket and ours (measured: 500 names
 * of one zone in 190 ms so, in 500 ms all at once).
 */
static size_t window(const struct run *run)
{
	size_t size = FIRST_WINDOW + run->done;
	return size < run->wait->max_in_flight ? size : run->wait->max_in_flight;
}

static int send_some(struct run *run, struct failure *reterr)
{
	while (run->sent < run->count && run->sent - run->done < window(run)) {
		struct dns_ask *ask = &run->asks[run->sent++];
		int r = dns_engine_send(run->engine, run->arena, ask, &run->client, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* Asks are sent in order and have the same deadline, so the oldest open one is due first. */
static void expire(struct run *run)
{
	int64_t now_ms = dns_engine_now_ms(run->engine);
	for (; run->oldest < run->sent; run->oldest++) {
		struct dns_ask *ask = &run->asks[run->oldest];
		if (ask->state != DNS_ASK_OPEN) {
			continue;
		}
		if (now_ms - ask->started_ms < run->wait->deadline_ms &&
		    now_ms < run->wait->end_ms) {
			return;
		}
		give_up(run, ask, DNS_ASK_TIMED_OUT);
	}
}

static void give_up_all(struct run *run, enum dns_ask_state state)
{
	for (size_t i = 0; i < run->count; i++) {
		if (run->asks[i].state == DNS_ASK_OPEN) {
			give_up(run, &run->asks[i], state);
		}
	}
	run->sent = run->count;
}

static bool is_stopped(const struct dns_wait *wait)
{
	return wait->is_stopped != NULL && wait->is_stopped(wait->context);
}

static void check_time(struct run *run)
{
	expire(run);
	if (is_stopped(run->wait)) {
		give_up_all(run, DNS_ASK_STOPPED);
	} else if (dns_engine_now_ms(run->engine) >= run->wait->end_ms) {
		give_up_all(run, DNS_ASK_TIMED_OUT);
	}
}

int dns_engine_turn(struct dns_engine *engine, struct failure *reterr)
{
	if (event_base_loop(engine->base, EVLOOP_ONCE) < 0) {
		return failure_set(reterr, FAILURE_LIBRARY, "wait for the DNS",
				   "the event loop failed");
	}
	return 0;
}

int dns_engine_ask(struct dns_engine *engine, struct arena *arena, struct dns_ask *asks,
		   size_t count, const struct dns_wait *wait, struct failure *reterr)
{
	struct run run = {.client = {count_done},
			  .engine = engine,
			  .arena = arena,
			  .asks = asks,
			  .count = count,
			  .wait = wait};
	int r = 0;
	while (r == 0 && run.done < count) {
		size_t done_before = run.done;
		r = send_some(&run, reterr);
		if (r == 0 && run.done < count) {
			r = dns_engine_turn(engine, reterr);
			check_time(&run);
		}
		if (wait->progress != NULL && run.done != done_before) {
			wait->progress(wait->context, run.done, count);
		}
	}
	/* After a failure too nothing may point to this frame any more. */
	give_up_all(&run, DNS_ASK_STOPPED);
	if (r == 0 && arena_has_failed(arena)) {
		return failure_set_memory(reterr, "take in DNS answers");
	}
	return r;
}

void dns_engine_sleep(struct dns_engine *engine, const struct dns_wait *wait)
{
	while (dns_engine_now_ms(engine) < wait->end_ms && !is_stopped(wait)) {
		if (dns_engine_turn(engine, /* reterr */ NULL) < 0) {
			return;
		}
	}
}

/* Only wakes the loop; what is due is looked at after each turn. */
static void on_tick(evutil_socket_t fd, short events, void *data)
{
	(void)fd;
	(void)events;
	(void)data;
}

static void on_octets(evutil_socket_t fd, short events, void *data)
{
	char octets[256];
	(void)events;
	(void)data;
	while (read(fd, octets, sizeof(octets)) == (ssize_t)sizeof(octets)) {
	}
}

int dns_engine_watch(struct dns_engine *engine, int fd, struct failure *reterr)
{
	engine->watch = event_new(engine->base, fd, EV_READ | EV_PERSIST, on_octets, NULL);
	if (engine->watch == NULL || event_add(engine->watch, NULL) != 0) {
		return failure_set(reterr, FAILURE_LIBRARY, "start the event loop",
				   "libevent refused a descriptor");
	}
	return 0;
}

static int start_loop(struct dns_engine *engine, struct failure *reterr)
{
	const struct timeval tick = {.tv_usec = TICK_MS * 1000L};
	engine->base = event_base_new();
	engine->clock = evutil_monotonic_timer_new();
	if (engine->base == NULL || engine->clock == NULL ||
	    evutil_configure_monotonic_time(engine->clock, 0) != 0) {
		return failure_set(reterr, FAILURE_LIBRARY, "start the event loop",
				   "libevent refused");
	}
	engine->tick = event_new(engine->base, -1, EV_PERSIST, on_tick, NULL);
	if (engine->tick == NULL || event_add(engine->tick, &tick) != 0) {
		return failure_set(reterr, FAILURE_LIBRARY, "start the event loop",
				   "libevent refused a timer");
	}
	return 0;
}

int dns_engine_new(const struct dns_engine_config *config, struct dns_engine **ret_engine,
		   struct failure *reterr)
{
	struct dns_engine *engine = calloc(1, sizeof(*engine));
	if (engine == NULL) {
		return failure_set_memory(reterr, "start the DNS engine");
	}
	int r = start_loop(engine, reterr);
	if (r == 0) {
		r = dns_context_new(config, engine->base, &engine->unbound, reterr);
	}
	if (r < 0) {
		dns_engine_free(engine);
		return r;
	}
	*ret_engine = engine;
	return 0;
}

void dns_engine_free(struct dns_engine *engine)
{
	if (engine == NULL) {
		return;
	}
	/* Calls back for all that is pending; their asks were given up before. */
	ub_ctx_delete(engine->unbound);
	if (engine->tick != NULL) {
		event_free(engine->tick);
	}
	if (engine->watch != NULL) {
		event_free(engine->watch);
	}
	if (engine->clock != NULL) {
		evutil_monotonic_timer_free(engine->clock);
	}
	if (engine->base != NULL) {
		event_base_free(engine->base);
	}
	free(engine);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * libunbound on a libevent base: many questions in flight at once, bounded, each with its own
 * deadline (libunbound has none: a dead server holds a look-up for minutes). Everything that is
 * peculiar to libunbound is known here and nowhere else.
 */
#ifndef MAILSEAL_COLLECT_DNS_ENGINE_H
#define MAILSEAL_COLLECT_DNS_ENGINE_H

#include "facts/fact.h"

struct dns_engine_config {
	const struct span *forwards; /* resolvers; none: ask the name servers */
	size_t forward_count;
	const struct span *stubs; /* "ZONE=ADDR[@PORT]" */
	size_t stub_count;
	const char *root_hints;	  /* file or NULL */
	const char *trust_anchor; /* file; NULL: the root's, built in */
	bool is_validating;
	bool minimises_names;
	unsigned max_sockets;
};

enum dns_ask_state {
	DNS_ASK_OPEN,
	DNS_ASK_ANSWERED,  /* rcode 0 or 3, and a packet */
	DNS_ASK_FAILED,	   /* libunbound says SERVFAIL, which may mean anything */
	DNS_ASK_TIMED_OUT, /* our deadline */
	DNS_ASK_STOPPED,   /* is_stopped said so */
	DNS_ASK_REFUSED,   /* not a name or type that can be asked */
};

struct dns_lookup;

/* One question, and after dns_engine_ask() what came of it. */
struct dns_ask {
	struct fact_key key;	   /* in; the subject needs no NUL */
	struct span packet;	   /* ANSWERED; in the arena */
	struct span why_bogus;	   /* the validator's words, raw */
	int64_t started_ms;	   /* dns_engine_now_ms() when it was sent */
	int64_t finished_ms;	   /* ... and when its state became final */
	struct dns_lookup *lookup; /* the engine's */
	enum dns_ask_state state;
	bool is_bogus;
	bool is_secure;
};

/* How one call of dns_engine_ask() waits. */
struct dns_wait {
	unsigned deadline_ms;	/* of one question, from when it was sent */
	int64_t end_ms;		/* of all, on dns_engine_now_ms()'s clock */
	unsigned max_in_flight; /* at least 1 */
	void *context;
	bool (*is_stopped)(void *context);			    /* may be NULL */
	void (*progress)(void *context, size_t done, size_t total); /* may be NULL */
};

/*
 * Who is told of an answer. done() may be called from inside dns_engine_send() (for what libunbound
 * knows already) and from dns_engine_turn(); it must not send.
 */
struct dns_client {
	void (*done)(struct dns_client *client, struct dns_ask *ask);
};

struct dns_engine;

int dns_engine_new(const struct dns_engine_config *config, struct dns_engine **ret_engine,
		   struct failure *reterr) MUST_CHECK;
/* Drops what is in flight. NULL is allowed. */
void dns_engine_free(struct dns_engine *engine);
/* Asks all and returns when each has its final state. Packets and texts go into the arena. */
int dns_engine_ask(struct dns_engine *engine, struct arena *arena, struct dns_ask *asks,
		   size_t count, const struct dns_wait *wait, struct failure *reterr) MUST_CHECK;
/*
 * The same for those who keep a loop of their own: sends one question, and has its client told when
 * it is final. The ask, the arena and the client must live until then.
 */
int dns_engine_send(struct dns_engine *engine, struct arena *arena, struct dns_ask *ask,
		    struct dns_client *client, struct failure *reterr) MUST_CHECK;
/* An open ask gets its final state now; its client is told. */
void dns_engine_give_up(struct dns_engine *engine, struct dns_ask *ask, enum dns_ask_state state);
/* Waits until something happens, 50 ms at most, and deals with it. */
int dns_engine_turn(struct dns_engine *engine, struct failure *reterr) MUST_CHECK;
/* From now on octets at this descriptor end a turn as well; they are read and dropped. */
int dns_engine_watch(struct dns_engine *engine, int fd, struct failure *reterr) MUST_CHECK;
/* Lets time pass (late answers are still taken in) until end_ms or is_stopped. */
void dns_engine_sleep(struct dns_engine *engine, const struct dns_wait *wait);
/* A clock that only goes forward. */
int64_t dns_engine_now_ms(struct dns_engine *engine);

#endif

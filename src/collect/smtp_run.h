/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One endpoint's connections, one after another, until its plan is finished. Inside of collect. */
#ifndef MAILSEAL_COLLECT_SMTP_RUN_H
#define MAILSEAL_COLLECT_SMTP_RUN_H

#include "collect/smtp.h"
#include "collect/smtp_plan.h"
#include "crypto/x509_trust.h"

#define SMTP_MAX_PER_ENDPOINT 8

/* What all endpoints of a collector share. */
struct smtp_collector {
	struct fact_source source; /* first: answer() casts back */
	struct smtp_collector_options options;
	struct loop *loop;
	struct tls_client *client;
	struct x509_trust_store *trust; /* NULL: none to be had */
	uint64_t random;
	unsigned in_flight;
	size_t open_runs;
	/* Of many runs: deep questions wait while somebody's first look is still to come. */
	bool is_shallow_first;
	size_t first_looks;   /* still to come */
	int64_t deep_ends_ms; /* no deep questions after this; 0: no limit */
};

struct smtp_run;

/* One connection. */
struct smtp_attempt {
	struct smtp_run *run;
	struct smtp_question question;
	struct arena *arena; /* of the probe */
	struct smtp_probe *probe;
	struct exchange *exchange; /* NULL: the place is free */
	int64_t tls_ms;		   /* when STARTTLS was granted; 0: not yet */
};

struct smtp_run {
	struct smtp_collector *smtp;
	struct fact_key key;
	struct network address;
	uint16_t port;
	struct arena *arena;
	struct smtp_endpoint endpoint;
	struct smtp_plan plan;
	struct timer *timer;
	struct smtp_attempt attempts[SMTP_MAX_PER_ENDPOINT];
	unsigned in_flight;
	unsigned backoffs;
	int64_t next_dial_ms;
	int64_t ends_at_ms;
	bool has_spoken;      /* greeted us once */
	bool has_hello;	      /* answered a hello of ours with one */
	bool is_redialled;    /* the first dial was refused and is tried again */
	bool has_been_silent; /* where it had spoken before; it got one rest for that */
	int64_t hello_ms;     /* until its first answer to a hello; -1: none yet */
	enum smtp_outcome last_break;
	bool had_first_look; /* a session, and a hello of TLS 1.3 and of TLS 1.2 */
	unsigned waited_ms;  /* for the first looks of others */
	bool is_finished;
	/* Told once, from the loop; may be NULL. The run must not be freed inside. */
	void (*finished)(struct smtp_run *run);
};

/* Is the address one we connect to, under this collector's options? */
bool smtp_may_dial(const struct smtp_collector *smtp, struct network address);
/* Starts dialling. The key's subject must outlive the run. False when memory is out. */
bool smtp_run_start(struct smtp_run *run, struct smtp_collector *smtp, struct fact_key key);
/* Ends what is in flight. */
void smtp_run_stop(struct smtp_run *run);
void smtp_run_free(struct smtp_run *run);
/* Of a finished run; its spans are the run's. */
struct fact smtp_run_fact(const struct smtp_run *run);

/* What one connection brought; pure. has_spoken: the server had greeted us before. */
enum smtp_outcome smtp_outcome_of(const struct smtp_probe *probe, enum exchange_end end,
				  bool has_spoken);
/* Notes greeting, EHLO and STARTTLS of one connection. */
void smtp_run_note(struct smtp_run *run, const struct smtp_probe *probe, enum exchange_end end);
/* The last conclusions, when the plan is finished. */
void smtp_run_conclude(struct smtp_run *run);

#endif

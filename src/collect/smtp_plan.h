/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What to ask an endpoint next, and what the answers mean for it. No I/O and no time: the plan
 * hands out questions, one connection each, and takes the answers in any order.
 *
 * The first question (a whole session) goes alone: it shows whether there is TLS at all. When it is
 * met with silence and no other hello was answered either, it is the last. Then TLS 1.3 and TLS 1.2
 * by one hello each, beside them the large one in two segments if the session was of TLS 1.3, and
 * behind them all others. A step that enumerates offers everything, takes out what the server
 * chose, and asks again until it refuses.
 */
#ifndef MAILSEAL_COLLECT_SMTP_PLAN_H
#define MAILSEAL_COLLECT_SMTP_PLAN_H

#include "facts/endpoint.h"
#include "net/smtp_probe.h"

enum smtp_step {
	SMTP_STEP_SESSION, /* with SNI, whatever key the server prefers */
	SMTP_STEP_TLS13,   /* every group, the hybrids first */
	SMTP_STEP_TLS12,   /* every suite; best first, in the quick plan worst first */
	SMTP_STEP_WEAK,	   /* every suite that is not of the best, worst first; enumerates */
	SMTP_STEP_LEGACY,  /* TLS 1.1 and below, then below what was chosen */
	SMTP_STEP_SSL2,
	SMTP_STEP_WEAK_GROUPS, /* enumerates */
	SMTP_STEP_SHA1,
	SMTP_STEP_BIG,	 /* hybrids only, above 1,400 octets, in two segments; enumerates */
	SMTP_STEP_BARE,	 /* a session without SNI: injection and renegotiation */
	SMTP_STEP_OTHER, /* a certificate with the other kind of key */
	/* only when an answer asks for it */
	SMTP_STEP_ORDER, /* worst first */
	SMTP_STEP_LARGE, /* above 1,400 octets, in one segment */
	SMTP_STEP_SPLIT, /* small, in two segments */
	/* only in the full plan */
	SMTP_STEP_GOOD,	    /* the best suites; enumerates */
	SMTP_STEP_RARE,	    /* suites hardly any server knows; enumerates */
	SMTP_STEP_SUITES13, /* enumerates */
	SMTP_STEP_GROUPS13, /* enumerates */
	SMTP_STEP_GROUPS12, /* enumerates */
	SMTP_STEP_ORDER13,  /* groups, weakest first */
	SMTP_STEP_SHA224,
	SMTP_STEP_HUGE,	       /* above 16,000 octets */
	SMTP_STEP_SUITES11,    /* enumerates */
	SMTP_STEP_SUITES10,    /* enumerates */
	SMTP_STEP_SUITES_SSL3, /* enumerates */
	SMTP_STEP_COUNT,
};

/* What one connection brought. */
enum smtp_outcome {
	SMTP_OUTCOME_ANSWER,  /* a hello, or an open session */
	SMTP_OUTCOME_REFUSAL, /* an alert, or the session failed */
	SMTP_OUTCOME_CLOSED,  /* after our hello */
	SMTP_OUTCOME_RESET,   /* after our hello */
	SMTP_OUTCOME_SILENT,  /* after our hello */
	SMTP_OUTCOME_PLAIN,   /* text instead of TLS, or TLS that is none */
	SMTP_OUTCOME_NO_TLS,  /* SMTP did not come as far */
	SMTP_OUTCOME_THROTTLED,
	SMTP_OUTCOME_UNREACHED, /* no connection, or none that spoke */
	SMTP_OUTCOME_INTERRUPTED,
};

/* One connection to be made. Pointers are the plan's, until the answer is taken. */
struct smtp_question {
	enum smtp_step step;
	bool is_session;
	bool has_sni;
	bool splits;
	bool injects;
	bool renegotiates;
	enum tls_auth key;
	uint16_t max_version;	/* of a session */
	struct tls_offer offer; /* without server name and random octets */
};

enum smtp_step_state {
	SMTP_STEP_WAITING, /* not asked yet */
	SMTP_STEP_ASKED,   /* in flight */
	SMTP_STEP_DONE,
	SMTP_STEP_LEFT_OUT, /* not in this plan, or nothing to ask */
};

struct smtp_step_run {
	enum smtp_step_state state;
	uint16_t version;
	uint32_t *suites;
	size_t suite_count;
	uint16_t *groups;
	size_t group_count;
	bool is_prepared;
	bool is_retried; /* once more with a small hello */
	bool has_been_silent;
};

struct smtp_plan {
	struct arena *arena;
	struct smtp_endpoint *endpoint; /* filled; lives in the arena */
	struct smtp_step_run steps[SMTP_STEP_COUNT];
	uint16_t base_version;	  /* the highest of TLS 1.2 and below that was accepted; 0: none */
	enum tls_auth key;	  /* of the first certificate */
	unsigned answers;	  /* hellos and alerts */
	unsigned breaks;	  /* closed, reset, silent or plain after our hello */
	bool has_weak;		  /* a suite that is not of the best was accepted */
	unsigned silences;	  /* steps met with silence since the last answer */
	bool is_hurried;	  /* the session is slow: TLS 1.2 is asked beside it */
	bool is_first_look_alone; /* nothing that the quick plan lacks goes beside it */
	bool is_stopped;
	enum probe_reason stop_reason;
};

/* Is the question how large a hello may be, so that silence is an answer? */
bool smtp_step_is_about_size(enum smtp_step step);
/* Rows for all versions, everything else unknown. */
void smtp_plan_begin(struct smtp_plan *plan, struct arena *arena, struct smtp_endpoint *endpoint);
/* False when there is nothing to ask now: wait for answers, or it is finished. */
bool smtp_plan_next(struct smtp_plan *plan, struct smtp_question *ret_question);
/* The connection was turned away: the same question again, later. */
void smtp_plan_put_back(struct smtp_plan *plan, const struct smtp_question *question);
void smtp_plan_take(struct smtp_plan *plan, const struct smtp_question *question,
		    enum smtp_outcome outcome, const struct smtp_probe *probe);
/*
 * The session's hello has waited long for an answer. Another question goes beside it, so that a
 * server that is silent to every hello costs its deadline once, and one that is only silent to TLS
 * 1.3 is told apart.
 */
void smtp_plan_hurry(struct smtp_plan *plan);
/* Asks nothing more; what is open becomes unknown for this reason. */
void smtp_plan_stop(struct smtp_plan *plan, enum probe_reason reason);
/* All that the quick plan asks is settled. */
bool smtp_plan_had_first_look(const struct smtp_plan *plan);
bool smtp_plan_is_finished(const struct smtp_plan *plan);
/* After the last answer: what was not asked or stayed open gets its reason. */
void smtp_plan_finish(struct smtp_plan *plan);

#endif

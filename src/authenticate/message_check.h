/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One message as a strict receiver judges it: SPF, DKIM, DMARC and ARC together, over one set of
 * facts.
 * A restartable judge; everything it needs is asked in parallel, and how much that can be is known.
 */
#ifndef MAILSEAL_AUTHENTICATE_MESSAGE_CHECK_H
#define MAILSEAL_AUTHENTICATE_MESSAGE_CHECK_H

#include "authenticate/arc.h"
#include "authenticate/bimi_select.h"
#include "authenticate/dkim.h"
#include "authenticate/dmarc_evaluate.h"
#include "authenticate/spf_check.h"

/* Author domains that are evaluated; RFC 9989 leaves messages with more than one to the receiver.
 */
#define MESSAGE_MAX_AUTHORS 10
/*
 * DNS questions of one message, asked ahead of need ones included: SPF of two identities, a key for
 * each signature and seal, policy and existence of each author, a walk for each identifier, and
 * BIMI.
 */
#define MESSAGE_CHECK_MAX_QUESTIONS                                                                \
	(2 * SPF_CHECK_MAX_QUESTIONS + MAIL_MAX_SIGNATURES + ARC_MAX_QUESTIONS +                   \
	 MESSAGE_MAX_AUTHORS * (DMARC_WALK_MAX + 2) + (MAIL_MAX_SIGNATURES + 1) * DMARC_WALK_MAX + \
	 BIMI_MAX_QUESTIONS)

/* How the message came in. */
struct envelope {
	bool has_client; /* false: SPF cannot be checked */
	struct network client;
	struct span helo;
	bool has_mail_from;    /* false: not known; only HELO is checked */
	struct span mail_from; /* without angle brackets; empty for the null sender */
};

struct message_check_options {
	int64_t now;
	struct span receiver;			   /* who checks; for explanations; may be empty */
	const struct public_suffix_list *suffixes; /* NULL: no RFC 7489 */
	struct key_cache *keys;			   /* may be NULL */
	bool allows_partial_body;		   /* l= below the body's length passes */
	bool allows_short_keys; /* as receivers from before RFC 8301 do: from 512 bits on */
	bool selects_bimi;	/* look up which BIMI record it has a claim to */
};

/* What can be said of the message as a whole. */
enum message_cause {
	MESSAGE_ONE_AUTHOR,	 /* the result is that of the author's domain */
	MESSAGE_NO_AUTHOR,	 /* no From field with a domain: permerror */
	MESSAGE_SEVERAL_FIELDS,	 /* several From fields, hidden ones included: permerror */
	MESSAGE_SEVERAL_DOMAINS, /* mailboxes of several domains: permerror */
};

struct author_check {
	struct span domain; /* canonical */
	const struct dmarc_evaluation *evaluation;
};

struct message_check {
	const struct mail *mail;
	const struct envelope *envelope;
	const struct spf_check *mail_from; /* NULL when client or MAIL FROM is not known */
	const struct spf_check *helo;	   /* NULL when client or HELO is not known */
	const struct dkim_report *dkim;
	const struct arc_report *arc;	   /* explained only: it never changes the result */
	const struct bimi_selection *bimi; /* NULL unless asked for */
	enum message_cause cause;
	struct author_check authors[MESSAGE_MAX_AUTHORS]; /* each domain once */
	size_t author_count;
	/* HELO passes SPF and MAIL FROM does not: a pass that counts for nothing (RFC 9989 4.4.2)
	 */
	bool is_helo_only;
	bool is_incomplete; /* there are more author domains than these */
	/* A mail program may show another author than the one that was judged. */
	bool is_blurred;
	enum dmarc_result result;
	/* What the author asks receivers to do; with several authors the strictest of them. */
	enum dmarc_policy disposition;
};

/*
 * NULL only when the arena failed. mail and envelope must outlive the result.
 */
const struct message_check *message_check(struct arena *arena, struct inquiry *inquiry,
					  const struct mail *mail, const struct envelope *envelope,
					  const struct message_check_options *options);
/* The evaluation the result comes from; NULL without an author. */
const struct dmarc_evaluation *message_check_dmarc(const struct message_check *check);
/* "one-author", ..., and half a sentence for people. Static. */
const char *message_cause_name(enum message_cause cause);
const char *message_cause_explain(enum message_cause cause);
/* RFC 9989 5.3.1 and RFC 5322 3.6. Static. */
const char *message_cause_reference(enum message_cause cause);

#endif

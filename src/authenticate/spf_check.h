/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * check_host() of RFC 7208: may this client send with this sender? A restartable judge: what it
 * does not know it wants, and it is run again from the start.
 */
#ifndef MAILSEAL_AUTHENTICATE_SPF_CHECK_H
#define MAILSEAL_AUTHENTICATE_SPF_CHECK_H

#include "facts/wants.h"
#include "records/spf.h"

/* RFC 7208 2.6 */
enum spf_result {
	SPF_RESULT_NONE,
	SPF_RESULT_NEUTRAL,
	SPF_RESULT_PASS,
	SPF_RESULT_FAIL,
	SPF_RESULT_SOFTFAIL,
	SPF_RESULT_TEMPERROR,
	SPF_RESULT_PERMERROR,
};

enum spf_identity {
	SPF_MAIL_FROM, /* RFC 7208 2.4; the null sender stands for postmaster@HELO */
	SPF_HELO,      /* RFC 7208 2.3 */
};

/* Why there is no better result. */
enum spf_cause {
	SPF_CAUSE_TERM,	       /* a term matched */
	SPF_CAUSE_DEFAULT,     /* no term matched, and there is no redirect */
	SPF_CAUSE_NO_DOMAIN,   /* what is to be checked is no full domain name */
	SPF_CAUSE_NONEXISTENT, /* the domain does not exist */
	SPF_CAUSE_NO_RECORD,   /* it publishes no SPF record */
	SPF_CAUSE_SEVERAL_RECORDS,
	SPF_CAUSE_SYNTAX,
	SPF_CAUSE_LOOKUPS,  /* more than 10 terms that query DNS */
	SPF_CAUSE_VOIDS,    /* more than 2 of them without an answer */
	SPF_CAUSE_MX_HOSTS, /* more than 10 hosts behind one mx */
	SPF_CAUSE_TARGET,   /* include or redirect leads to no record */
	SPF_CAUSE_DNS,	    /* an answer is missing: see unknown */
};

/* RFC 7208 4.6.4 and 11.1; a test may lower them. */
struct spf_limits {
	unsigned lookups;   /* terms that query DNS; at most SPF_CHECK_MAX_DEPTH - 1 */
	unsigned voids;	    /* of those, without an answer */
	unsigned mx_hosts;  /* of one mx */
	unsigned ptr_names; /* further ones are not looked at */
};

#define SPF_LIMITS_DEFAULT                                                                         \
	((struct spf_limits){.lookups = 10, .voids = 2, .mx_hosts = 10, .ptr_names = 10})

/* Records inside each other: every step down costs one of the look-ups. */
#define SPF_CHECK_MAX_DEPTH 21
/* Names of one PTR answer that are kept, whatever the limits say. */
#define SPF_CHECK_MAX_NAMES 20
/* Steps of a trace; a record of more terms is evaluated all the same. */
#define SPF_CHECK_MAX_STEPS 1000
/*
 * Questions of one evaluation with the default limits, asked ahead of need ones included: the
 * record, ten terms of each of eleven records, the hosts of ten mx, a PTR and its names, and an
 * explanation.
 */
#define SPF_CHECK_MAX_QUESTIONS (1 + 11 * 10 + 10 * 10 + 1 + 10 + 1)

struct spf_request {
	enum spf_identity identity;
	struct network client;
	struct span helo;      /* as said by the client */
	struct span mail_from; /* without angle brackets; empty for the null sender */
	struct span receiver;  /* %{r}; empty when it must not be told */
	int64_t now;	       /* %{t} */
	bool is_explained;     /* ask for the explanation of a fail */
};

enum spf_step_kind {
	SPF_STEP_RECORD,   /* this record is evaluated now */
	SPF_STEP_NO_MATCH, /* this term does not match */
	SPF_STEP_MATCH,	   /* this term matches */
	SPF_STEP_DESCEND,  /* include or redirect: the record of `target` is next */
	SPF_STEP_RETURN,   /* an included record gave `result` */
	SPF_STEP_END,	   /* no term of this record matched */
	SPF_STEP_STOP,	   /* cause: nothing can be concluded, or the rules end it */
};

/* One step of the evaluation, for people who ask why. Views live as long as arena and facts. */
struct spf_step {
	enum spf_step_kind kind;
	enum spf_cause cause;	     /* SPF_STEP_STOP */
	enum spf_result result;	     /* SPF_STEP_MATCH, _RETURN and _END: what comes of it */
	unsigned depth;		     /* 0 for the domain's own record */
	struct span domain;	     /* whose record */
	struct span record;	     /* its text; empty when there is none */
	const struct spf_term *term; /* of the record; NULL for the record as a whole */
	struct span target;	     /* the name that was asked, macros expanded; may be empty */
	const struct fact *fact;     /* the answer it rests on; may be NULL */
	const char *reference;	     /* "RFC 7208 5.2" */
};

struct spf_check {
	enum spf_result result;
	enum spf_cause cause;
	enum spf_identity identity;
	bool is_null_sender;
	struct span domain;	     /* canonical, or as given when it is no name */
	struct span sender;	     /* local-part@domain as it was evaluated */
	struct span record;	     /* the text that decided; may be empty */
	struct span record_domain;   /* where it stands */
	const struct spf_term *term; /* that decided; NULL when none did */
	const struct fact *unknown;  /* SPF_CAUSE_DNS: the missing answer */
	/* RFC 7208 6.2: the domain's words on a fail, visible ASCII; empty when it has none. */
	struct span explanation;
	unsigned lookups;
	unsigned voids;
	unsigned questions;  /* DNS questions this result rests on */
	struct vector steps; /* of struct spf_step */
};

/* NULL only when the arena failed. */
const struct spf_check *spf_check(struct arena *arena, struct inquiry *inquiry,
				  const struct spf_request *request,
				  const struct spf_limits *limits);

static inline const struct spf_step *spf_step_at(const struct spf_check *check, size_t i)
{
	return VECTOR_AT(&check->steps, const struct spf_step, i);
}

/* "none", "neutral", "pass", ... as in RFC 8601. Static. */
const char *spf_result_name(enum spf_result result);
/* "mailfrom" or "helo". Static. */
const char *spf_identity_name(enum spf_identity identity);
/* A stable word for JSON, and a sentence's end for people: "has no SPF record". Static. */
const char *spf_cause_name(enum spf_cause cause);
const char *spf_cause_explain(enum spf_cause cause);
const char *spf_cause_reference(enum spf_cause cause);
const char *spf_step_kind_name(enum spf_step_kind kind);

#endif

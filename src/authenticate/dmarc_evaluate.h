/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DMARC for one author domain of a message: which policy counts, what aligns, and the verdict, by
 * RFC 9989 and by RFC 7489 beside it. A restartable judge.
 */
#ifndef MAILSEAL_AUTHENTICATE_DMARC_EVALUATE_H
#define MAILSEAL_AUTHENTICATE_DMARC_EVALUATE_H

#include "discovery/dmarc_rfc7489.h"

/* RFC 9989 asks for bounded work; a message of honest origin has up to 5 passing identifiers. */
#define DMARC_MAX_IDENTIFIERS 32
#define DMARC_WALKS_DEFAULT 10
/*
 * Questions of one evaluation: the author's walk, its existence, a walk for each identifier, and
 * what RFC 7489 asks besides: the organisational domain.
 */
#define DMARC_EVALUATE_MAX_QUESTIONS (DMARC_WALK_MAX + 1 + DMARC_WALKS_DEFAULT * DMARC_WALK_MAX + 1)

enum dmarc_method {
	DMARC_BY_SPF,
	DMARC_BY_DKIM,
};

/* A domain that the message is authenticated for. Only those that passed, or may have. */
struct dmarc_identifier {
	enum dmarc_method method;
	struct span domain; /* canonical */
	bool is_temporary;  /* no pass: an answer was missing, so it is not known */
};

enum dmarc_alignment_outcome {
	DMARC_ALIGNED_SAME,    /* the author domain itself */
	DMARC_ALIGNED_RELAXED, /* the same organisational domain */
	DMARC_ALIGNED_NOT,
	DMARC_ALIGNED_UNKNOWN, /* an answer of its walk is missing */
	DMARC_ALIGNED_SKIPPED, /* above the limit of walks: counts as not aligned */
};

struct dmarc_identifier_check {
	struct dmarc_identifier identifier;
	enum dmarc_alignment mode; /* what the record asks for */
	enum dmarc_alignment_outcome outcome;
	struct span organisation;      /* of the identifier; empty when it was not needed */
	const struct dmarc_walk *walk; /* RFC 9989; NULL when none was needed */
	const char *reference;	       /* "RFC 9989 4.4.1" */
};

enum dmarc_result {
	DMARC_RESULT_NONE, /* no policy: DMARC says nothing about the message */
	DMARC_RESULT_PASS,
	DMARC_RESULT_FAIL,
	DMARC_RESULT_TEMPERROR,
	DMARC_RESULT_PERMERROR, /* the author cannot be evaluated; never from dmarc_evaluate() */
};

enum dmarc_cause {
	DMARC_CAUSE_ALIGNED,		/* pass */
	DMARC_CAUSE_NO_RECORD,		/* none */
	DMARC_CAUSE_UNUSABLE_RECORD,	/* none */
	DMARC_CAUSE_NOT_AUTHENTICATED,	/* fail: nothing passed */
	DMARC_CAUSE_NOT_ALIGNED,	/* fail: something passed, for other domains */
	DMARC_CAUSE_POLICY_UNKNOWN,	/* temperror */
	DMARC_CAUSE_ALIGNMENT_UNKNOWN,	/* temperror */
	DMARC_CAUSE_IDENTIFIER_UNKNOWN, /* temperror: SPF or DKIM gave a temperror where it counts
					 */
};

/* What receivers of one kind make of it. */
struct dmarc_verdict {
	enum dmarc_result result;
	enum dmarc_cause cause;
	struct dmarc_applied applied; /* the policy: published, and lowered by t=y */
	struct span organisation;     /* of the author; empty when unknown */
	unsigned pct;		      /* RFC 7489 only; 100 otherwise */
	const struct fact *unknown;   /* of a temperror; NULL when SPF or DKIM has it */
	struct dmarc_identifier_check *identifiers;
	size_t identifier_count;
};

struct dmarc_evaluation {
	struct span author;
	const struct dmarc_walk *walk; /* the author's */
	struct dmarc_verdict rfc9989;
	bool has_rfc7489;
	struct dmarc_verdict rfc7489;
	unsigned walks;	       /* of identifiers */
	bool is_walks_limited; /* some identifier was left out */
};

struct dmarc_request {
	struct span author;			    /* canonical */
	const struct dmarc_identifier *identifiers; /* SPF first: walks are spent in this order */
	size_t identifier_count; /* above DMARC_MAX_IDENTIFIERS the rest is left out */
	unsigned max_walks;	 /* DMARC_WALKS_DEFAULT */
	const struct public_suffix_list *suffixes; /* NULL: no RFC 7489 */
};

/* NULL only when the arena failed. */
const struct dmarc_evaluation *dmarc_evaluate(struct arena *arena, struct inquiry *inquiry,
					      const struct dmarc_request *request);

/* Is some passing identifier of this method aligned? */
bool dmarc_verdict_is_aligned(const struct dmarc_verdict *view, enum dmarc_method method);
/*
 * What the domain asks to be done with a message of this result: none for everything but a fail.
 */
enum dmarc_policy dmarc_verdict_disposition(const struct dmarc_verdict *view);
/* "none", "pass", ... as in RFC 8601. Static. */
const char *dmarc_result_name(enum dmarc_result result);
/* A stable word, and half a sentence for people. Static. */
const char *dmarc_cause_name(enum dmarc_cause cause);
const char *dmarc_cause_explain(enum dmarc_cause cause);
const char *dmarc_cause_reference(enum dmarc_cause cause);
/* "same", "relaxed", "not", "unknown", "skipped". Static. */
const char *dmarc_alignment_outcome_name(enum dmarc_alignment_outcome outcome);

#endif

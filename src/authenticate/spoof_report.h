/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Can a stranger send as a domain? What was tried, what came of it, and for what works a complete
 * message that shows it. Filled by service/spoof, shown by present. Nothing is ever sent.
 */
#ifndef MAILSEAL_AUTHENTICATE_SPOOF_REPORT_H
#define MAILSEAL_AUTHENTICATE_SPOOF_REPORT_H

#include "authenticate/message_check.h"

enum spoof_vector {
	SPOOF_EXACT,		  /* envelope and author of the domain, from anywhere */
	SPOOF_STRANGER_ENVELOPE,  /* the stranger's own envelope, the domain as author */
	SPOOF_NULL_SENDER,	  /* no envelope sender; the domain's name in HELO */
	SPOOF_WIDE_RANGE,	  /* from an address inside a very wide authorised range */
	SPOOF_SHARED_PROVIDER,	  /* from a service whose customers share addresses */
	SPOOF_SUBDOMAIN_ENVELOPE, /* envelope of a subdomain that lets strangers pass */
	SPOOF_SUBDOMAIN,	  /* an existing subdomain as author */
	SPOOF_NONEXISTENT,	  /* an invented subdomain as author */
	SPOOF_ORGANISATION,	  /* envelope of a neighbour that only one standard sets apart */
	SPOOF_TAKEOVER,		  /* a name in SPF, or a CNAME, that anybody can register */
	SPOOF_KEY_TAKEOVER,	  /* a DKIM key's CNAME to a name that anybody can register */
	SPOOF_OLDER_RECEIVERS,	  /* what receivers of RFC 7489 read differently */
	SPOOF_SAMPLED,		  /* pct: only a share of the mail is refused by those */
	SPOOF_WEAK_KEY,		  /* a DKIM key too short */
	SPOOF_TEST_KEY,		  /* a forged signature under a DKIM key in test mode */
	SPOOF_SHARED_KEY,	  /* a DKIM key that others sign with too */
	SPOOF_DISPLAY_NAME,	  /* the domain only in the display name */
	SPOOF_LOOK_ALIKE,	  /* a domain that looks alike */
	SPOOF_VECTOR_COUNT,
};

/* In the order of success. */
enum spoof_outcome {
	SPOOF_NOT_THERE,    /* the domain offers nothing of the kind */
	SPOOF_OUT_OF_REACH, /* no record of the domain can stop or allow it */
	SPOOF_STOPPED,	    /* receivers are asked to reject it */
	SPOOF_UNKNOWN,	    /* an answer is missing */
	SPOOF_SUSPECT,	    /* delivered with suspicion, or refused by some receivers only */
	SPOOF_DELIVERED,    /* not authenticated, and nobody is asked to stop it */
	SPOOF_PASSES,	    /* authenticated as the domain */
};

/* What decides the outcome. */
enum spoof_cause {
	SPOOF_CAUSE_NOTHING,	    /* there is nothing to try */
	SPOOF_CAUSE_UNKNOWN,	    /* an answer is missing */
	SPOOF_CAUSE_SPF,	    /* SPF passes and is aligned */
	SPOOF_CAUSE_DKIM,	    /* the signature holds and is aligned */
	SPOOF_CAUSE_NO_DMARC,	    /* no DMARC record applies */
	SPOOF_CAUSE_UNUSABLE_DMARC, /* the one that does cannot be used */
	SPOOF_CAUSE_POLICY_NONE,    /* it asks for nothing */
	SPOOF_CAUSE_REPORT_ONLY,    /* it asks for reports and nothing else */
	SPOOF_CAUSE_TESTING,	    /* t=y lowers the policy */
	SPOOF_CAUSE_SAMPLED,	    /* pct leaves the message out */
	SPOOF_CAUSE_QUARANTINE,
	SPOOF_CAUSE_REJECT,
	SPOOF_CAUSE_OUT_OF_REACH,
};

enum spoof_answer {
	SPOOF_ANSWER_NO,
	SPOOF_ANSWER_UNKNOWN,
	SPOOF_ANSWER_PARTLY,
	SPOOF_ANSWER_YES,
};

/* Whose reading of the standards an outcome is. */
enum spoof_receivers {
	SPOOF_BY_RFC9989,
	SPOOF_BY_RFC7489,    /* still the older DMARC */
	SPOOF_BY_SHORT_KEYS, /* RFC 9989, without RFC 8301: keys from 512 bits on */
};

/* The DKIM signature of an attempt, under the author's domain; without a selector there is none. */
struct spoof_signature {
	struct span selector;
	unsigned bits;	/* of the RSA key */
	bool is_forged; /* the key published stays as it is, so the signature cannot hold */
};

/* A message to try: who it says it is from, and how it comes. */
struct spoof_attempt {
	enum spoof_vector vector;
	size_t number;	    /* among all attempts */
	struct span author; /* domain of From */
	struct envelope envelope;
	struct spoof_signature signature;
	struct span condition; /* what the stranger needs besides; empty for nothing */
	bool is_particular;    /* that is more than anybody has: it does not decide the answer */
	/*
	 * Records that the stranger publishes at a name of his own, one a line, for people; empty
	 * for none.
	 */
	struct span published;
	/* What that comes to at the names receivers ask, one a line; empty for nothing. */
	struct span assumption;
	/* What was found before the message was made. */
	enum spoof_receivers receivers;
	enum spf_result spf;
	enum dmarc_result result;
	enum dmarc_policy disposition;
	enum spoof_outcome outcome;
};

struct spoof_finding {
	enum spoof_vector vector;
	enum spoof_outcome outcome;
	enum spoof_cause cause;
	struct span reason;		     /* one sentence */
	const struct spoof_attempt *attempt; /* the best of its kind; NULL when nothing was tried */
	/* The complete message, with CRLF line ends; empty when nothing was tried. */
	struct span message;
	/* The judgement of that message; NULL when nothing was tried. */
	const struct message_check *check;
	bool is_confirmed; /* verify gives what the attempt claimed */
};

struct spoof_report {
	struct span domain;
	struct span unicode;
	int64_t judged_at;
	struct spoof_finding findings[SPOOF_VECTOR_COUNT]; /* by vector */
	enum spoof_answer answer;
	struct span sentence;
	enum spoof_vector closest; /* the attempt that came furthest */
};

/* What becomes of a message with these results. */
enum spoof_outcome spoof_outcome_of(enum spf_result spf, enum dmarc_result result,
				    enum dmarc_policy disposition);
/* RFC 7489 6.6.4: what becomes of the policy for the share of mail that pct leaves out. */
enum dmarc_policy spoof_sampled_policy(enum dmarc_policy policy);
/* A witness is a message that works. */
static inline bool spoof_outcome_works(enum spoof_outcome outcome)
{
	return outcome >= SPOOF_DELIVERED;
}

/* "exact", "stopped", "yes": stable words; and half sentences for people. Static. */
const char *spoof_vector_name(enum spoof_vector vector);
const char *spoof_vector_explain(enum spoof_vector vector);
const char *spoof_outcome_name(enum spoof_outcome outcome);
const char *spoof_cause_name(enum spoof_cause cause);
const char *spoof_receivers_name(enum spoof_receivers receivers);
const char *spoof_answer_name(enum spoof_answer answer);

#endif

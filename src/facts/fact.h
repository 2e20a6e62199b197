/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One observation. */
#ifndef MAILSEAL_FACTS_FACT_H
#define MAILSEAL_FACTS_FACT_H

#include "base/base.h"
#include "facts/endpoint.h"
#include "facts/policy.h"
#include "facts/reported.h"
#include "records/rr.h"

enum fact_kind {
	FACT_DNS,      /* subject: canonical name; type: RR type */
	FACT_ENDPOINT, /* subject: see endpoint_subject(); type 0 */
	FACT_POLICY,   /* subject: the policy domain; type 0 */
	FACT_REPORTED, /* subject: the domain the reports are about; type 0 */
};

struct fact_key {
	enum fact_kind kind;
	uint16_t type;
	struct span subject;
};

enum fact_state {
	FACT_PRESENT,	   /* it is there: the payload says what */
	FACT_ABSENT,	   /* it was answered, with authority, that it is not there */
	FACT_FAILED,	   /* asked, and no usable answer came: see failure */
	FACT_NOT_OBSERVED, /* not asked: see failure */
	FACT_WANTED,	   /* not asked yet; only inside a run, never in a set */
};

enum fact_failure {
	FACT_FAILURE_NONE,
	FACT_FAILURE_SERVFAIL,	/* the resolver or the domain's servers answered SERVFAIL */
	FACT_FAILURE_REFUSED,	/* the servers refuse to answer */
	FACT_FAILURE_TIMEOUT,	/* no answer in time */
	FACT_FAILURE_BOGUS,	/* DNSSEC validation failed; the payload holds what was received */
	FACT_FAILURE_MALFORMED, /* the answer could not be read */
	FACT_FAILURE_NETWORK,	/* we could not send or receive at all */
	FACT_FAILURE_LIMIT,	/* above one of our own limits */
	FACT_FAILURE_NOT_RECORDED, /* replay: the file does not hold it */
	FACT_FAILURE_NOT_ASKED,	   /* switched off by an option, or needs a means this run does not
				      have */
	FACT_FAILURE_INTERRUPTED,  /* the run was stopped */
	FACT_FAILURE_FILTERED, /* the address is not one we connect to: loopback, private, ... */
};

enum dnssec_status {
	DNSSEC_UNCHECKED, /* nobody validated */
	DNSSEC_INSECURE,  /* provably unsigned */
	DNSSEC_SECURE,
	DNSSEC_BOGUS,
};

struct dns_record {
	uint32_t ttl;
	struct span rdata; /* wire form, names uncompressed */
};

/* RFC 1035 answers as one RRset: records of the asked type at the end of the CNAME chain. */
struct dns_answer {
	uint16_t rcode;	  /* RFC 1035 4.1.1; 0 and 3 only, unless the fact failed */
	bool is_nxdomain; /* absent because the name (or the end of its CNAME chain) does not exist
			   */
	struct dns_record *records;
	size_t record_count;
	struct span *cnames; /* canonical targets in order; the last owns the records */
	size_t cname_count;
	uint32_t ttl; /* least TTL of the answer, or of the negative answer */
	enum dnssec_status dnssec;
	struct span why_bogus; /* the validator's words */
	size_t answer_bytes;   /* size of the response as it came, 0 when unknown */
	struct span
		packet; /* the response as it came (RRSIGs and all), for auditors; may be empty */
};

struct fact {
	struct fact_key key;
	enum fact_state state;
	enum fact_failure failure;
	struct span detail;  /* more about the failure, in words; may be empty */
	int64_t observed_at; /* seconds since 1970; 0 when not observed */
	struct span source;  /* who answered: "resolver 192.0.2.53", "recursion", "assumed" */
	bool is_assumed;     /* laid over by what-if */
	const struct dns_answer *dns; /* FACT_DNS when PRESENT, ABSENT or bogus; NULL otherwise */
	const struct smtp_endpoint *endpoint; /* FACT_ENDPOINT when it was dialled; else NULL */
	const struct policy_fetch *policy;    /* FACT_POLICY when PRESENT or FAILED; else NULL */
	const struct reported *reported;      /* FACT_REPORTED when PRESENT; else NULL */
};

static inline bool fact_is_present(const struct fact *fact)
{
	return fact->state == FACT_PRESENT;
}

static inline bool fact_is_absent(const struct fact *fact)
{
	return fact->state == FACT_ABSENT;
}

/* Neither there nor not there: no verdict may rest on it. */
static inline bool fact_is_unknown(const struct fact *fact)
{
	return fact->state != FACT_PRESENT && fact->state != FACT_ABSENT;
}

/* The name does not exist (RFC 8020), as opposed to having no such record. */
static inline bool fact_is_nxdomain(const struct fact *fact)
{
	return fact->state == FACT_ABSENT && fact->dns != NULL && fact->dns->is_nxdomain;
}

/* Stable words for files and JSON: "present", "servfail", "secure". */
const char *fact_state_name(enum fact_state state);
const char *fact_failure_name(enum fact_failure failure);
const char *dnssec_status_name(enum dnssec_status status);
/* False for a word that is none of them. */
bool fact_state_parse(struct span text, enum fact_state *ret_state) MUST_CHECK;
bool fact_failure_parse(struct span text, enum fact_failure *ret_failure) MUST_CHECK;
bool dnssec_status_parse(struct span text, enum dnssec_status *ret_status) MUST_CHECK;
/* For people: "the name servers answered SERVFAIL". Static. */
const char *fact_failure_explain(enum fact_failure failure);
/* "dns", "smtp", "policy", "reports". Static. */
const char *fact_kind_name(enum fact_kind kind);
bool fact_kind_parse(struct span text, enum fact_kind *ret_kind) MUST_CHECK;
/* "example.org TXT", "192.0.2.1 25 mx.example.org" or "example.org policy" into the arena. */
struct span fact_key_text(struct arena *arena, struct fact_key key);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What was observed. A set of facts answers the library's questions; it can serve many messages and
 * domains one after the other, and so is a cache whose lifetime you choose. It also keeps the
 * public keys of signatures it has seen prepared, up to 1024 of them in 6 MB.
 *
 * A question that was answered keeps its first answer. That a server did not answer is an answer
 * too: say so with mailseal_facts_add_outcome(), and no verdict will be built on it.
 */
#ifndef MAILSEAL_FACTS_H
#define MAILSEAL_FACTS_H

#include <mailseal/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Questions of one turn, and turns of one loop. Honest mail needs below 120 and 8. */
#define MAILSEAL_MAX_QUESTIONS 1000
#define MAILSEAL_MAX_TURNS 40
/* Longest line mailseal_facts_load() takes, and the longest one written. */
#define MAILSEAL_MAX_LINE ((size_t)1 << 20)

struct mailseal_facts;

enum mailseal_kind {
	MAILSEAL_DNS,	 /* the records of a name */
	MAILSEAL_SMTP,	 /* what a mail server does: "ADDRESS PORT NAME"; check only */
	MAILSEAL_POLICY, /* the MTA-STS policy of a domain; check only */
};

struct mailseal_question {
	enum mailseal_kind kind;
	/*
	 * For DNS as master files have it: lower case, A-labels, no dot at the end (the root is
	 * "."), odd octets as "\." or "\ddd".
	 */
	const char *name;
	uint16_t type; /* RFC 1035 3.2.2: 16 for TXT; 0 for other kinds */
};

/* Why there is no record. */
enum mailseal_outcome {
	MAILSEAL_NODATA,    /* the name exists, and has no record of this type */
	MAILSEAL_NXDOMAIN,  /* the name does not exist */
	MAILSEAL_SERVFAIL,  /* the servers answered SERVFAIL */
	MAILSEAL_REFUSED,   /* they refuse to answer */
	MAILSEAL_TIMEOUT,   /* they do not answer in time */
	MAILSEAL_BOGUS,	    /* DNSSEC validation failed */
	MAILSEAL_MALFORMED, /* the answer could not be read */
	MAILSEAL_NETWORK,   /* it could not be asked at all */
	MAILSEAL_NOT_ASKED, /* it was not asked; what an unanswered question becomes */
};

/* Did somebody you trust validate the answer? */
enum mailseal_dnssec {
	MAILSEAL_UNCHECKED,
	MAILSEAL_INSECURE, /* the name is provably not signed */
	MAILSEAL_SECURE,
};

struct mailseal_record {
	const void *rdata; /* wire form; names in it uncompressed */
	size_t len;
	uint32_t ttl;
};

/*
 * An empty set. seed: any number that who sends mail to you cannot know, so that they cannot
 * prepare names that collide. NULL when memory is out.
 */
struct mailseal_facts *mailseal_facts_new(uint64_t seed);
/* Everything that was judged from the facts must be freed before. NULL is allowed. */
void mailseal_facts_free(struct mailseal_facts *facts);

/* Seconds since 1970, and who answers ("resolver 192.0.2.53", at most 255 octets): kept with every
 * fact that is added from now on. */
int mailseal_facts_set_origin(struct mailseal_facts *facts, int64_t observed_at,
			      const char *source);

/*
 * Answers to DNS questions. question may be one of the library's or one you make to know things
 * beforehand; a question of another kind, or whose name is none, is MAILSEAL_BAD_INPUT.
 */
/* A whole response as it came. One that is no answer to the question becomes MAILSEAL_MALFORMED. */
int mailseal_facts_add_packet(struct mailseal_facts *facts,
			      const struct mailseal_question *question, const void *packet,
			      size_t len, enum mailseal_dnssec dnssec);
/* The records at the end of the CNAME chain; none: MAILSEAL_NODATA. Octets that are no such record
 * make the whole answer MAILSEAL_MALFORMED. */
int mailseal_facts_add_records(struct mailseal_facts *facts,
			       const struct mailseal_question *question,
			       const struct mailseal_record *records, size_t count,
			       enum mailseal_dnssec dnssec);
/* The same in master-file form, one record a line: "\"v=spf1 -all\"". */
int mailseal_facts_add_text(struct mailseal_facts *facts, const struct mailseal_question *question,
			    const char *records, enum mailseal_dnssec dnssec);
int mailseal_facts_add_outcome(struct mailseal_facts *facts,
			       const struct mailseal_question *question,
			       enum mailseal_outcome outcome);

/*
 * Evidence. Facts are lines of JSON, as "mailseal check --save" writes them: the way to bring in
 * what mail servers and policy hosts did, and to judge again later what was seen today.
 */
/* Reads lines (each ends with a line feed, but for the last). The header line of a file is passed
 * over. On MAILSEAL_BAD_INPUT mailseal_facts_complaint() names the line. */
int mailseal_facts_load(struct mailseal_facts *facts, const char *lines, size_t len);
/* Calls write for each line, its line feed included; ends with what write gives back when that is
 * not 0. */
int mailseal_facts_save(const struct mailseal_facts *facts,
			int (*write)(void *context, const char *line, size_t len), void *context);
/* What the last function that gave MAILSEAL_BAD_INPUT did not like. Valid until the next one. */
const char *mailseal_facts_complaint(const struct mailseal_facts *facts);

#ifdef __cplusplus
}
#endif

#endif

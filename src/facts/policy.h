/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * FACT_POLICY: what came when https://mta-sts.DOMAIN/.well-known/mta-sts.txt was fetched, without
 * following redirects (RFC 8461 3.3).
 *
 *   key      subject: the policy domain (without "mta-sts."), canonical; type 0
 *   state    PRESENT       an HTTP answer came, whatever its status: see the payload
 *            ABSENT        the host name does not exist, or has no address
 *            FAILED        none came: outcome says how far it went
 *            NOT_OBSERVED  filtered, not-asked, interrupted
 *
 * The payload is there for PRESENT and FAILED.
 */
#ifndef MAILSEAL_FACTS_POLICY_H
#define MAILSEAL_FACTS_POLICY_H

#include "facts/probe.h"

/* RFC 8461 3.3 suggests 64 kB; what is longer is cut there. */
#define POLICY_MAX_BODY 65536
#define POLICY_MAX_TEXT 1000
#define POLICY_MAX_CHAIN 20
#define POLICY_MAX_CHAIN_BYTES 100000

enum policy_outcome {
	POLICY_ANSWERED,    /* an HTTP answer; see http_status */
	POLICY_DNS,	    /* the host's addresses could not be found out */
	POLICY_CONNECT,	    /* refused, or no route */
	POLICY_TLS,	    /* the handshake failed for another reason than the certificate */
	POLICY_CERTIFICATE, /* not trusted, expired, wrong name: see certificate_error */
	POLICY_TIMEOUT,
	POLICY_TOO_LARGE, /* above POLICY_MAX_BODY; body holds the beginning */
	POLICY_HTTP,	  /* what came is not HTTP, or broke off */
	POLICY_OUTCOME_COUNT,
};

struct policy_fetch {
	enum policy_outcome outcome;
	unsigned http_status;	  /* 0: none */
	struct span content_type; /* as sent */
	struct span location;	  /* of a redirect, not followed */
	struct span body;
	struct span address; /* who was asked, RFC 5952 */
	struct span error;   /* in words, when it failed */
	struct span
		certificate_error; /* the verifier's word, also when the answer was read anyway */
	uint16_t tls_version;	   /* 0x0303, 0x0304; 0: none */
	struct span *chain;	   /* DER, leaf first */
	size_t chain_count;
	int64_t elapsed_ms;
};

/* A deep copy; NULL when memory is out. */
const struct policy_fetch *policy_copy(struct arena *arena, const struct policy_fetch *policy);
/* "answered", "certificate". Static. */
const char *policy_outcome_name(enum policy_outcome outcome);
bool policy_outcome_parse(struct span text, enum policy_outcome *ret_outcome) MUST_CHECK;

#endif

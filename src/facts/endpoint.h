/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * FACT_ENDPOINT: what one address of one mail host did when it was spoken to over SMTP and TLS.
 * Observations only; what they mean is for assess.
 *
 *   key      subject "192.0.2.1 25 mx.example.org" (made by endpoint_key()), type 0
 *   state    PRESENT       a connection was made: see the payload
 *            ABSENT        every connection was refused: nothing listens there, as seen from here
 *            FAILED        timeout; network (no route, or we could not dial)
 *            NOT_OBSERVED  filtered (not an address we connect to), not-asked, interrupted, limit
 *
 * The payload is there for PRESENT, ABSENT and FAILED. Certificates are kept as they came (DER);
 * crypto/x509.h reads them. Dates are for the judge: trust is checked without them, and
 * trusted_from/trusted_until say when the path holds.
 */
#ifndef MAILSEAL_FACTS_ENDPOINT_H
#define MAILSEAL_FACTS_ENDPOINT_H

#include "facts/probe.h"
#include "records/network.h"

/* What is kept of a server's words. */
#define ENDPOINT_MAX_KEYWORDS 64
#define ENDPOINT_MAX_TEXT 512
#define ENDPOINT_MAX_CHAIN 20
#define ENDPOINT_MAX_CHAIN_BYTES 90000
#define ENDPOINT_MAX_OCSP_BYTES 20000
#define ENDPOINT_MAX_PRESENTATIONS 6
#define ENDPOINT_MAX_SUITES 600
#define ENDPOINT_MAX_GROUPS 128
#define ENDPOINT_MAX_DH 64

/* How much may be asked of one endpoint. */
enum endpoint_plan {
	ENDPOINT_QUICK,	 /* 3 connections */
	ENDPOINT_NORMAL, /* 11, and one for each accepted suite that is not good */
	ENDPOINT_FULL,	 /* everything */
	ENDPOINT_PLAN_COUNT,
};

/* How the connections ended before a word was said; of several attempts the best. */
enum endpoint_reach {
	ENDPOINT_CONNECTED,
	ENDPOINT_REFUSED,     /* RST to SYN, every time */
	ENDPOINT_TIMEOUT,     /* silence */
	ENDPOINT_UNREACHABLE, /* no route, or ICMP says so */
	ENDPOINT_LOCAL,	      /* we could not dial: no such address family here, no sockets left */
	ENDPOINT_REACH_COUNT,
};

/* The first that comes after connecting. */
enum endpoint_greeting {
	ENDPOINT_GREETING_NONE,	     /* not connected */
	ENDPOINT_GREETING_READY,     /* 220 */
	ENDPOINT_GREETING_TRANSIENT, /* 4xx: says nothing of its TLS */
	ENDPOINT_GREETING_REFUSING,  /* 5xx: takes no mail */
	ENDPOINT_GREETING_MALFORMED, /* not SMTP: no digits, HTTP, binary, endless */
	ENDPOINT_GREETING_SILENT,    /* nothing in time */
	ENDPOINT_GREETING_CLOSED,    /* closed by the server */
	ENDPOINT_GREETING_RESET,     /* RST */
	ENDPOINT_GREETING_COUNT,
};

enum endpoint_starttls {
	ENDPOINT_STARTTLS_UNKNOWN, /* never came as far; see starttls_reason */
	ENDPOINT_STARTTLS_WORKS,   /* offered, 220, and a TLS answer to a hello */
	ENDPOINT_STARTTLS_ABSENT,  /* EHLO answered without it, or refused: HELO knows none */
	ENDPOINT_STARTTLS_MASKED,  /* XXXXXXXX stands where it should */
	ENDPOINT_STARTTLS_REFUSED, /* offered, but the command gets 4xx or 5xx */
	ENDPOINT_STARTTLS_PLAIN,   /* 220, then text instead of TLS */
	ENDPOINT_STARTTLS_RESET,   /* 220, then RST to every hello */
	ENDPOINT_STARTTLS_CLOSED,  /* 220, then closed on every hello */
	ENDPOINT_STARTTLS_SILENT,  /* 220, then nothing */
	ENDPOINT_STARTTLS_ALERT,   /* 220, then alerts only: no hello of ours is good enough */
	ENDPOINT_STARTTLS_COUNT,
};

struct endpoint_reply {
	unsigned code;	  /* 0: none came */
	struct span text; /* of the first line, behind the code */
};

/* RFC 5321 4.1.1.1: the answer to EHLO. */
struct endpoint_ehlo {
	struct endpoint_reply reply; /* text: the name the server gives itself */
	struct span *keywords;	     /* lines behind the first, as sent: "SIZE 1000" */
	size_t keyword_count;
	bool is_cut; /* there were more; STARTTLS and REQUIRETLS are kept in any case */
};

/* What a version lets through. SSL 2 kinds have three octets. */
struct endpoint_suites {
	uint32_t *accepted; /* in the order found: with server preference, the server's */
	size_t accepted_count;
	uint32_t *refused;
	size_t refused_count;
};

struct endpoint_version {
	uint16_t version; /* 0x0002, 0x0300 .. 0x0304 */
	struct probe is_accepted;
	struct endpoint_suites suites; /* asked ones only; those in neither list are unknown */
	bool is_complete;	       /* every suite we know was asked */
	uint32_t best_first;	       /* chosen of all suites, offered best first; 0: not known */
	uint32_t worst_first;	       /* chosen of the same, offered worst first; 0: not known */
};
#define ENDPOINT_VERSIONS 6

/* Named groups (RFC 8422, 7919, 8446 and the hybrids), apart for TLS 1.3 and for older versions. */
struct endpoint_groups {
	uint16_t *accepted;
	size_t accepted_count;
	uint16_t *refused;
	size_t refused_count;
	uint16_t chosen; /* of all, offered strongest (hybrids) first; 0: none or not known */
	bool is_complete;
	struct probe prefers_own; /* the server's order counts, not ours */
};

/* Finite-field Diffie-Hellman parameters as sent. */
struct endpoint_dh {
	uint16_t version;
	uint32_t suite;
	unsigned prime_bits;
	uint16_t group; /* 0x0100 .. 0x0104 for the primes of RFC 7919, else 0 */
};

/* A completed (or, with is_raw, an observed) handshake that showed a certificate. */
struct endpoint_presentation {
	struct span asked; /* "rsa", "ecdsa" or "any" */
	bool has_sni;
	bool is_raw; /* seen in clear below TLS 1.3; our TLS library could not finish with it */
	uint16_t version;
	uint32_t suite;
	uint16_t group;	       /* 0: none or not known */
	struct span signature; /* "rsa_pss_rsae_sha256"; empty: not known */
	struct span *chain;    /* DER, leaf first, as sent */
	size_t chain_count;
	bool is_chain_cut; /* more was sent than we keep */
	/* A path to a CA of this machine, whatever the names and dates. */
	struct probe is_trusted;
	struct span trust_error;       /* the verifier's word when not: "self-signed certificate" */
	int64_t trusted_from;	       /* the latest notBefore of the path; 0 when not trusted */
	int64_t trusted_until;	       /* the earliest notAfter of it */
	struct span ocsp;	       /* the stapled response, DER; empty: none */
	struct probe asks_certificate; /* of the client */
	uint32_t early_data_bytes;     /* of the session tickets; 0: none */
	struct endpoint_ehlo ehlo;     /* said again inside TLS; code 0: not said */
	struct span outer_name;	       /* the server's for itself before TLS; empty: not known */
};

struct smtp_endpoint {
	struct span address; /* RFC 5952 */
	uint16_t port;
	struct span name; /* canonical: of the MX, sent as SNI */
	enum endpoint_plan plan;
	enum endpoint_reach reach;
	unsigned connections; /* dialled in all */
	unsigned throttles;   /* of them turned away with 421 or 450, or refused after a success */
	int64_t connect_ms;   /* the first connection's; -1: never */
	int64_t greeting_ms;  /* from connecting to the end of the greeting; -1: none */

	enum endpoint_greeting greeting;
	struct endpoint_reply banner;
	struct endpoint_ehlo ehlo;
	enum endpoint_starttls starttls;
	enum probe_reason starttls_reason; /* of UNKNOWN */
	struct endpoint_reply starttls_reply;
	unsigned starttls_offered; /* EHLO answers with and without it: both above 0 is flaky */
	unsigned starttls_missing;
	struct probe injection;	 /* a command pipelined behind STARTTLS is answered inside TLS */
	struct probe clear_auth; /* AUTH is offered before TLS */

	struct endpoint_version versions[ENDPOINT_VERSIONS]; /* SSL 2 first */
	struct endpoint_groups groups12;
	struct endpoint_groups groups13;
	struct endpoint_dh *dh;
	size_t dh_count;

	struct probe prefers_own_suites; /* TLS 1.2, else the highest older version */
	struct probe signs_sha1;	 /* ServerKeyExchange, when asked for nothing else */
	struct probe signs_sha224;
	struct probe extended_master_secret; /* RFC 7627, below TLS 1.3 */
	struct probe secure_renegotiation;   /* RFC 5746 */
	struct probe encrypt_then_mac;
	struct probe compression;
	struct probe heartbeat;
	struct probe tickets;
	struct probe client_renegotiation;  /* accepted when the client asks */
	unsigned renegotiations;	    /* how many, up to 11 */
	struct probe takes_large_hello;	    /* above 512 and above 1,400 octets */
	struct probe takes_huge_hello;	    /* above 16,000 octets in two records */
	struct probe takes_split_hello;	    /* in two TCP segments */
	struct probe takes_unknown_version; /* negotiates down instead of breaking off */
	struct probe sends_internal_error;  /* alert 80 to an ordinary hello */

	struct endpoint_presentation *presentations;
	size_t presentation_count;
	struct span handshake_error; /* why our TLS library could not finish; empty: it could */
};

struct fact_key;
/* The version's row; NULL for a number that is none of the six. */
const struct endpoint_version *endpoint_version_at(const struct smtp_endpoint *endpoint,
						   uint16_t version);
/* Yes, no or unknown: does this version take this suite? */
struct probe endpoint_suite(const struct endpoint_version *version, uint32_t suite);
struct probe endpoint_group(const struct endpoint_groups *groups, uint16_t group);
/* True when the keyword (without arguments) was offered; letters without case. */
bool endpoint_has_keyword(const struct endpoint_ehlo *ehlo, struct span keyword);

/* The subject of the key. An empty span when memory is out. */
struct span endpoint_subject(struct arena *arena, struct network address, uint16_t port,
			     struct span name);
/* And back; name is a part of subject. */
bool endpoint_subject_parse(struct span subject, struct network *ret_address, uint16_t *ret_port,
			    struct span *ret_name) MUST_CHECK;
/* A deep copy; NULL when memory is out. */
const struct smtp_endpoint *endpoint_copy(struct arena *arena,
					  const struct smtp_endpoint *endpoint);

/* Stable words: "connected", "ready", "masked", "normal". Static. */
const char *endpoint_reach_name(enum endpoint_reach reach);
const char *endpoint_greeting_name(enum endpoint_greeting greeting);
const char *endpoint_starttls_name(enum endpoint_starttls starttls);
const char *endpoint_plan_name(enum endpoint_plan plan);
bool endpoint_reach_parse(struct span text, enum endpoint_reach *ret_reach) MUST_CHECK;
bool endpoint_greeting_parse(struct span text, enum endpoint_greeting *ret_greeting) MUST_CHECK;
bool endpoint_starttls_parse(struct span text, enum endpoint_starttls *ret_starttls) MUST_CHECK;
bool endpoint_plan_parse(struct span text, enum endpoint_plan *ret_plan) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Measures: named values taken from the facts, on which baselines put conditions ("dmarc.policy is
 * reject"). A measure is known, unknown (with a reason), or not applicable. The table in measure.c
 * names and describes every one of them; assessors set each exactly once, a test checks that none
 * is forgotten.
 */
#ifndef MAILSEAL_ASSESS_MEASURE_H
#define MAILSEAL_ASSESS_MEASURE_H

#include "assess/assessment.h"

/* A list measure (report destinations, for instance) keeps at most so many words. */
#define MEASURE_MAX_WORDS 64

enum measure_id {
	/* the domain */
	MEASURE_DOMAIN_SENDS,
	MEASURE_DOMAIN_RECEIVES,
	MEASURE_DOMAIN_PARKED,
	MEASURE_DOMAIN_ORGANISATIONAL,
	/* SPF */
	MEASURE_SPF_PRESENT,
	MEASURE_SPF_RECORDS,
	MEASURE_SPF_VALID,
	MEASURE_SPF_ALL,
	MEASURE_SPF_ONLY_ALL,
	MEASURE_SPF_LOOKUPS,
	MEASURE_SPF_VOID_LOOKUPS,
	MEASURE_SPF_ADDRESSES,
	/* DKIM */
	MEASURE_DKIM_KEYS,
	MEASURE_DKIM_WEAKEST_RSA_BITS,
	MEASURE_DKIM_WILDCARD_REVOKED,
	MEASURE_DKIM_TESTING,
	/* DMARC, by RFC 9989 unless said */
	MEASURE_DMARC_PRESENT,
	MEASURE_DMARC_OWN_RECORD,
	MEASURE_DMARC_VALID,
	MEASURE_DMARC_POLICY,
	MEASURE_DMARC_POLICY_RFC7489,
	MEASURE_DMARC_SUBDOMAIN_POLICY,
	MEASURE_DMARC_NONEXISTENT_POLICY,
	MEASURE_DMARC_PCT,
	MEASURE_DMARC_SP_WEAKER,
	MEASURE_DMARC_ADKIM,
	MEASURE_DMARC_ASPF,
	MEASURE_DMARC_TESTING,
	MEASURE_DMARC_RUA,
	MEASURE_DMARC_RUA_WORKING,
	MEASURE_DMARC_RUA_ADDRESSES,
	MEASURE_DMARC_RUF_ADDRESSES,
	MEASURE_DMARC_RETIRED_DESTINATION,
	MEASURE_DMARC_REMOVED_TAGS,
	/* MX */
	MEASURE_MX_HOSTS,
	MEASURE_MX_NULL,
	MEASURE_MX_VALID,
	MEASURE_MX_IPV6,
	/* transit */
	MEASURE_TLS_RPT_PRESENT,
	MEASURE_TLS_RPT_VALID,
	MEASURE_TLS_RPT_RUA,
	MEASURE_TLS_RPT_RETIRED_DESTINATION,
	MEASURE_MTA_STS_RECORD_PRESENT,
	MEASURE_MTA_STS_RECORD_VALID,
	MEASURE_MTA_STS_POLICY_VALID,
	MEASURE_MTA_STS_MODE,
	MEASURE_MTA_STS_MAX_AGE,
	MEASURE_MTA_STS_STRICT,
	MEASURE_MTA_STS_HOSTS_FITTING,
	/* of connections to mail hosts: all are known, or none */
	MEASURE_TLS_STARTTLS_ALL,
	MEASURE_TRANSIT_FIRST = MEASURE_TLS_STARTTLS_ALL,
	MEASURE_TLS_LEAST_VERSION,
	MEASURE_TLS_BEST_VERSION,
	MEASURE_TLS_RC4,
	MEASURE_TLS_3DES,
	MEASURE_TLS_CERTIFICATE_VALID,
	MEASURE_TLS_GOOD_SUITE,
	MEASURE_TLS_SUITE_ORDER,
	MEASURE_TLS_VERSIONS,
	MEASURE_TLS_KEY_EXCHANGES,
	MEASURE_TLS_CIPHERS,
	MEASURE_TLS_MACS,
	MEASURE_TLS_GROUPS,
	MEASURE_TLS_DH_GROUPS,
	MEASURE_TLS_CERTIFICATE_KEYS,
	MEASURE_TLS_CERTIFICATE_HASHES,
	MEASURE_TLS_CERTIFICATE_RSA,
	MEASURE_TLS_PQ,
	MEASURE_TLS_SHA1_SIGNATURES,
	MEASURE_TLS_SHA224_SIGNATURES,
	MEASURE_TLS_EXTENDED_MASTER_SECRET,
	MEASURE_TLS_SECURE_RENEGOTIATION,
	MEASURE_TLS_COMPRESSION,
	MEASURE_TLS_CLIENT_RENEGOTIATION,
	MEASURE_TLS_UNLIMITED_RENEGOTIATION,
	MEASURE_TLS_EARLY_DATA,
	MEASURE_TLS_LARGE_HELLO,
	MEASURE_TLS_SPLIT_HELLO,
	MEASURE_TLS_INJECTION,
	MEASURE_TLS_CERTIFICATE_RSA_BITS,
	MEASURE_TLS_CERTIFICATE_DAYS,
	MEASURE_TLS_CERTIFICATE_REVOKED,
	MEASURE_TLS_CHAIN_ORDERED,
	MEASURE_TLS_IPV6_REACHABLE,
	MEASURE_TLS_DOWNGRADE,
	MEASURE_DANE_VALID,
	MEASURE_DANE_PRESENT,
	MEASURE_DANE_ROLLOVER,
	MEASURE_TRANSIT_LAST = MEASURE_DANE_ROLLOVER,
	/* the rest */
	MEASURE_DNSSEC_DOMAIN,
	MEASURE_DNSSEC_MX,
	MEASURE_BIMI_PRESENT,
	MEASURE_BIMI_VALID,
	MEASURE_CAA_PRESENT,
	MEASURE_COUNT,
};

enum measure_kind {
	MEASURE_BOOL, /* yes or no */
	MEASURE_NUMBER,
	MEASURE_WORD,  /* one of a closed set, see the description */
	MEASURE_WORDS, /* a list */
};

enum measure_state {
	MEASURE_UNSET, /* nobody set it: a defect */
	MEASURE_KNOWN,
	MEASURE_UNKNOWN,	/* not measured, because reason */
	MEASURE_NOT_APPLICABLE, /* the question makes no sense for this domain, because reason */
};

struct measure {
	enum measure_state state;
	bool is_yes;
	int64_t number;
	struct span word;
	const struct span *words;
	size_t word_count;
	const struct span *maybe; /* words that may be in the list as well: nobody could tell */
	size_t maybe_count;
	struct span reason;
};

struct measure_description {
	const char *name; /* "dmarc.policy" */
	enum measure_kind kind;
	const char *description;
};

struct measures {
	struct measure values[MEASURE_COUNT];
};

void measure_bool(struct assessment *a, enum measure_id id, bool is_yes);
void measure_number(struct assessment *a, enum measure_id id, int64_t number);
void measure_word(struct assessment *a, enum measure_id id, struct span word);
/* words must live in the arena. */
void measure_words(struct assessment *a, enum measure_id id, const struct span *words,
		   size_t count);
/* After measure_words(): those that could not be ruled out; from the arena. */
void measure_words_maybe(struct assessment *a, enum measure_id id, const struct span *words,
			 size_t count);
void measure_unknown(struct assessment *a, enum measure_id id, struct span reason);
/* The same, with the reason why a fact is unknown. */
void measure_unknown_fact(struct assessment *a, enum measure_id id, const struct fact *fact);
void measure_not_applicable(struct assessment *a, enum measure_id id, struct span reason);

const struct measure *measure_get(const struct assessment *a, enum measure_id id);
const struct measure_description *measure_describe(enum measure_id id);
/* True when the measure can have that word: yes and no for a bool, one of the closed set for a
 * word. */
bool measure_allows_word(enum measure_id id, struct span word);
/* False when there is no measure of that name. */
bool measure_find(struct span name, enum measure_id *ret_id) MUST_CHECK;

#endif

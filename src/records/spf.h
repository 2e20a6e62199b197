/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF records (RFC 7208 section 4.5 to 7 and 12): text <-> terms. Evaluation is elsewhere. */
#ifndef MAILSEAL_RECORDS_SPF_H
#define MAILSEAL_RECORDS_SPF_H

#include "records/network.h"
#include "records/problem.h"

/* More terms than a 64 kB answer of honest terms has use for. */
#define SPF_MAX_TERMS 1024

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

enum spf_qualifier {
	SPF_PASS,     /* + */
	SPF_FAIL,     /* - */
	SPF_SOFTFAIL, /* ~ */
	SPF_NEUTRAL,  /* ? */
};

enum spf_term_kind {
	SPF_TERM_MECHANISM,
	SPF_TERM_REDIRECT,
	SPF_TERM_EXP,
	SPF_TERM_UNKNOWN_MODIFIER, /* RFC 7208 6: ignored */
	SPF_TERM_INVALID,	   /* a syntax error: the record is a permerror */
};

struct spf_term {
	enum spf_term_kind kind;
	enum spf_mechanism mechanism; /* when kind is SPF_TERM_MECHANISM */
	enum spf_qualifier qualifier;
	bool has_qualifier;	 /* written out */
	struct span text;	 /* the whole term as published */
	size_t offset;		 /* of text in the record */
	struct span name;	 /* mechanism or modifier name as written */
	struct span domain_spec; /* after ":" or "="; empty when absent */
	size_t domain_spec_offset;
	bool has_macros;	/* domain_spec holds a %: it depends on the message */
	unsigned prefix_len4;	/* 32 when not given */
	unsigned prefix_len6;	/* 128 when not given */
	struct network network; /* ip4, ip6 */
};

struct spf_record {
	struct span text;
	struct spf_term *terms;
	size_t term_count;
	struct problems
		problems; /* any PROBLEM_ERROR makes the record a permerror (RFC 7208 4.6) */
};

/* RFC 7208 4.5: starts with "v=spf1" followed by a space or the end, case-insensitive. */
bool spf_record_is_spf(struct span text);
/* Looks like SPF gone wrong ("v=spf", "spf1 ...", "v=spf2", quotes or spaces in front): for a
 * useful finding. */
bool spf_record_is_near_miss(struct span text);
/* Never fails on bad text: that is what problems are for. NULL only when the arena failed. */
struct spf_record *spf_record_parse(struct arena *arena, struct span text);
void spf_record_write(const struct spf_record *record, struct buffer *text);
/* The "all" mechanism, or NULL. */
const struct spf_term *spf_record_all(const struct spf_record *record);
const struct spf_term *spf_record_redirect(const struct spf_record *record);
/* RFC 7208 4.6.4: include, a, mx, ptr, exists and redirect count against the ten. */
bool spf_term_queries_dns(const struct spf_term *term);
/* "fail", "softfail", "neutral", "pass". Static. */
const char *spf_qualifier_name(enum spf_qualifier qualifier);
const char *spf_mechanism_name(enum spf_mechanism mechanism);

/*
 * RFC 7208 7: macro syntax check of a domain-spec (or explain-string when is_exp). False and the
 * offset of the offending octet when it is wrong.
 */
bool spf_macro_is_valid(struct span text, bool is_exp, size_t *ret_bad_offset);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC policy records (RFC 9989 section 4.7), read so that RFC 7489's reading can be told from it
 * too. */
#ifndef MAILSEAL_RECORDS_DMARC_H
#define MAILSEAL_RECORDS_DMARC_H

#include "records/dmarc_uri.h"
#include "records/problem.h"
#include "records/tag_list.h"

enum dmarc_policy {
	DMARC_POLICY_ABSENT, /* the tag is not there */
	DMARC_POLICY_NONE,
	DMARC_POLICY_QUARANTINE,
	DMARC_POLICY_REJECT,
	DMARC_POLICY_INVALID, /* the tag is there with another word */
};

enum dmarc_alignment {
	DMARC_RELAXED,
	DMARC_STRICT,
};

enum dmarc_psd {
	DMARC_PSD_UNKNOWN, /* "u" or absent */
	DMARC_PSD_YES,
	DMARC_PSD_NO,
};

struct dmarc_record {
	struct span text;
	struct tag_list tags;
	enum dmarc_policy p;
	enum dmarc_policy sp;
	enum dmarc_policy np;
	enum dmarc_alignment adkim;
	enum dmarc_alignment aspf;
	enum dmarc_psd psd;
	bool is_testing; /* t=y */
	bool has_pct;
	unsigned pct; /* 0..100; 100 when absent or invalid. Removed by RFC 9989, honoured by RFC
			 7489 receivers */
	bool has_rf;  /* removed tags, for the finding */
	bool has_ri;
	struct span fo; /* colon-separated as written; empty when absent */
	struct dmarc_uri *rua;
	size_t rua_count;
	struct dmarc_uri *ruf;
	size_t ruf_count;
	struct problems problems;
};

/* RFC 9989 4.7: the first tag is v and its value exactly DMARC1 (white space around "=" allowed).
 */
bool dmarc_record_is_dmarc(struct span text);
/* Looks like DMARC gone wrong ("v=dmarc1", "DMARC1;", "v=DMARC 1"): for a useful finding. */
bool dmarc_record_is_near_miss(struct span text);
/* Call only for text that is_dmarc. Never fails on bad text; NULL only when the arena failed. */
struct dmarc_record *dmarc_record_parse(struct arena *arena, struct span text);
/*
 * RFC 9989 4.7 and 4.10: with p missing or invalid, or sp or np invalid, the record acts as p=none
 * when rua holds a valid URI, and is no record otherwise. Nor is one in which a tag stands twice
 * (RFC 6376 3.2). This gives the record a receiver acts on, or false for "none".
 */
bool dmarc_record_is_usable(const struct dmarc_record *record);
/* The policy for the name the record stands at; call only for a usable record. Never ABSENT or
 * INVALID. */
enum dmarc_policy dmarc_record_policy(const struct dmarc_record *record);
/* For an existing subdomain: sp, else p. */
enum dmarc_policy dmarc_record_subdomain_policy(const struct dmarc_record *record);
/* For a subdomain that does not exist: np, else sp, else p (RFC 9989 4.7). */
enum dmarc_policy dmarc_record_nonexistent_policy(const struct dmarc_record *record);
/* RFC 9989 4.7, t=y: reject acts as quarantine, quarantine as none. */
enum dmarc_policy dmarc_policy_lowered(enum dmarc_policy policy);
/* RFC 7489 6.6.3's view: sp and np as that RFC knows them; p invalid or missing with rua acts as
 * none. */
bool dmarc_record_is_usable_rfc7489(const struct dmarc_record *record);
void dmarc_record_write(const struct dmarc_record *record, struct buffer *text);
/* "none", "quarantine", "reject", "absent", "invalid". Static. */
const char *dmarc_policy_name(enum dmarc_policy policy);

#endif

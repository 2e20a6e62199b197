/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A whole sector in one view, from the newest look at each domain: who has adopted what, what to
 * mend first because it helps most, what many domains lean on together, and which keys are weak or
 * used by several owners.
 *
 * A control that could not be determined at the newest look counts as it was last known.
 */
#ifndef MAILSEAL_SERVICE_SECTOR_H
#define MAILSEAL_SERVICE_SECTOR_H

#include "estate/standing.h"
#include "store/estate.h"

#define SECTOR_BYTES ((size_t)1 << 30)
/* Groups, shared things and keys; above it the report says that it is cut. */
#define SECTOR_MAX_ITEMS 200000
#define SECTOR_MAX_DAYS 400
#define SECTOR_MAX_EXCEPTIONS 20000
/* Domains listed of one item; all are counted. */
#define SECTOR_LISTED_DOMAINS 50
/* RFC 8301 3.2 and every baseline of today: shorter RSA keys are weak. */
#define SECTOR_WEAK_RSA_BITS 2048

enum sector_policy {
	SECTOR_POLICY_REJECT,
	SECTOR_POLICY_QUARANTINE,
	SECTOR_POLICY_NONE,
	SECTOR_POLICY_ABSENT,
	SECTOR_POLICY_UNKNOWN,
	SECTOR_POLICY_COUNT,
};

/* Counts of domains. */
struct sector_counts {
	uint64_t domains;
	uint64_t nonexistent; /* not counted below */
	uint64_t spoofable[ANSWER_UNKNOWN + 1];
	uint64_t interceptable[ANSWER_UNKNOWN + 1];
	uint64_t controls[CONTROL_COUNT][CONTROL_UNKNOWN + 1];
	/* Controls of mail on its way, of domains that take no mail; not in controls[]. */
	uint64_t not_needed[CONTROL_COUNT];
	uint64_t policies[SECTOR_POLICY_COUNT];
	uint64_t carried; /* some control stands as it was last known */
};

struct sector_group {
	struct span name; /* empty: domains without a group */
	struct sector_counts counts;
};

/* Something several domains have, or suffer from. */
struct sector_item {
	struct span name;  /* a finding's id, a host, an include, a key's digest */
	struct span about; /* a finding's title at the first domain, a provider, a key's selector or
			      host */
	struct span finding; /* the finding's id; empty of other things */
	struct span subject; /* of one thing to mend: the name it stands at */
	enum severity severity;
	enum control control;
	bool is_key;
	int64_t number;	       /* bits of a key */
	uint64_t domain_count; /* all of them */
	struct vector domains; /* of struct span: the first SECTOR_LISTED_DOMAINS */
	struct vector owners;  /* of struct span, each once; likewise */
};

/* One day on which domains were looked at. */
struct sector_day {
	int64_t day;
	uint64_t domains;
	uint64_t reject; /* of them */
	uint64_t spoofable;
};

/* A finding that somebody answers for, until a day. */
struct sector_exception {
	struct span domain; /* "*" for every domain */
	struct span finding;
	struct span owner;
	struct span reason;
	int64_t expires_at;
	bool is_expired; /* it does not count any more */
	uint64_t used;	 /* findings that were left out because of it */
};

struct sector {
	struct arena *arena; /* owned */
	int64_t at;
	struct sector_counts all;
	struct vector groups;	 /* of struct sector_group, by name */
	struct vector findings;	 /* of struct sector_item: the worst first, then what helps most */
	struct vector shared;	 /* likewise: one thing to mend that helps several domains */
	struct vector senders;	 /* outside senders by how many domains they can send as */
	struct vector weak_keys; /* DKIM and certificate keys that are too short */
	struct vector reused_keys; /* keys that several owners (or organisations) use */
	struct vector days;	   /* of struct sector_day, oldest first */
	struct vector exceptions;  /* of struct sector_exception */
	bool is_cut;
};

struct sector_options {
	int64_t at;	  /* as of */
	int64_t since;	  /* the time shown; 0: all */
	int64_t rejudged; /* not 0: as this run judged kept facts again; the times do not count */
	struct span exceptions; /* CSV text: domain,finding,owner,expires,reason; empty: none */
};

int sector_read(struct store *store, const struct sector_options *options,
		struct sector *ret_sector, struct failure *reterr) MUST_CHECK;
void sector_free(struct sector *sector);
/* Reads CSV into sector->exceptions; the sector has its arena, and the time as of which they are
 * over. */
int sector_exceptions_read(struct sector *sector, struct span text,
			   struct failure *reterr) MUST_CHECK;
/* "reject", "none", "absent". Static. */
const char *sector_policy_name(enum sector_policy policy);

#endif

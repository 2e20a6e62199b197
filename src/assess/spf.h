/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * SPF of a domain (RFC 7208): its record, everything that record includes, and what a stranger's
 * address gets in the end.
 *
 * The tree is walked in the order a receiver evaluates it for an address that no network term
 * matches. That is the worst case: a receiver stops at the first match, so it never needs more
 * look-ups than are counted here.
 */
#ifndef MAILSEAL_ASSESS_SPF_H
#define MAILSEAL_ASSESS_SPF_H

#include "assess/assessment.h"
#include "records/spf.h"

/* RFC 7208 4.6.4: more of any of these is a permerror. */
#define SPF_MAX_LOOKUPS 10
#define SPF_MAX_VOID_LOOKUPS 2
#define SPF_MAX_MX_HOSTS 10
/* Look-ups we follow; from there on counts are "at least". A hostile tree ends here. */
#define SPF_FOLLOWED_LOOKUPS 20
/* From here on we say that the limit is near. */
#define SPF_WARN_LOOKUPS 8

struct provider;

/* RFC 7208 2.6: what check_host() gives. */
enum spf_outcome {
	SPF_OUTCOME_NONE,
	SPF_OUTCOME_NEUTRAL,
	SPF_OUTCOME_PASS,
	SPF_OUTCOME_FAIL,
	SPF_OUTCOME_SOFTFAIL,
	SPF_OUTCOME_PERMERROR,
	SPF_OUTCOME_UNKNOWN, /* an answer it hangs on is missing */
};

/* What stands at a name. */
enum spf_node_state {
	SPF_NODE_RECORD,    /* one SPF record */
	SPF_NODE_NXDOMAIN,  /* the name does not exist */
	SPF_NODE_NO_RECORD, /* the name exists and has no SPF record */
	SPF_NODE_SEVERAL,   /* more than one: RFC 7208 4.5, permerror */
	SPF_NODE_LOOP,	    /* a name further up in this very chain: not read again */
	SPF_NODE_UNKNOWN,   /* no usable answer */
};

enum spf_reach {
	SPF_REACH_NEVER, /* behind "all" or another term that matches everyone, or ignored */
	SPF_REACH_EVALUATED,
	SPF_REACH_NOT_FOLLOWED, /* past SPF_FOLLOWED_LOOKUPS */
};

struct spf_node;

/* A term in its place in the tree. */
struct spf_tree_term {
	const struct spf_term *term;
	enum spf_reach reach;
	struct span target; /* the name asked; empty when none, or when it depends on the message */
	bool depends_on_message; /* RFC 7208 7: its macros need the address or the sender */
	bool is_unknown;	 /* an answer it needs is missing */
	bool is_nxdomain;	 /* target does not exist */
	bool is_void;		 /* RFC 7208 4.6.4 void look-up for an IPv4 client */
	bool is_void_ipv6;	 /* the same for an IPv6 client */
	unsigned lookups;	 /* terms that query DNS: itself and all below */
	size_t mx_hosts;
	/* What it authorises by itself: ip4, ip6, a, mx; prefixes applied. */
	const struct network *networks;
	size_t network_count;
	/* It and all below; overlaps count twice, saturating; 0 unless all qualifiers are "+". */
	uint64_t ipv4_addresses;
	const struct provider *provider; /* whose name the target is; NULL when nobody's we know */
	const struct spf_node *child;	 /* include and redirect: what stands there */
};

/* A name whose record takes part. */
struct spf_node {
	struct span domain;
	enum spf_node_state state;
	size_t record_count;
	const struct spf_record *record; /* NULL unless SPF_NODE_RECORD */
	struct spf_tree_term *terms;	 /* one for each term of the record, in its order */
	size_t term_count;
	const struct spf_node *parent;	 /* NULL for the domain itself */
	const struct spf_tree_term *via; /* the parent's term that leads here */
	bool is_own;	     /* within the domain's organisational domain (public suffix list) */
	bool is_authorising; /* every qualifier on the way here is "+" */
	enum spf_outcome outcome; /* for a stranger's address */
	/* The term that matches everyone, or NULL: "all", an include of such, a redirect. */
	const struct spf_tree_term *decided_by;
};

struct spf_view {
	/* Records as published: none, one or several. */
	const struct span *records;
	size_t record_count;
	bool is_unknown; /* the domain's own TXT could not be read: nothing below means anything */
	/* All nodes in the order of evaluation, the domain's own first. None unless record_count
	 * is 1. */
	struct spf_node *const *nodes;
	size_t node_count;
	/*
	 * What mail from an address that the domain never heard of gets. UNKNOWN as soon as an
	 * answer is missing that could change it.
	 */
	enum spf_outcome outcome;
	bool has_unknown;	 /* an answer some term needs is missing */
	bool depends_on_message; /* some terms are judged per message: outcome leaves them out */
	bool only_all;		 /* nothing but "-all": nobody may send */
	/* The record that decides about everyone else, through redirects; NULL when it is not
	 * known. */
	const struct spf_node *last;
	unsigned lookups;
	bool is_lookups_at_least; /* something is unknown, depends on the message or was not
				     followed */
	unsigned void_lookups;
	unsigned void_lookups_ipv6;
	bool has_loop;
	uint64_t ipv4_addresses; /* authorised; each counted once */
	bool is_addresses_at_least;
	size_t ipv6_networks;
	/* Who is authorised by name; each once, in order of evaluation. */
	const struct provider *const *providers;
	size_t provider_count;
	size_t answer_bytes; /* size of the TXT answer without signatures */
};

void spf_assess(struct assessment *a);

/* "fail", "permerror", "unknown". Static. */
const char *spf_outcome_name(enum spf_outcome outcome);

#endif

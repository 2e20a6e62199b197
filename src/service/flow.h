/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A flow: rows of reports that say the same but for the day, read as evidence. Whether DKIM and SPF
 * are aligned is worked out again from the results listed, since some reporters contradict
 * themselves; where a report lists none, its own verdict stands.
 */
#ifndef MAILSEAL_SERVICE_FLOW_H
#define MAILSEAL_SERVICE_FLOW_H

#include "guide/providers.h"
#include "records/network.h"
#include "records/public_suffix.h"
#include "store/store.h"

/* Flows of one domain in one reading: beyond it the smallest are not looked at one by one. */
#define FLOW_MAX 400000

/* Who it is, by what the rows prove. */
enum mail_class {
	MAIL_LEGITIMATE,
	MAIL_FORWARDED,
	MAIL_UNKNOWN,
	MAIL_SPOOFED,
	MAIL_CLASS_COUNT,
};

/* Which piece of evidence decided. */
enum mail_evidence {
	EVIDENCE_SPF_ALIGNED,	   /* SPF passes for the domain */
	EVIDENCE_KEY_AT_HOME,	   /* a DKIM key of the domain, used where it is usually used */
	EVIDENCE_KEY_ELSEWHERE,	   /* the same key, through somebody else's server */
	EVIDENCE_OVERRIDE,	   /* the receiver says: forwarded, a list, trusted, ARC */
	EVIDENCE_FORWARDER,	   /* a known forwarding or list service */
	EVIDENCE_SIGNATURE_BROKEN, /* a DKIM key of the domain, but the message was changed */
	EVIDENCE_PASSES_ON_OTHERS, /* a server that also passes on mail whose signature survives */
	EVIDENCE_OWN_NETWORK,	   /* the network also sends mail that passes */
	EVIDENCE_STRICT_ONLY,	   /* aligned but for strict alignment */
	EVIDENCE_PROVIDER,	   /* a service that authenticates as itself, steadily */
	EVIDENCE_PROVIDER_BRIEFLY, /* likewise, but too little to tell */
	EVIDENCE_STEADY,	   /* authenticates as nobody, but steadily */
	EVIDENCE_OTHER_STEADY,	   /* authenticates as somebody else, steadily */
	EVIDENCE_NOTHING,	   /* authenticates as nobody or a stranger, now and then */
	EVIDENCE_COUNT,
};

/* Why it fails DMARC. */
enum fail_cause {
	CAUSE_NONE, /* it passes */
	CAUSE_NOT_SIGNED,
	CAUSE_SIGNED_AS_OTHER, /* a signature passes, for another domain */
	CAUSE_SIGNATURE_BROKEN,
	CAUSE_KEY_MISSING, /* signed as the domain, with a key that is not published or broken */
	CAUSE_STRICT,	   /* strict alignment asks for more than there is */
	CAUSE_COUNT,
};

struct sender;

struct flow {
	struct store_stream stream; /* spans in the arena */
	struct network source;	    /* of the stream; family 0 when not known */
	struct network home;	    /* the /24 or /48 around it */
	uint8_t home_key[17];	    /* of home: family and address */
	bool is_dkim_aligned;	    /* a signature passes and is aligned */
	bool is_spf_aligned;
	bool is_spf_denied;   /* SPF was asked for the domain itself, and did not pass */
	bool is_relaxed_only; /* aligned but for strict alignment */
	bool is_overridden;
	struct span key;	/* "selector domain" of the aligned signature that passes */
	struct span broken_key; /* likewise, of one that fails */
	bool has_missing_key;	/* an aligned signature without a usable key */
	bool has_signature;
	struct span spf_domain;	  /* SPF passes for it; empty when for none */
	struct span spf_org;	  /* its organisation */
	struct span other_domain; /* a signature passes for it, not aligned */
	struct span other_org;
	const struct provider *provider; /* by network or by what it authenticates as */
	bool is_provider_proven;	 /* it authenticates as the provider itself */
	enum mail_class class;
	enum mail_evidence evidence;
	enum fail_cause cause;
	const struct sender *sender; /* that it was gathered into; NULL until then */
};

static inline bool flow_passes(const struct flow *flow)
{
	return flow->is_dkim_aligned || flow->is_spf_aligned;
}

struct flow_options {
	const struct public_suffix_list *suffixes;
	const struct provider_table *providers;
	bool is_dkim_strict;
	bool is_spf_strict;
	uint64_t days_with_data; /* in the scope */
};

struct flows {
	struct arena *arena;
	struct vector items; /* of struct flow */
	uint64_t left_out;   /* messages of flows above FLOW_MAX */
};

/* Reads the streams of the scope. */
int flows_read(struct store *store, const struct store_scope *scope, int64_t recent_day,
	       const struct flow_options *options, struct flows *flows,
	       struct failure *reterr) MUST_CHECK;
/* Decides class, evidence and cause of each. */
int flows_classify(struct flows *flows, const struct flow_options *options,
		   struct failure *reterr) MUST_CHECK;

static inline struct flow *flow_at(const struct flows *flows, size_t i)
{
	return VECTOR_AT(&flows->items, struct flow, i);
}

/* RFC 9989 4.9: strict wants the same name, relaxed the same organisation. */
bool flow_aligns(const struct flow_options *options, struct span from, struct span domain,
		 bool is_strict);

/* Stable words for JSON. Static. */
const char *mail_class_name(enum mail_class class);
const char *mail_evidence_name(enum mail_evidence evidence);
const char *fail_cause_name(enum fail_cause cause);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Makers of records, for advice and for `mailseal record`. Each is given what is wanted and makes
 * the record(s) to publish; what it made has been read back with our own parser. A wish that
 * cannot be a correct record is a failure (FAILURE_INPUT) that says why. Domains are canonical,
 * results live in the arena. An address may be RECORD_ADDRESS_TEMPLATE; the change is then a
 * template.
 */
#ifndef MAILSEAL_ADVISE_RECORD_H
#define MAILSEAL_ADVISE_RECORD_H

#include "advise/record_address.h"
#include "advise/record_change.h"
#include "records/dmarc.h"
#include "records/mta_sts_policy.h"
#include "records/spf.h"

struct record_spf_wish {
	struct span domain;
	const struct span *terms; /* "include:spf.example.net", "ip4:192.0.2.0/24", "mx" */
	size_t term_count;	  /* 0: nobody may send */
	enum spf_qualifier all;	  /* what happens to everyone else */
};

int record_spf_make(struct arena *arena, const struct record_spf_wish *wish,
		    struct record_change *ret_change, struct failure *reterr) MUST_CHECK;

struct record_dmarc_wish {
	struct span domain;
	enum dmarc_policy policy;
	enum dmarc_policy subdomain_policy;   /* ABSENT leaves the tag out */
	enum dmarc_policy nonexistent_policy; /* likewise */
	bool is_strict;			      /* alignment of both SPF and DKIM */
	const struct span *rua;		      /* mailboxes or mailto: URIs */
	size_t rua_count;
	const struct span *ruf;
	size_t ruf_count;
};

int record_dmarc_make(struct arena *arena, const struct record_dmarc_wish *wish,
		      struct record_change *ret_change, struct failure *reterr) MUST_CHECK;

struct record_tls_rpt_wish {
	struct span domain;
	const struct span *rua; /* mailboxes, mailto: or https: URIs; at least one */
	size_t rua_count;
};

int record_tls_rpt_make(struct arena *arena, const struct record_tls_rpt_wish *wish,
			struct record_change *ret_change, struct failure *reterr) MUST_CHECK;

struct record_mta_sts_wish {
	struct span domain;
	enum mta_sts_mode mode; /* none, testing or enforce */
	const struct span *mx;	/* host names, or "*.example.net"; may be none only in mode none */
	size_t mx_count;
	uint64_t max_age_s;
	int64_t now; /* makes the id, which must change with the policy */
};

/* The TXT record, and the policy file for https://mta-sts.<domain>/.well-known/mta-sts.txt. */
int record_mta_sts_make(struct arena *arena, const struct record_mta_sts_wish *wish,
			struct record_change *ret_change, struct span *ret_policy,
			struct failure *reterr) MUST_CHECK;

struct record_dkim_wish {
	struct span domain;
	struct span selector;
	bool is_ed25519;	/* else RSA */
	struct span public_key; /* SubjectPublicKeyInfo, or the 32 octets of Ed25519 */
};

/* RSA keys below 2048 bits are refused. */
int record_dkim_make(struct arena *arena, const struct record_dkim_wish *wish,
		     struct record_change *ret_change, struct failure *reterr) MUST_CHECK;

/* *._domainkey with an empty key: whatever selector a forger names, there is none (RFC 6376 3.6.1).
 */
struct record_change record_dkim_revoked_make(struct arena *arena, struct span domain);
/* RFC 7505 3: this domain takes no mail. */
struct record_change record_null_mx_make(struct span domain);

#define RECORD_PARKED_COUNT 4

/*
 * The records of a domain that neither sends nor receives: SPF, DMARC, DKIM, MX, in that order.
 * rua may be empty.
 */
int record_parked_make(struct arena *arena, struct span domain, const struct span *rua,
		       size_t rua_count, struct record_change ret_changes[RECORD_PARKED_COUNT],
		       struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MX: who takes the domain's mail, and can they be reached? (RFC 5321 5.1, RFC 7505.) */
#ifndef MAILSEAL_ASSESS_MX_H
#define MAILSEAL_ASSESS_MX_H

#include "assess/assessment.h"
#include "records/network.h"

struct provider;

/*
 * Mail hosts looked at, the most preferred first. Honest domains name up to about ten; a sender
 * need not try more than a few (RFC 5321 5.1).
 */
#define MX_MAX_HOSTS 20
/* Addresses kept for one host. */
#define MX_MAX_ADDRESSES 32

struct mx_host {
	struct span name;    /* canonical */
	unsigned preference; /* lower is tried first */
	const struct network *addresses;
	size_t address_count;
	size_t global_address_count; /* those that a sender on the internet can reach */
	bool has_ipv6;		     /* a global IPv6 address */
	bool is_unknown;	     /* an address question got no usable answer: more may exist */
	bool is_cname;		     /* RFC 2181 10.3 forbids it */
	struct span target;	     /* end of the CNAME chain; the name itself without one */
	bool is_address_literal;     /* "192.0.2.1" where a name belongs */
	bool is_nonexistent;	     /* NXDOMAIN, here or at the end of the CNAME chain */
	bool has_problem;	     /* something certain is wrong with it */
	enum dnssec_status dnssec;   /* the worse of its address answers; unchecked if none came */
	struct span why_bogus;	     /* the validator's words; empty unless bogus */
	const struct provider *provider; /* who runs it; NULL when not known */
};

struct mx_view {
	bool is_known; /* false: the MX question got no usable answer, nothing below holds */
	bool is_null;  /* RFC 7505: the only record is the null MX, no mail is taken */
	/* A null MX stands beside mail hosts, which RFC 7505 3 forbids. */
	bool has_stray_null;
	/*
	 * By preference, then name. Empty without MX records: then host_count > 0 means that the
	 * domain says it receives mail.
	 */
	const struct mx_host *hosts;
	size_t host_count;
	size_t left_out_count; /* further hosts, above MX_MAX_HOSTS */
	/*
	 * RFC 5321 5.1: no MX record but an address, so senders try the domain itself (mostly a web
	 * server that takes no mail). NULL when there is an MX record or no address; is_unknown is
	 * set when it may have none.
	 */
	const struct mx_host *implicit;
	enum dnssec_status dnssec; /* of the MX answer */
};

void mx_assess(struct assessment *a);
/* RFC 5321 5.1: it has no MX record, but an address that senders try and that nobody looked at; and
 * its other records do not say that it takes no mail. Asked when the kind of the domain is known.
 */
bool mx_may_take_mail(const struct assessment *a);

#endif

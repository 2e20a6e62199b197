/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What was seen of the mail hosts over SMTP and TLS, gathered once for tls, dane, mta_sts and
 * sender_eye. Asks; concludes nothing. Runs after mx.
 */
#ifndef MAILSEAL_ASSESS_TRANSIT_H
#define MAILSEAL_ASSESS_TRANSIT_H

#include "assess/assessment.h"
#include "assess/mx.h"
#include "crypto/ocsp.h"
#include "crypto/x509.h"

/* What a sender that would like TLS finds at one address. */
enum transit_state {
	TRANSIT_UNKNOWN,     /* see the fact, or throttled */
	TRANSIT_UNREACHABLE, /* no connection, or closed before a word */
	TRANSIT_REFUSING,    /* greets with 5xx, or speaks no SMTP: takes no mail */
	TRANSIT_CLEAR,	     /* takes mail, and TLS cannot be had */
	TRANSIT_TLS,
};

/* A certificate that the endpoint presents. */
struct transit_leaf {
	const struct endpoint_presentation *presentation;
	struct x509_view view; /* of the leaf */
	bool is_readable;
	/* All that was sent, the leaf first; one that cannot be read has no fingerprint. */
	const struct x509_view *chain;
	size_t chain_count;
	bool has_staple;	 /* an OCSP response came along */
	struct ocsp_view staple; /* what it says */
	bool has_name;		 /* RFC 9525: bears the host's name */
	bool is_in_date;	 /* the leaf, and the path when there is one */
	struct probe pkix;	 /* trusted, in date and the right name: good enough for MTA-STS */
};

struct transit_endpoint {
	const struct mx_host *host;
	struct span address; /* RFC 5952 */
	struct span label;   /* "mx.example.org (192.0.2.1)" */
	const struct fact *fact;
	const struct smtp_endpoint *smtp; /* NULL: nothing was observed */
	enum transit_state state;
	const struct transit_leaf *leaves;
	size_t leaf_count;
};

struct transit_view {
	bool is_measured; /* somebody tried to connect; else nothing below holds */
	/* Not one of the connections came about: as likely our own network as theirs. */
	bool is_cut_off;
	const struct transit_endpoint *endpoints; /* by host, then as DNS gave them */
	size_t endpoint_count;
};

/* The port that mail hosts are spoken to. */
#define TRANSIT_PORT 25

void transit_assess(struct assessment *a);

#endif

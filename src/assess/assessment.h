/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The result of judging one domain, filled in by the assessors one after the other. */
#ifndef MAILSEAL_ASSESS_ASSESSMENT_H
#define MAILSEAL_ASSESS_ASSESSMENT_H

#include "facts/facts.h"
#include "guide/guide.h"
#include "records/name.h"
#include "records/public_suffix.h"

/* Unknowns are few and shown in full. */
#define ASSESS_MAX_UNKNOWNS 500

struct provider_table;
struct spf_view;
struct dkim_view;
struct dmarc_view;
struct mx_view;
struct tls_rpt_view;
struct mta_sts_view;
struct bimi_view;
struct dnssec_view;
struct transit_view;
struct dane_view;
struct sender_eye_view;
struct measures;
struct finding;

enum control_status {
	CONTROL_GOOD,
	CONTROL_IMPROVE, /* works, but should be better */
	CONTROL_BAD,	 /* broken or dangerous */
	CONTROL_ABSENT,	 /* nothing is published */
	CONTROL_UNKNOWN, /* could not be determined, or was not measured */
};

/* What the domain is for, as far as its records say. */
enum domain_kind {
	DOMAIN_SENDING,	      /* authorises senders (and may receive) */
	DOMAIN_RECEIVING,     /* has mail hosts, authorises nobody to send */
	DOMAIN_PARKED,	      /* says that it neither sends nor receives */
	DOMAIN_UNDECLARED,    /* exists and says nothing about mail */
	DOMAIN_NONEXISTENT,   /* NXDOMAIN */
	DOMAIN_PUBLIC_SUFFIX, /* others register names below it */
	DOMAIN_UNKNOWN,	      /* the facts do not allow to say */
};

enum answer {
	ANSWER_YES,
	ANSWER_PARTLY,
	ANSWER_NO,
	ANSWER_UNKNOWN,
};

struct verdict {
	enum answer answer;
	struct span sentence; /* one honest sentence for a manager */
};

/* Something no verdict may rest on, and why. */
struct unknown {
	enum control control;
	struct span subject; /* "example.org TXT" */
	struct span reason;  /* "no answer came in time (192.0.2.53 is silent)" */
	struct span cause;   /* the same without the particulars: for one sentence */
};

struct assess_options {
	int64_t now; /* seconds since 1970 */
	const struct public_suffix_list *suffixes;
	const struct provider_table *providers;
	const struct span *selectors; /* DKIM selectors the user knows of */
	size_t selector_count;
};

struct assessment {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct assess_options *options;

	struct span domain;  /* canonical */
	struct span unicode; /* for people */
	enum domain_kind kind;
	struct span alias;	  /* end of the domain's own CNAME chain; empty without one */
	bool is_subdomain;	  /* below its organisational domain */
	struct span organisation; /* organisational domain by RFC 9989; empty when unknown */
	struct vector findings;	  /* of struct finding *, in the order they were found */
	struct finding
		*spare_finding; /* written to when there is no room for another; never shown */
	struct vector unknowns; /* of struct unknown */
	bool is_absent[CONTROL_COUNT]; /* nothing published: set by the control's assessor */
	bool is_unmeasured[CONTROL_COUNT];
	struct measures *measures;
	struct verdict spoofable;
	struct verdict interceptable;

	/* Views, one a control; NULL until the assessor ran. Each is declared in
	 * assess/<control>.h. */
	const struct mx_view *mx;
	const struct spf_view *spf;
	const struct dkim_view *dkim;
	const struct dmarc_view *dmarc;
	const struct tls_rpt_view *tls_rpt;
	const struct mta_sts_view *mta_sts;
	const struct bimi_view *bimi;
	const struct dnssec_view *dnssec;
	const struct transit_view *transit;
	const struct dane_view *dane;
	const struct sender_eye_view *sender_eye; /* NULL: the mail hosts were not connected to */
};

/* Asks for a DNS fact through the assessment's inquiry. Never NULL. */
const struct fact *assessment_dns(struct assessment *a, struct span name, uint16_t type);
/* Records that a fact is unknown to this control; the same subject is kept once a control. */
void unknown_add(struct assessment *a, enum control control, const struct fact *fact);
/* The same for something that is no fact, e.g. "connections to mail servers" "not measured". */
void unknown_note(struct assessment *a, enum control control, struct span subject,
		  struct span reason);
bool assessment_has_unknown(const struct assessment *a, enum control control);
/*
 * The control's status: absent when its assessor said so; bad from high findings on; unknown when
 * something it needs is unknown and nothing bad is certain; improve from low findings on; else
 * good.
 */
enum control_status assessment_status(const struct assessment *a, enum control control);

/* Stable words: "good", "sending", "partly". Static. */
const char *control_status_name(enum control_status status);
const char *domain_kind_name(enum domain_kind kind);
const char *answer_name(enum answer answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Report addresses of DMARC and TLS-RPT records: does what is sent there arrive? */
#ifndef MAILSEAL_ASSESS_DESTINATION_H
#define MAILSEAL_ASSESS_DESTINATION_H

#include "assess/assessment.h"
#include "assess/finding.h"
#include "discovery/discovery.h"
#include "guide/providers.h"

enum destination_state {
	DESTINATION_WORKS,
	DESTINATION_INVALID,	  /* no URI that reports are sent to */
	DESTINATION_DUPLICATE,	  /* the same address stands further left */
	DESTINATION_RETIRED,	  /* a service that has closed */
	DESTINATION_UNREACHABLE,  /* the host does not exist or takes no mail */
	DESTINATION_UNREGISTERED, /* the host does not exist, and anybody could register it */
	DESTINATION_UNAUTHORISED, /* an outside host that has not agreed */
	DESTINATION_UNKNOWN,
};

struct destination {
	const struct dmarc_uri *uri;
	enum destination_state state;
	const struct retired_destination *retired; /* NULL unless DESTINATION_RETIRED */
	struct mail_host host;			   /* once looked at */
	struct span registrable;		   /* what is open, when DESTINATION_UNREGISTERED */
	struct report_permission permission;	   /* likewise; DMARC only */
};

struct destinations {
	struct destination *items;
	size_t count;
	size_t working_count;
	size_t unknown_count;
};

/* What a control asks of its report addresses. */
struct destination_rules {
	enum control control;
	struct span retired_kind; /* "dmarc": which retired services concern it */
	bool is_https_ok;
	const struct dmarc_walk *policy; /* where consent is asked for; NULL when it is not */
};

/* Judges every address of one tag; unknown answers are noted for the control. */
struct destinations destinations_judge(struct assessment *a, const struct dmarc_uri *uris,
				       size_t count, const struct destination_rules *rules);
/* "an address", as people know it: the mailbox of a mailto, else the URI as written. */
struct span destination_text(const struct destination *destination);
/* Why nothing arrives at an unreachable destination: "takes no mail (null MX)". Static. */
const char *destination_obstacle(const struct destination *destination);

#endif

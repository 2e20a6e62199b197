/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A domain's standing: the outcome of one check in short, as it is kept over time and added up over
 * many domains. Made from an assessment; written to and read from a small text whose octets are the
 * same whenever the outcome is the same.
 */
#ifndef MAILSEAL_ESTATE_STANDING_H
#define MAILSEAL_ESTATE_STANDING_H

#include "assess/assessment.h"
#include "assess/finding.h"

/* The text of a standing; findings are at most FINDING_MAX. */
#define STANDING_MAX_TEXT ((size_t)1 << 20)
#define STANDING_MAX_TRAITS 1000

struct standing_finding {
	enum control control;
	enum severity severity;
	struct span id;	     /* "dmarc-policy-none" */
	struct span subject; /* "_dmarc.example.org" */
	struct span title;
};

/* What domains have in common, or are counted by. */
enum trait_kind {
	TRAIT_MX_HOST,	       /* name: the host */
	TRAIT_MX_PROVIDER,     /* name: who runs it */
	TRAIT_SENDER,	       /* name: the outside domain that SPF includes; value: whose it is */
	TRAIT_DKIM_KEY,	       /* name: selector; value: SHA-256 of the public key; number: bits */
	TRAIT_CERTIFICATE,     /* name: host; value: SHA-256 of its key; number: until when */
	TRAIT_CERTIFICATE_KEY, /* name: host; value: the same hash; number: bits */
	TRAIT_DMARC_POLICY,    /* name: what applies to the domain: "reject", "none", "absent" */
	TRAIT_MTA_STS,	       /* name: mode; value: the record's id */
	TRAIT_REPORTS_TO,      /* name: a DMARC report address */
	TRAIT_COUNT,
};

struct trait {
	enum trait_kind kind;
	struct span name;
	struct span value;
	int64_t number;
};

struct standing {
	enum domain_kind kind;
	struct span organisation; /* empty when unknown */
	struct verdict spoofable;
	struct verdict interceptable;
	enum control_status controls[CONTROL_COUNT];
	struct vector findings; /* of struct standing_finding, by control, id and subject */
	struct vector traits;	/* of struct trait, by kind, name and value */
};

static inline const struct standing_finding *standing_finding_at(const struct standing *standing,
								 size_t i)
{
	return VECTOR_AT(&standing->findings, const struct standing_finding, i);
}

static inline const struct trait *standing_trait_at(const struct standing *standing, size_t i)
{
	return VECTOR_AT(&standing->traits, const struct trait, i);
}

/* In the arena, with spans of the assessment's. NULL when memory is out. */
struct standing *standing_of(struct arena *arena, const struct assessment *assessment);
/* The first trait of a kind, or NULL. */
const struct trait *standing_trait(const struct standing *standing, enum trait_kind kind);

void standing_write(const struct standing *standing, struct buffer *text);
/* Reads what standing_write() wrote; what a later version added is passed over. False when it is no
 * standing, or memory is out. Spans live in the arena. */
bool standing_read(struct arena *arena, struct span text, struct standing *ret_standing) MUST_CHECK;

/* "mx-host", "dkim-key": stable, for files. Static. */
const char *trait_kind_name(enum trait_kind kind);

#endif

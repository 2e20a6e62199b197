/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which DKIM selectors to try for a domain, the likeliest first. */
#ifndef MAILSEAL_ASSESS_DKIM_SELECTORS_H
#define MAILSEAL_ASSESS_DKIM_SELECTORS_H

#include "assess/assessment.h"

struct provider;

/*
 * Guesses for one domain: the common list (about 50) and those of a few providers. Each is a DNS
 * question.
 */
#define DKIM_MAX_GUESSES 64
/* Selectors taken from the user and from reports. */
#define DKIM_MAX_GIVEN 200

struct dkim_candidate {
	struct span selector; /* canonical: "s1" */
	struct span name;     /* "s1._domainkey.example.org" */
	bool is_given;	      /* by the user */
	bool is_reported;     /* mail signed with it was reported */
};

struct dkim_candidates {
	struct span tree;	 /* "_domainkey.example.org" */
	struct vector items;	 /* of struct dkim_candidate, each selector once */
	struct vector providers; /* of const struct provider *: those already taken in */
	size_t guess_count;
};

/*
 * Those the user gave, those seen in reports, those of the providers seen in the MX hosts and in
 * SPF, and the common ones. A given selector that cannot be part of a name is noted as unknown.
 */
struct dkim_candidates dkim_candidates_collect(struct assessment *a);
/* Appends the selectors of a provider that was seen later, in a CNAME. NULL is allowed. */
void dkim_candidates_add_provider(struct assessment *a, struct dkim_candidates *candidates,
				  const struct provider *provider);

static inline const struct dkim_candidate *
dkim_candidate_at(const struct dkim_candidates *candidates, size_t i)
{
	return VECTOR_AT(&candidates->items, const struct dkim_candidate, i);
}

#endif

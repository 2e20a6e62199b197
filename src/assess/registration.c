/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tells a host that is merely gone from one whose whole domain is up for registration. */
#include "assess/registration.h"

/* RFC 8020: NXDOMAIN at the registrable domain denies everything below it. */
static bool is_nonexistent(struct assessment *a, enum control control, struct span name)
{
	const struct fact *fact = assessment_dns(a, name, RR_SOA);
	if (fact_is_unknown(fact)) {
		unknown_add(a, control, fact);
	}
	return fact_is_nxdomain(fact);
}

/* Nobody can register below a suffix that is not there: "mail.internal". */
static bool is_existing(struct assessment *a, enum control control, struct span suffix)
{
	const struct fact *fact = assessment_dns(a, suffix, RR_SOA);
	if (fact_is_unknown(fact)) {
		unknown_add(a, control, fact);
	}
	return !fact_is_unknown(fact) && !fact_is_nxdomain(fact);
}

struct span registration_find_open(struct assessment *a, enum control control, struct span name)
{
	struct span none = span_of(NULL, 0);
	struct span domain = public_suffix_organisational(a->options->suffixes, name);
	if (domain.len == 0 || name_is_at_or_under(a->domain, domain)) {
		return none;
	}
	bool is_gone = is_nonexistent(a, control, domain);
	bool has_suffix = is_existing(a, control, name_parent(domain));
	return is_gone && has_suffix ? domain : none;
}

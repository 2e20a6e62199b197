/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DNSSEC of the domain itself, read from how its SOA record validated. */
#include "assess/dnssec.h"

#include "assess/finding.h"
#include "assess/measure.h"

/* RFC 4035 4.3: each status is a different thing to tell a person. */
static void report_status(struct assessment *a, const struct fact *fact)
{
	struct finding *finding;
	switch (fact->dns->dnssec) {
	case DNSSEC_SECURE:
		(void)finding_add(a, FINDING_DNSSEC_SECURE, a->domain);
		break;
	case DNSSEC_INSECURE:
		(void)finding_add(a, FINDING_DNSSEC_INSECURE, a->domain);
		break;
	case DNSSEC_BOGUS:
		finding = finding_add(a, FINDING_DNSSEC_BOGUS, a->domain);
		finding_arg(a, finding, "why", "%.*s", SPAN_ARG(fact->dns->why_bogus));
		finding_evidence(a, finding, "%.*s", SPAN_ARG(fact->dns->why_bogus));
		break;
	case DNSSEC_UNCHECKED:
		unknown_note(a, CONTROL_DNSSEC, a->domain, SPAN("the answers were not validated"));
		break;
	}
}

void dnssec_assess(struct assessment *a)
{
	const struct fact *fact = assessment_dns(a, a->domain, RR_SOA);
	if (fact->dns == NULL) {
		unknown_add(a, CONTROL_DNSSEC, fact);
		measure_unknown_fact(a, MEASURE_DNSSEC_DOMAIN, fact);
		return;
	}
	struct dnssec_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	*view = (struct dnssec_view){fact->dns->dnssec, fact->dns->why_bogus};
	a->dnssec = view;
	report_status(a, fact);
	if (view->domain == DNSSEC_UNCHECKED) {
		measure_unknown(a, MEASURE_DNSSEC_DOMAIN, SPAN("the answers were not validated"));
	} else {
		measure_word(a, MEASURE_DNSSEC_DOMAIN,
			     span_of_string(dnssec_status_name(view->domain)));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DNSSEC of the domain itself, read from how its SOA record validated, and of its mail hosts. */
#include "assess/dnssec.h"

#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mx.h"

/* RFC 4035 4.3: each status is a different thing to tell a person. */
static void report_status(struct assessment *a, const struct fact *fact)
{
	struct finding *finding;
	switch (fact->dns->dnssec) {
	case DNSSEC_SECURE:
		(void)finding_add(a, FINDING_DNSSEC_SECURE, a->domain);
		break;
	case DNSSEC_INSECURE:
		a->is_absent[CONTROL_DNSSEC] = true;
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

static void assess_domain_itself(struct assessment *a)
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

struct host_tally {
	size_t bogus;
	size_t unknown;
	size_t insecure;
	struct span insecure_names;
};

static void report_bogus_host(struct assessment *a, const struct mx_host *host)
{
	struct finding *finding = finding_add(a, FINDING_DNSSEC_MX_BOGUS, host->name);
	finding_arg(a, finding, "why", "%.*s", SPAN_ARG(host->why_bogus));
	finding_evidence(a, finding, "%.*s", SPAN_ARG(host->why_bogus));
}

static void count_host(struct assessment *a, const struct mx_host *host, struct host_tally *tally)
{
	if (host->is_address_literal) {
		return; /* no name, no zone */
	}
	if (host->dnssec == DNSSEC_BOGUS) {
		tally->bogus++;
		report_bogus_host(a, host);
	} else if (host->is_unknown || host->dnssec == DNSSEC_UNCHECKED) {
		tally->unknown++;
		unknown_note(a, CONTROL_DNSSEC, host->name, SPAN("its addresses are not known"));
	} else if (host->dnssec == DNSSEC_INSECURE) {
		const char *separator = tally->insecure > 0 ? ", " : "";
		tally->insecure++;
		tally->insecure_names =
			arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(tally->insecure_names),
				     separator, SPAN_ARG(host->name));
	}
}

/* The worst decides; what is worse than the known part may hide in the unknown one. */
static void measure_hosts(struct assessment *a, const struct host_tally *tally)
{
	if (tally->bogus > 0) {
		measure_word(a, MEASURE_DNSSEC_MX, SPAN("bogus"));
	} else if (tally->unknown > 0) {
		measure_unknown(a, MEASURE_DNSSEC_MX,
				SPAN("not all addresses of the mail hosts are known"));
	} else {
		measure_word(a, MEASURE_DNSSEC_MX,
			     tally->insecure > 0 ? SPAN("insecure") : SPAN("secure"));
	}
}

/* RFC 7672 2.2.1: DANE needs signed MX records and signed addresses of the hosts. */
static void assess_hosts(struct assessment *a)
{
	struct host_tally tally = {.unknown = a->mx->left_out_count};
	for (size_t i = 0; i < a->mx->host_count; i++) {
		count_host(a, &a->mx->hosts[i], &tally);
	}
	bool is_domain_secure = a->dnssec != NULL && a->dnssec->domain == DNSSEC_SECURE;
	if (is_domain_secure && tally.insecure > 0) {
		struct finding *finding = finding_add(a, FINDING_DNSSEC_MX_INSECURE, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(tally.insecure_names));
	}
	measure_hosts(a, &tally);
}

void dnssec_assess(struct assessment *a)
{
	assess_domain_itself(a);
	if (!a->mx->is_known) {
		measure_unknown(a, MEASURE_DNSSEC_MX, SPAN("the mail hosts are not known"));
	} else if (a->mx->host_count == 0) {
		measure_not_applicable(a, MEASURE_DNSSEC_MX, SPAN("the domain names no mail host"));
	} else {
		assess_hosts(a);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The measures of certificates and of addresses. */
#include "assess/measure.h"
#include "assess/tls_hosts.h"

#define DAY_SECONDS 86400

/* What all certificates of all hosts come to. */
struct survey {
	size_t hosts_with_tls;
	size_t hosts_unseen; /* not known, or with TLS and no certificate seen */
	size_t leaves;
	size_t disordered;
	size_t revoked;
	size_t vouched; /* by a current response */
	unsigned least_rsa_bits;
	int64_t most_days;
};

/* RFC 5280 4.1.2.5: both ends are part of it */
static int64_t days_of(const struct x509_view *view)
{
	return (view->not_after - view->not_before + DAY_SECONDS) / DAY_SECONDS;
}

static void add_leaf(struct survey *survey, const struct transit_leaf *leaf, int64_t now)
{
	const struct x509_view *view = &leaf->view;
	bool is_rsa = view->key_type == X509_KEY_RSA || view->key_type == X509_KEY_RSA_PSS;
	bool is_current = leaf->has_staple && tls_staple_is_current(&leaf->staple, now);
	bool is_alone = tls_leaf_is_alone(leaf) && !probe_is_yes(leaf->presentation->is_trusted);
	survey->leaves++;
	survey->disordered += !tls_chain_is_ordered(leaf) || is_alone;
	survey->revoked += leaf->has_staple && leaf->staple.status == OCSP_REVOKED;
	survey->vouched += is_current && leaf->staple.status == OCSP_GOOD;
	if (is_rsa && (survey->least_rsa_bits == 0 || view->key_bits < survey->least_rsa_bits)) {
		survey->least_rsa_bits = view->key_bits;
	}
	if (!view->has_bad_dates && days_of(view) > survey->most_days) {
		survey->most_days = days_of(view);
	}
}

static struct survey survey_all(const struct assessment *a)
{
	struct survey survey = {0};
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		size_t before = survey.leaves;
		for (size_t k = 0; k < endpoint->leaf_count; k++) {
			if (endpoint->leaves[k].is_readable) {
				add_leaf(&survey, &endpoint->leaves[k], a->options->now);
			}
		}
		bool has_tls = endpoint->state == TRANSIT_TLS;
		survey.hosts_with_tls += has_tls;
		survey.hosts_unseen +=
			endpoint->state == TRANSIT_UNKNOWN || (has_tls && survey.leaves == before);
	}
	return survey;
}

static const struct span unseen = SPAN_INIT("not every certificate could be seen");
static const struct span without = SPAN_INIT("no mail host has TLS");

static void measure_revoked(struct assessment *a, const struct survey *survey)
{
	if (survey->revoked > 0) {
		measure_bool(a, MEASURE_TLS_CERTIFICATE_REVOKED, true);
	} else if (survey->hosts_with_tls + survey->hosts_unseen == 0) {
		measure_not_applicable(a, MEASURE_TLS_CERTIFICATE_REVOKED, without);
	} else if (survey->hosts_unseen > 0 || survey->vouched < survey->leaves) {
		measure_unknown(
			a, MEASURE_TLS_CERTIFICATE_REVOKED,
			SPAN("not every certificate comes with a current OCSP response, and "
			     "lists of revoked ones are not fetched"));
	} else {
		measure_bool(a, MEASURE_TLS_CERTIFICATE_REVOKED, false);
	}
}

static void measure_order(struct assessment *a, const struct survey *survey)
{
	if (survey->disordered > 0) {
		measure_bool(a, MEASURE_TLS_CHAIN_ORDERED, false);
	} else if (survey->hosts_unseen > 0) {
		measure_unknown(a, MEASURE_TLS_CHAIN_ORDERED, unseen);
	} else if (survey->hosts_with_tls == 0) {
		measure_not_applicable(a, MEASURE_TLS_CHAIN_ORDERED, without);
	} else {
		measure_bool(a, MEASURE_TLS_CHAIN_ORDERED, true);
	}
}

/* A number over all certificates says nothing before all were seen. */
static void measure_extreme(struct assessment *a, enum measure_id id, const struct survey *survey,
			    int64_t number, struct span why_none)
{
	if (survey->hosts_unseen > 0) {
		measure_unknown(a, id, unseen);
	} else if (survey->hosts_with_tls == 0) {
		measure_not_applicable(a, id, without);
	} else if (number == 0) {
		measure_not_applicable(a, id, why_none);
	} else {
		measure_number(a, id, number);
	}
}

static void measure_ipv6(struct assessment *a)
{
	size_t reached = 0;
	size_t unreached = 0;
	size_t unknown = 0;
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		bool is_ipv6 = span_find(endpoint->address, ':', 0) < endpoint->address.len;
		bool is_open =
			endpoint->smtp != NULL && endpoint->smtp->reach == ENDPOINT_CONNECTED;
		reached += is_ipv6 && is_open;
		unreached += is_ipv6 && !is_open && endpoint->state == TRANSIT_UNREACHABLE;
		unknown += is_ipv6 && !is_open && endpoint->state != TRANSIT_UNREACHABLE;
	}
	/* When nothing at all was reached, the fault is as likely ours. */
	if (unreached > 0 && !a->transit->is_cut_off) {
		measure_bool(a, MEASURE_TLS_IPV6_REACHABLE, false);
	} else if (unreached + unknown > 0) {
		measure_unknown(a, MEASURE_TLS_IPV6_REACHABLE,
				SPAN("not every IPv6 address could be tried from here"));
	} else if (reached == 0) {
		measure_not_applicable(a, MEASURE_TLS_IPV6_REACHABLE,
				       SPAN("no mail host has an IPv6 address"));
	} else {
		measure_bool(a, MEASURE_TLS_IPV6_REACHABLE, true);
	}
}

void tls_certificates_measure(struct assessment *a)
{
	struct survey survey = survey_all(a);
	measure_revoked(a, &survey);
	measure_order(a, &survey);
	measure_extreme(a, MEASURE_TLS_CERTIFICATE_RSA_BITS, &survey, survey.least_rsa_bits,
			SPAN("no certificate has an RSA key"));
	measure_extreme(a, MEASURE_TLS_CERTIFICATE_DAYS, &survey, survey.most_days,
			SPAN("no certificate has dates that can be read"));
	measure_ipv6(a);
}

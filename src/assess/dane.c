/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the TLSA records of each mail host and holds them against what it presents. */
#include "assess/dane.h"

#include "assess/finding.h"
#include "assess/measure.h"
#include "records/tlsa.h"

/* --- looking up --- */

static bool is_listed(const struct dane_host *host)
{
	return host->fact != NULL && fact_is_present(host->fact);
}

/* RFC 7672 2.2.2: at the end of a secure CNAME chain first, then at the name itself */
static void look_up(struct assessment *a, struct dane_host *host)
{
	const struct mx_host *mx = host->host;
	const struct span bases[] = {mx->target, mx->name};
	for (size_t i = mx->is_cname ? 0 : 1; i < 2; i++) {
		host->name = name_join(a->arena, SPAN("_25._tcp"), bases[i]);
		host->fact = assessment_dns(a, host->name, RR_TLSA);
		if (!fact_is_absent(host->fact)) {
			return;
		}
	}
}

static void read_records(struct assessment *a, struct dane_host *host)
{
	const struct dns_answer *answer = host->fact->dns;
	size_t count =
		answer->record_count < DANE_MAX_RECORDS ? answer->record_count : DANE_MAX_RECORDS;
	struct dane_record *records = arena_alloc(a->arena, count * sizeof(*records));
	for (size_t i = 0; i < count && records != NULL; i++) {
		struct tlsa tlsa;
		if (tlsa_parse(a->arena, answer->records[i].rdata, &tlsa)) {
			records[host->record_count++] = (struct dane_record){
				tlsa.usage, tlsa.selector, tlsa.matching, tlsa.data};
		}
	}
	host->records = records;
	for (size_t i = 0; i < host->record_count; i++) {
		host->usable_count += dane_record_is_usable(&records[i]);
	}
	/* RFC 7672 2.2: the MX records, the addresses and the TLSA records, all signed */
	host->is_secure = answer->dnssec == DNSSEC_SECURE && a->mx->dnssec == DNSSEC_SECURE;
}

/* --- matching --- */

static void check_leaf(struct assessment *a, const struct transit_endpoint *endpoint,
		       const struct transit_leaf *leaf, struct dane_host *host)
{
	/* RFC 7672 3.2.2: the names a DANE-TA certificate may bear */
	const struct span names[] = {host->host->name, host->host->target, a->domain};
	const struct endpoint_presentation *presentation = leaf->presentation;
	struct dane_result result =
		dane_check(host->records, host->record_count, presentation->chain,
			   presentation->chain_count, names, 3, a->options->now);
	if (result.outcome == DANE_MATCH) {
		host->match_count++;
		return;
	}
	host->mismatch_count++;
	host->worst = result.outcome;
	host->mismatch = arena_printf(
		a->arena, "%.*s%s%.*s (%s key)", SPAN_ARG(host->mismatch),
		host->mismatch.len > 0 ? ", " : "", SPAN_ARG(endpoint->address),
		leaf->is_readable ? x509_key_type_name(leaf->view.key_type) : "unreadable");
}

static bool is_of(const struct transit_endpoint *endpoint, const struct dane_host *host)
{
	return endpoint->host == host->host;
}

/* True when every address that could matter was seen. */
static bool check_endpoints(struct assessment *a, struct dane_host *host)
{
	bool is_complete = true;
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		if (!is_of(endpoint, host)) {
			continue;
		}
		host->has_no_tls = host->has_no_tls || endpoint->state == TRANSIT_CLEAR;
		size_t seen = 0;
		/* RFC 7672 8.1: senders that do DANE send SNI */
		for (size_t k = 0; k < endpoint->leaf_count; k++) {
			if (endpoint->leaves[k].presentation->has_sni) {
				check_leaf(a, endpoint, &endpoint->leaves[k], host);
				seen++;
			}
		}
		is_complete = is_complete && endpoint->state != TRANSIT_UNKNOWN &&
			      (endpoint->state != TRANSIT_TLS || seen > 0);
	}
	return is_complete;
}

static enum dane_state state_of_secure(struct assessment *a, struct dane_host *host)
{
	if (host->usable_count == 0) {
		(void)check_endpoints(a, host);
		host->mismatch_count = 0;
		return DANE_STATE_UNUSABLE;
	}
	bool is_complete = check_endpoints(a, host);
	if (host->mismatch_count > 0 || host->has_no_tls) {
		return DANE_STATE_MISMATCH;
	}
	return is_complete && host->match_count > 0 ? DANE_STATE_MATCH : DANE_STATE_UNKNOWN;
}

static enum dane_state state_of_failure(const struct fact *fact)
{
	bool is_answer = fact->failure == FACT_FAILURE_BOGUS ||
			 fact->failure == FACT_FAILURE_SERVFAIL ||
			 fact->failure == FACT_FAILURE_REFUSED;
	return is_answer ? DANE_STATE_UNRESOLVED : DANE_STATE_UNKNOWN;
}

/*
 * RFC 7672 2.1.3, 2.2.2: where the alias itself is signed and only what it leads to is not, the
 * records at the host's own name count. Asking for the CNAME tells.
 */
static bool examine_alias(struct assessment *a, struct dane_host *host)
{
	const struct fact *alias = assessment_dns(a, host->host->name, RR_CNAME);
	host->name = name_join(a->arena, SPAN("_25._tcp"), host->host->name);
	host->fact = assessment_dns(a, host->name, RR_TLSA);
	if (fact_is_unknown(alias)) {
		host->state = DANE_STATE_UNKNOWN;
		host->fact = alias;
		return true;
	}
	if (!fact_is_present(alias) || alias->dns->dnssec != DNSSEC_SECURE) {
		return false;
	}
	if (fact_is_unknown(host->fact)) {
		host->state = state_of_failure(host->fact);
	} else if (is_listed(host)) {
		read_records(a, host);
		host->state = host->is_secure ? state_of_secure(a, host) : DANE_STATE_NONE;
	}
	return true;
}

/* RFC 7672 2.2: no sender looks here. Records all the same are somebody's mistake. */
static void examine_unsigned(struct assessment *a, struct dane_host *host)
{
	bool is_mx_signed = a->mx->dnssec == DNSSEC_SECURE;
	if (host->host->is_cname && is_mx_signed && examine_alias(a, host)) {
		return;
	}
	look_up(a, host);
	if (is_listed(host)) {
		read_records(a, host);
	} else {
		host->fact = NULL;
	}
}

static void examine(struct assessment *a, struct dane_host *host)
{
	const struct mx_host *mx = host->host;
	if (mx->is_address_literal) {
		return; /* DANE_STATE_NONE */
	}
	if (mx->dnssec == DNSSEC_INSECURE) {
		examine_unsigned(a, host);
		return;
	}
	if (mx->is_unknown || mx->dnssec != DNSSEC_SECURE) {
		host->state = DANE_STATE_UNKNOWN;
		return;
	}
	look_up(a, host);
	if (fact_is_unknown(host->fact)) {
		bool is_insecure = a->mx->dnssec == DNSSEC_INSECURE;
		host->state = is_insecure ? DANE_STATE_NONE : state_of_failure(host->fact);
	} else if (is_listed(host)) {
		read_records(a, host);
		host->state = host->is_secure ? state_of_secure(a, host) : DANE_STATE_NONE;
	}
}

/* --- reporting --- */

static struct finding *report(struct assessment *a, const struct dane_host *host,
			      enum finding_id id, struct span what)
{
	struct finding *finding = finding_add(a, id, host->name);
	finding_arg(a, finding, "host", "%.*s", SPAN_ARG(host->host->name));
	finding_arg(a, finding, "what", "%.*s", SPAN_ARG(what));
	struct buffer text = buffer_new_for(a->arena, 2000);
	for (size_t i = 0; i < host->record_count; i++) {
		const struct dane_record *record = &host->records[i];
		struct tlsa tlsa = {.usage = record->usage,
				    .selector = record->selector,
				    .matching = record->matching,
				    .data = record->data};
		buffer_free(&text);
		text = buffer_new_for(a->arena, 2000);
		tlsa_write(&tlsa, &text);
		finding_evidence(a, finding, "%.*s TLSA %.*s", SPAN_ARG(host->name),
				 SPAN_ARG(buffer_span(&text)));
	}
	buffer_free(&text);
	return finding;
}

/* RFC 7671 5.2: of authorities only, so that what was sent decides as much as the leaf */
static bool has_authorities_only(const struct dane_host *host)
{
	enum { DANE_TA = 2 };
	for (size_t i = 0; i < host->record_count; i++) {
		if (dane_record_is_usable(&host->records[i]) && host->records[i].usage != DANE_TA) {
			return false;
		}
	}
	return true;
}

/* RFC 7671 8: the next key's record must stand before the key changes; an authority may stay */
static bool is_prepared(const struct dane_host *host)
{
	return host->usable_count > 1 && !has_authorities_only(host);
}

static enum finding_id mismatch_id(const struct dane_host *host)
{
	if (host->match_count > 0) {
		return FINDING_DANE_PARTIAL;
	}
	switch (host->worst) {
	case DANE_NAME:
		return FINDING_DANE_TA_NAME;
	case DANE_EXPIRED:
		return FINDING_DANE_TA_EXPIRED;
	case DANE_MATCH:
	case DANE_MISMATCH:
	case DANE_UNUSABLE:
	case DANE_UNREADABLE:
		break;
	}
	return has_authorities_only(host) ? FINDING_DANE_TA_MISSING : FINDING_DANE_MISMATCH;
}

static void report_secure(struct assessment *a, const struct dane_host *host)
{
	size_t unusable = host->record_count - host->usable_count;
	if (host->has_no_tls) {
		(void)report(a, host, FINDING_DANE_NO_TLS, SPAN("STARTTLS cannot be had"));
	}
	if (host->mismatch_count > 0) {
		(void)report(a, host, mismatch_id(host), host->mismatch);
	}
	if (host->usable_count == 0) {
		(void)report(a, host, FINDING_DANE_UNUSABLE,
			     arena_printf(a->arena, "%zu of %zu", unusable, host->record_count));
	} else if (unusable > 0) {
		(void)report(a, host, FINDING_DANE_RECORD_UNUSABLE,
			     arena_printf(a->arena, "%zu of %zu", unusable, host->record_count));
	}
	if (host->state == DANE_STATE_MATCH) {
		(void)report(a, host, FINDING_DANE_MATCH, SPAN("every address seen"));
	}
	if (host->usable_count == 1 && !has_authorities_only(host) &&
	    host->state == DANE_STATE_MATCH) {
		(void)report(a, host, FINDING_DANE_NO_ROLLOVER, SPAN("one record"));
	}
}

static void report_host(struct assessment *a, const struct dane_host *host)
{
	if (host->state == DANE_STATE_UNKNOWN && host->fact != NULL &&
	    fact_is_unknown(host->fact)) {
		unknown_add(a, CONTROL_DANE, host->fact);
	} else if (host->state == DANE_STATE_UNKNOWN) {
		unknown_note(a, CONTROL_DANE, host->host->name,
			     SPAN("not every address and certificate could be seen"));
	}
	if (host->fact == NULL) {
		return;
	}
	if (host->state == DANE_STATE_UNRESOLVED) {
		(void)report(a, host, FINDING_DANE_LOOKUP_FAILS,
			     span_of_string(fact_failure_explain(host->fact->failure)));
		if (host->fact->failure != FACT_FAILURE_BOGUS) {
			unknown_add(a, CONTROL_DANE, host->fact);
		}
	}
	if (host->record_count > 0 && host->is_secure) {
		report_secure(a, host);
	} else if (host->record_count > 0) {
		bool is_mx_unsigned = host->fact->dns->dnssec == DNSSEC_SECURE;
		(void)report(a, host,
			     is_mx_unsigned ? FINDING_DANE_MX_UNSIGNED : FINDING_DANE_INSECURE,
			     SPAN("not signed"));
	} else if (fact_is_absent(host->fact) && a->mx->dnssec == DNSSEC_SECURE) {
		(void)report(a, host, FINDING_DANE_MISSING, SPAN("no record"));
	}
}

/* --- measures --- */

/* Of the hosts that have records, or for which senders must suppose some. */
static void measure_valid(struct assessment *a, const struct dane_view *view, size_t unknown)
{
	size_t with = 0;
	size_t matching = 0;
	for (size_t i = 0; i < view->host_count; i++) {
		const struct dane_host *host = &view->hosts[i];
		bool is_known = host->state != DANE_STATE_NONE && host->state != DANE_STATE_UNKNOWN;
		with += is_known;
		matching += host->state == DANE_STATE_MATCH;
	}
	if (matching < with) {
		measure_bool(a, MEASURE_DANE_VALID, false);
	} else if (unknown > 0) {
		measure_unknown(a, MEASURE_DANE_VALID, SPAN("not every mail host could be seen"));
	} else if (with == 0) {
		measure_not_applicable(a, MEASURE_DANE_VALID, SPAN("no signed TLSA records"));
	} else {
		measure_bool(a, MEASURE_DANE_VALID, true);
	}
}

static void measure_all(struct assessment *a, const struct dane_view *view)
{
	size_t counts[DANE_STATE_UNKNOWN + 1] = {0};
	size_t present = 0;
	size_t prepared = 0;
	for (size_t i = 0; i < view->host_count; i++) {
		const struct dane_host *host = &view->hosts[i];
		counts[host->state]++;
		present += host->record_count > 0 && host->is_secure;
		prepared += is_prepared(host);
	}
	size_t unknown = counts[DANE_STATE_UNKNOWN] + a->mx->left_out_count;
	measure_valid(a, view, unknown);
	if (present < view->host_count && present + unknown >= view->host_count) {
		measure_unknown(a, MEASURE_DANE_PRESENT,
				SPAN("not every mail host could be looked up"));
	} else {
		measure_bool(a, MEASURE_DANE_PRESENT, present == view->host_count);
	}
	if (present == 0) {
		measure_not_applicable(a, MEASURE_DANE_ROLLOVER, SPAN("no TLSA records"));
	} else {
		measure_bool(a, MEASURE_DANE_ROLLOVER, prepared == present);
	}
	a->is_absent[CONTROL_DANE] = counts[DANE_STATE_NONE] == view->host_count && present == 0;
}

void dane_assess(struct assessment *a)
{
	struct dane_view *view = arena_alloc(a->arena, sizeof(*view));
	struct dane_host *hosts = arena_alloc(a->arena, a->mx->host_count * sizeof(*hosts));
	if (view == NULL || hosts == NULL || !a->mx->is_known) {
		return;
	}
	for (size_t i = 0; i < a->mx->host_count; i++) {
		hosts[i].host = &a->mx->hosts[i];
		examine(a, &hosts[i]);
	}
	if (!a->transit->is_measured) {
		return; /* tls has said so */
	}
	*view = (struct dane_view){.hosts = hosts, .host_count = a->mx->host_count};
	a->dane = view;
	for (size_t i = 0; i < view->host_count; i++) {
		view->has_usable =
			view->has_usable || (hosts[i].is_secure && hosts[i].usable_count > 0);
		report_host(a, &hosts[i]);
	}
	measure_all(a, view);
}

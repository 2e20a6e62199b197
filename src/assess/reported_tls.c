/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS that failed for others, beside what our own connections saw. */
#include "assess/finding.h"
#include "assess/reported.h"
#include "assess/transit.h"

/* Shares of all sessions at which it is more than bad luck on one side. */
#define SHARE_SOME_PERCENT 1
#define SHARE_MOST_PERCENT 10

enum tls_trouble {
	TROUBLE_STARTTLS,
	TROUBLE_CERTIFICATE,
	TROUBLE_DANE,
	TROUBLE_MTA_STS,
	TROUBLE_OTHER,
	TROUBLE_COUNT,
};

enum seen {
	SEEN_NOT_MEASURED,
	SEEN_ELSEWHERE, /* no such host among those connected to */
	SEEN_NOT,
	SEEN_SAME,
};

/* RFC 8460 4.3: what each result type is about. */
struct result_row {
	struct span word;
	enum tls_trouble trouble;
	/* Is it so at this endpoint? NULL: the findings of the trouble's control tell. */
	bool (*holds)(const struct transit_endpoint *endpoint);
};

static bool is_clear(const struct transit_endpoint *endpoint)
{
	return endpoint->state == TRANSIT_CLEAR;
}

static bool has_wrong_name(const struct transit_endpoint *endpoint)
{
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		if (endpoint->leaves[i].is_readable && !endpoint->leaves[i].has_name) {
			return true;
		}
	}
	return false;
}

static bool is_out_of_date(const struct transit_endpoint *endpoint)
{
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		if (endpoint->leaves[i].is_readable && !endpoint->leaves[i].is_in_date) {
			return true;
		}
	}
	return false;
}

static bool is_not_trusted(const struct transit_endpoint *endpoint)
{
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		if (probe_is_no(endpoint->leaves[i].pkix)) {
			return true;
		}
	}
	return false;
}

/* The last stands for every other word. */
static const struct result_row results[] = {
	{SPAN_INIT("starttls-not-supported"), TROUBLE_STARTTLS, is_clear},
	{SPAN_INIT("certificate-host-mismatch"), TROUBLE_CERTIFICATE, has_wrong_name},
	{SPAN_INIT("certificate-expired"), TROUBLE_CERTIFICATE, is_out_of_date},
	{SPAN_INIT("certificate-not-trusted"), TROUBLE_CERTIFICATE, is_not_trusted},
	{SPAN_INIT("sts-webpki-invalid"), TROUBLE_CERTIFICATE, is_not_trusted},
	{SPAN_INIT("tlsa-invalid"), TROUBLE_DANE, NULL},
	{SPAN_INIT("dnssec-invalid"), TROUBLE_DANE, NULL},
	{SPAN_INIT("dane-required"), TROUBLE_DANE, NULL},
	{SPAN_INIT("sts-policy-fetch-error"), TROUBLE_MTA_STS, NULL},
	{SPAN_INIT("sts-policy-invalid"), TROUBLE_MTA_STS, NULL},
	{SPAN_INIT("validation-failure"), TROUBLE_OTHER, is_not_trusted},
};

#define RESULTS (sizeof(results) / sizeof(results[0]))

static const struct result_row *row_of(struct span result)
{
	for (size_t i = 0; i < RESULTS; i++) {
		if (span_equal(results[i].word, result)) {
			return &results[i];
		}
	}
	return &results[RESULTS - 1];
}

static enum seen seen_at_endpoints(const struct assessment *a, const struct reported_tls *line,
				   bool (*holds)(const struct transit_endpoint *))
{
	const struct transit_view *transit = a->transit;
	if (transit == NULL || !transit->is_measured || transit->is_cut_off) {
		return SEEN_NOT_MEASURED;
	}
	enum seen seen = SEEN_ELSEWHERE;
	for (size_t i = 0; i < transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &transit->endpoints[i];
		bool is_meant = line->mx.len == 0 || span_equal(line->mx, endpoint->host->name);
		bool is_known = endpoint->state == TRANSIT_CLEAR || endpoint->state == TRANSIT_TLS;
		if (is_meant && is_known && holds(endpoint)) {
			return SEEN_SAME;
		}
		seen = is_meant && is_known ? SEEN_NOT : seen;
	}
	return seen;
}

/* Our own judgement of the control found a fault, or could not look. */
static enum seen seen_by_control(const struct assessment *a, enum control control)
{
	if (assessment_has_unknown(a, control)) {
		return SEEN_NOT_MEASURED;
	}
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		if (finding->guidance->control == control && finding->severity >= SEVERITY_MEDIUM) {
			return SEEN_SAME;
		}
	}
	return SEEN_NOT;
}

static enum seen seen_by_us(const struct assessment *a, const struct reported_tls *line,
			    const struct result_row *row)
{
	if (row->holds != NULL) {
		return seen_at_endpoints(a, line, row->holds);
	}
	return seen_by_control(a, row->trouble == TROUBLE_DANE ? CONTROL_DANE : CONTROL_MTA_STS);
}

static const char *const seen_words[] = {
	[SEEN_NOT_MEASURED] = "not compared: it was not measured in this check",
	[SEEN_ELSEWHERE] = "not a mail host of the domain today",
	[SEEN_NOT] = "this check sees no such fault",
	[SEEN_SAME] = "this check sees the same fault",
};

static const enum finding_id finding_ids[TROUBLE_COUNT] = {
	[TROUBLE_STARTTLS] = FINDING_TLS_RPT_SEEN_STARTTLS,
	[TROUBLE_CERTIFICATE] = FINDING_TLS_RPT_SEEN_CERTIFICATE,
	[TROUBLE_DANE] = FINDING_TLS_RPT_SEEN_DANE,
	[TROUBLE_MTA_STS] = FINDING_TLS_RPT_SEEN_MTA_STS,
	[TROUBLE_OTHER] = FINDING_TLS_RPT_SEEN_OTHER,
};

struct trouble {
	struct finding *finding;
	uint64_t sessions;
};

static void report_line(struct assessment *a, const struct reported_tls *line,
			struct trouble troubles[TROUBLE_COUNT])
{
	const struct result_row *row = row_of(line->result);
	struct trouble *trouble = &troubles[row->trouble];
	if (trouble->finding == NULL) {
		trouble->finding = finding_add(a, finding_ids[row->trouble], a->domain);
	}
	trouble->sessions += line->sessions;
	finding_evidence(a, trouble->finding,
			 "%.*s%s%.*s: %llu sessions, told by %.*s, last on %.10s; %s",
			 SPAN_ARG(line->result), line->mx.len > 0 ? " at " : "", SPAN_ARG(line->mx),
			 (unsigned long long)line->sessions, SPAN_ARG(line->reporter),
			 time_format(line->last_at).text, seen_words[seen_by_us(a, line, row)]);
}

static enum severity severity_of(uint64_t sessions, uint64_t all)
{
	return sessions * 100 < all * SHARE_SOME_PERCENT   ? SEVERITY_INFO
	       : sessions * 100 < all * SHARE_MOST_PERCENT ? SEVERITY_LOW
							   : SEVERITY_MEDIUM;
}

void reported_assess_tls(struct assessment *a, const struct reported *reported)
{
	struct trouble troubles[TROUBLE_COUNT] = {{0}};
	for (size_t i = 0; i < reported->tls_count; i++) {
		report_line(a, &reported->tls[i], troubles);
	}
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		struct trouble *trouble = &troubles[i];
		if (trouble->finding != NULL) {
			trouble->finding->severity =
				severity_of(trouble->sessions, reported->tls_sessions);
			finding_arg(a, trouble->finding, "failed", "%llu",
				    (unsigned long long)trouble->sessions);
			finding_arg(a, trouble->finding, "sessions", "%llu",
				    (unsigned long long)reported->tls_sessions);
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Verifies external report destinations. */
#include "discovery/report_destination.h"

#include "records/name.h"
#include "records/txt.h"

static struct report_permission of_consent(enum report_consent consent)
{
	return (struct report_permission){.consent = consent};
}

static struct report_permission unknown_because(const struct fact *fact)
{
	return (struct report_permission){.consent = REPORT_CONSENT_UNKNOWN, .unknown = fact};
}

/* RFC 9990 4: an rua here may change the address, but not the host */
static bool stays_at(const struct dmarc_record *record, struct span host)
{
	for (size_t i = 0; i < record->rua_count; i++) {
		if (!record->rua[i].is_valid || !span_equal(record->rua[i].host, host)) {
			return false;
		}
	}
	return true;
}

/* RFC 9990 4: one record that begins with the version is enough */
static enum report_consent read_consent(struct arena *arena, const struct dns_answer *answer,
					struct span host)
{
	enum report_consent consent = REPORT_CONSENT_MISSING;
	for (size_t i = 0; i < answer->record_count && i < DMARC_STEP_MAX_TEXTS; i++) {
		struct txt txt;
		if (!txt_parse(arena, answer->records[i].rdata, &txt) ||
		    !dmarc_record_is_dmarc(txt.text)) {
			continue;
		}
		const struct dmarc_record *record = dmarc_record_parse(arena, txt.text);
		if (record != NULL && stays_at(record, host)) {
			return REPORT_CONSENT_GIVEN;
		}
		consent = REPORT_CONSENT_ELSEWHERE;
	}
	return consent;
}

/* RFC 9990 4: <policy domain>._report._dmarc.<host> */
static struct report_permission ask_host(struct arena *arena, struct inquiry *inquiry,
					 struct span policy_domain, struct span host)
{
	struct span prefix = arena_printf(arena, "%.*s._report._dmarc", SPAN_ARG(policy_domain));
	struct report_permission permission = of_consent(REPORT_CONSENT_MISSING);
	permission.name = name_join(arena, prefix, host);
	if (permission.name.len == 0) {
		return permission; /* too long to be published */
	}
	const struct fact *fact = inquire_dns(inquiry, permission.name, RR_TXT);
	if (fact_is_unknown(fact)) {
		permission.consent = REPORT_CONSENT_UNKNOWN;
		permission.unknown = fact;
	} else if (fact_is_present(fact)) {
		permission.consent = read_consent(arena, fact->dns, host);
	}
	return permission;
}

/*
 * RFC 9990 4: consent is needed when the organisational domains differ. A host outside of the
 * policy domain's organisation cannot have the same one, which saves its walk.
 */
struct report_permission report_permission_find(struct arena *arena, struct inquiry *inquiry,
						const struct dmarc_walk *policy, struct span host)
{
	if (span_equal(host, policy->start)) {
		return of_consent(REPORT_CONSENT_NOT_NEEDED);
	}
	if (policy->unknown != NULL) {
		return unknown_because(policy->unknown);
	}
	if (!name_is_at_or_under(host, policy->organisation)) {
		return ask_host(arena, inquiry, policy->start, host);
	}
	const struct dmarc_walk *walk = dmarc_walk(arena, inquiry, host);
	if (walk == NULL) {
		return of_consent(REPORT_CONSENT_MISSING); /* the arena failed: so does the run */
	}
	if (walk->unknown != NULL) {
		return unknown_because(walk->unknown);
	}
	return span_equal(walk->organisation, policy->organisation)
		       ? of_consent(REPORT_CONSENT_NOT_NEEDED)
		       : ask_host(arena, inquiry, policy->start, host);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the domain is for, by its own SPF and MX records, and what follows from that for MX. */
#include "assess/kind.h"

#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mx.h"
#include "assess/spf.h"

/* What the domain's own SPF says about sending, before anything is looked up. */
enum sending {
	SENDING_UNKNOWN,
	SENDING_UNDECLARED,	/* no SPF record */
	SENDING_NOBODY,		/* exactly "v=spf1 -all" */
	SENDING_NOBODY_LOOSELY, /* lets nobody pass, but does not simply refuse everyone */
	SENDING_SOMEBODY,
};

/* Lets a sender pass, or leaves the question to another name. */
static bool may_authorise(const struct spf_term *term)
{
	switch (term->kind) {
	case SPF_TERM_MECHANISM:
		return term->qualifier == SPF_PASS || term->qualifier == SPF_NEUTRAL;
	case SPF_TERM_REDIRECT:
		return true;
	case SPF_TERM_INVALID: /* "nclude:...": somebody was meant; "-all]": nobody was */
		return term->text.len > 0 && term->text.ptr[0] != '-' && term->text.ptr[0] != '~';
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN_MODIFIER:
		break;
	}
	return false;
}

static enum sending sending_of_record(const struct spf_record *record)
{
	bool is_only_all = record->term_count == 1;
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_term *term = &record->terms[i];
		if (may_authorise(term)) {
			return SENDING_SOMEBODY;
		}
		is_only_all &= term->kind == SPF_TERM_MECHANISM && term->mechanism == SPF_ALL &&
			       term->qualifier == SPF_FAIL;
	}
	return is_only_all ? SENDING_NOBODY : SENDING_NOBODY_LOOSELY;
}

/* Of several records (an error, for SPF to report) the one that allows most counts. */
static enum sending sending_of_domain(struct assessment *a)
{
	const struct spf_view *spf = a->spf;
	if (spf == NULL || spf->is_unknown) {
		return SENDING_UNKNOWN;
	}
	if (spf->node_count > 0 && spf->nodes[0]->record != NULL) {
		return sending_of_record(spf->nodes[0]->record);
	}
	enum sending most = SENDING_UNDECLARED;
	for (size_t i = 0; i < spf->record_count; i++) {
		const struct spf_record *record = spf_record_parse(a->arena, spf->records[i]);
		if (record != NULL) {
			enum sending sending = sending_of_record(record);
			most = sending > most ? sending : most;
		}
	}
	return most;
}

bool kind_is_nonexistent(struct assessment *a)
{
	static const uint16_t types[] = {RR_SOA, RR_MX, RR_TXT};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct fact *fact = assessment_dns(a, a->domain, types[i]);
		/* at the end of a CNAME chain it is the target that does not exist */
		if (fact_is_nxdomain(fact) && fact->dns->cname_count == 0) {
			return true;
		}
	}
	return false;
}

/* Every type is answered through the same CNAME; the questions have been asked above. */
static void set_alias(struct assessment *a)
{
	const struct fact *fact = assessment_dns(a, a->domain, RR_TXT);
	if (fact->dns != NULL && fact->dns->cname_count > 0) {
		a->alias = fact->dns->cnames[fact->dns->cname_count - 1];
	}
}

static bool has_hosts(const struct assessment *a)
{
	return a->mx->is_known && a->mx->host_count > 0;
}

/* GOV.UK, domains that do not send email: SPF "-all" and a null MX, or no MX at all. */
static bool is_parked(const struct assessment *a, enum sending sending)
{
	bool has_no_hosts = a->mx->is_known && a->mx->host_count == 0;
	return (sending == SENDING_NOBODY && has_no_hosts) ||
	       (sending == SENDING_NOBODY_LOOSELY && a->mx->is_null);
}

static enum domain_kind kind_of(struct assessment *a, enum sending sending)
{
	if (kind_is_nonexistent(a)) {
		return DOMAIN_NONEXISTENT;
	}
	if (public_suffix_is(a->options->suffixes, a->domain)) {
		return DOMAIN_PUBLIC_SUFFIX;
	}
	if (sending == SENDING_SOMEBODY) {
		return DOMAIN_SENDING;
	}
	if (sending == SENDING_UNKNOWN || !a->mx->is_known) {
		return DOMAIN_UNKNOWN;
	}
	if (has_hosts(a)) {
		return DOMAIN_RECEIVING;
	}
	return is_parked(a, sending) ? DOMAIN_PARKED : DOMAIN_UNDECLARED;
}

static void set_organisation(struct assessment *a)
{
	if (a->organisation.len == 0) {
		a->organisation = public_suffix_organisational(a->options->suffixes, a->domain);
	}
	a->is_subdomain = a->organisation.len > 0 && !span_equal(a->organisation, a->domain);
}

/* Without MX records: what that means depends on what the domain is for. */
static void report_no_hosts(struct assessment *a, bool has_address)
{
	if (a->kind == DOMAIN_PARKED) {
		(void)finding_add(a, FINDING_MX_PARKED_NO_NULL_MX, a->domain);
	} else if (has_address) {
		(void)finding_add(a, FINDING_MX_IMPLICIT, a->domain);
	} else {
		(void)finding_add(a, FINDING_MX_NONE, a->domain);
	}
}

/* RFC 7505 4.2, RFC 5321 4.5.5: bounces and replies must have somewhere to go. */
static void report_one_way(struct assessment *a)
{
	struct finding *finding = finding_add(a, FINDING_MX_SENDS_BUT_CANNOT_RECEIVE, a->domain);
	finding_arg(a, finding, "why", "%s",
		    a->mx->is_null ? "its null MX refuses all mail"
				   : "it has neither a mail host nor an address");
}

static void report(struct assessment *a)
{
	const struct mx_view *mx = a->mx;
	bool is_mail_name = name_is_ldh(a->domain, /* is_underscore_ok: */ false);
	if (a->kind == DOMAIN_NONEXISTENT || !is_mail_name || !mx->is_known || has_hosts(a)) {
		return;
	}
	bool has_address = mx->implicit != NULL && mx->implicit->address_count > 0;
	bool is_address_unknown = mx->implicit != NULL && mx->implicit->address_count == 0;
	if (a->kind == DOMAIN_SENDING && !has_address && !is_address_unknown) {
		report_one_way(a);
	} else if (!mx->is_null && (!is_address_unknown || a->kind == DOMAIN_PARKED)) {
		report_no_hosts(a, has_address);
	}
}

static void measure(struct assessment *a, enum sending sending)
{
	struct span reason = SPAN("its SPF or MX records are not known");
	if (sending == SENDING_UNKNOWN) {
		measure_unknown(a, MEASURE_DOMAIN_SENDS, reason);
	} else {
		measure_bool(a, MEASURE_DOMAIN_SENDS, sending == SENDING_SOMEBODY);
	}
	if (a->mx->is_known) {
		measure_bool(a, MEASURE_DOMAIN_RECEIVES, has_hosts(a));
	} else {
		measure_unknown(a, MEASURE_DOMAIN_RECEIVES, reason);
	}
	if (a->kind == DOMAIN_UNKNOWN) {
		measure_unknown(a, MEASURE_DOMAIN_PARKED, reason);
	} else {
		measure_bool(a, MEASURE_DOMAIN_PARKED, a->kind == DOMAIN_PARKED);
	}
	measure_bool(a, MEASURE_DOMAIN_ORGANISATIONAL, span_equal(a->organisation, a->domain));
}

void kind_assess(struct assessment *a)
{
	enum sending sending = sending_of_domain(a);
	a->kind = kind_of(a, sending);
	set_organisation(a);
	set_alias(a);
	report(a);
	measure(a, sending);
}

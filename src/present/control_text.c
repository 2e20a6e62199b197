/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What each control's record says, in one line. */
#include "present/control_text.h"

#include "assess/bimi.h"
#include "assess/dane.h"
#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/dnssec.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
#include "assess/sender_eye.h"
#include "assess/spf.h"
#include "assess/tls_rpt.h"
#include "assess/transit.h"

/* Hosts and selectors named in the line; the rest is counted. */
#define NAMED_MAX 4

/* The first reason why a control is unknown. */
static struct span unknown_text(struct arena *arena, const struct assessment *a,
				enum control control)
{
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = VECTOR_AT(&a->unknowns, struct unknown, i);
		if (unknown->control == control) {
			return arena_printf(arena, "%.*s: %.*s", SPAN_ARG(unknown->subject),
					    SPAN_ARG(unknown->reason));
		}
	}
	return SPAN("could not be determined");
}

/* none, one record as it is, or how many there are. */
static struct span records_text(struct arena *arena, const struct span *records, size_t count)
{
	if (count == 0) {
		return SPAN("no record");
	}
	return count == 1 ? records[0]
			  : arena_printf(arena, "%zu records, where one belongs", count);
}

static struct span spf_text(struct arena *arena, const struct assessment *a)
{
	if (a->spf == NULL || a->spf->is_unknown) {
		return unknown_text(arena, a, CONTROL_SPF);
	}
	return records_text(arena, a->spf->records, a->spf->record_count);
}

static struct span dkim_text(struct arena *arena, const struct assessment *a)
{
	const struct dkim_view *dkim = a->dkim;
	if (dkim == NULL) {
		return unknown_text(arena, a, CONTROL_DKIM);
	}
	if (dkim->key_count == 0) {
		bool is_revoked = dkim->wildcard.state == DKIM_SELECTOR_REVOKED;
		return arena_printf(arena, "no key found (%zu selector%s tried)%s",
				    dkim->selector_count, dkim->selector_count == 1 ? "" : "s",
				    is_revoked ? "; every selector is revoked" : "");
	}
	struct buffer text = buffer_new_for(arena, 2000);
	size_t named = 0;
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dkim_selector *selector = &dkim->selectors[i];
		if (selector->state == DKIM_SELECTOR_KEY && named++ < NAMED_MAX) {
			buffer_printf(&text, "%s%.*s", named > 1 ? ", " : "",
				      SPAN_ARG(selector->selector));
		}
	}
	struct span line = arena_printf(
		arena, "%zu key%s found: %.*s%s", dkim->key_count, dkim->key_count == 1 ? "" : "s",
		SPAN_ARG(buffer_span(&text)), named > NAMED_MAX ? ", ..." : "");
	buffer_free(&text);
	return line;
}

static struct span dmarc_text(struct arena *arena, const struct assessment *a)
{
	const struct dmarc_view *dmarc = a->dmarc;
	if (dmarc == NULL || dmarc->domain.status == DMARC_UNKNOWN) {
		return unknown_text(arena, a, CONTROL_DMARC);
	}
	if (dmarc->holder == NULL) {
		bool is_several = dmarc->own->kind == DMARC_STEP_SEVERAL;
		return is_several ? arena_printf(arena, "%zu records, where one belongs",
						 dmarc->own->text_count)
				  : SPAN("no record");
	}
	if (span_equal(dmarc->holder->domain, a->domain)) {
		return dmarc->record->text;
	}
	return arena_printf(arena, "inherited from %.*s: %.*s", SPAN_ARG(dmarc->holder->domain),
			    SPAN_ARG(dmarc->record->text));
}

static struct span hosts_text(struct arena *arena, const struct mx_view *mx)
{
	struct buffer text = buffer_new_for(arena, 2000);
	for (size_t i = 0; i < mx->host_count && i < NAMED_MAX; i++) {
		buffer_printf(&text, "%s%u %.*s", i > 0 ? ", " : "", mx->hosts[i].preference,
			      SPAN_ARG(mx->hosts[i].name));
	}
	size_t others = mx->host_count + mx->left_out_count;
	if (others > NAMED_MAX) {
		buffer_printf(&text, " and %zu more", others - NAMED_MAX);
	}
	struct span line = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return line;
}

static struct span mx_text(struct arena *arena, const struct assessment *a)
{
	const struct mx_view *mx = a->mx;
	if (mx == NULL || !mx->is_known) {
		return unknown_text(arena, a, CONTROL_MX);
	}
	if (mx->is_null) {
		return SPAN("null MX: takes no mail");
	}
	if (mx->host_count > 0) {
		return hosts_text(arena, mx);
	}
	return mx->implicit != NULL ? SPAN("no MX record; senders try the domain's own address")
				    : SPAN("no MX record");
}

static struct span dnssec_text(struct arena *arena, const struct assessment *a)
{
	if (a->dnssec == NULL || a->dnssec->domain == DNSSEC_UNCHECKED) {
		return unknown_text(arena, a, CONTROL_DNSSEC);
	}
	switch (a->dnssec->domain) {
	case DNSSEC_SECURE:
		return SPAN("signed, and the signature holds");
	case DNSSEC_BOGUS:
		return SPAN("signed, and the signature does not hold");
	case DNSSEC_INSECURE:
	case DNSSEC_UNCHECKED:
		break;
	}
	return SPAN("not signed");
}

static struct span tls_text(struct arena *arena, const struct transit_view *transit)
{
	size_t encrypted = 0;
	for (size_t i = 0; i < transit->endpoint_count; i++) {
		encrypted += transit->endpoints[i].state == TRANSIT_TLS;
	}
	return arena_printf(arena, "%zu of %zu addresses take mail encrypted", encrypted,
			    transit->endpoint_count);
}

static struct span dane_text(struct arena *arena, const struct dane_view *dane)
{
	size_t matching = 0;
	size_t published = 0;
	for (size_t i = 0; i < dane->host_count; i++) {
		matching += dane->hosts[i].state == DANE_STATE_MATCH;
		published += dane->hosts[i].record_count > 0;
	}
	return published == 0 ? SPAN("no TLSA records that senders would use")
			      : arena_printf(arena, "TLSA records of %zu of %zu hosts match",
					     matching, dane->host_count);
}

const char *sender_kind_text(int kind)
{
	static const char *const texts[SENDER_KIND_COUNT] = {
		[SENDER_PLAIN] = "any sender",
		[SENDER_MTA_STS] = "one that obeys MTA-STS",
		[SENDER_DANE] = "one that uses DANE",
	};
	return texts[kind];
}

const char *delivery_text(int delivery)
{
	static const char *const texts[] = {
		[DELIVERY_UNKNOWN] = "not known",
		[DELIVERY_AUTHENTICATED] = "encrypted, right server",
		[DELIVERY_ENCRYPTED] = "encrypted, to anyone",
		[DELIVERY_CLEAR] = "in clear",
		[DELIVERY_DEFERRED] = "kept back",
	};
	return texts[delivery];
}

static struct span other_text(struct arena *arena, const struct assessment *a, enum control control)
{
	bool is_seen = a->transit != NULL && a->transit->is_measured && !a->transit->is_cut_off;
	if (is_seen && control == CONTROL_TLS) {
		return tls_text(arena, a->transit);
	}
	if (is_seen && control == CONTROL_DANE && a->dane != NULL) {
		return dane_text(arena, a->dane);
	}
	bool is_unknown = a->is_unmeasured[control] || assessment_has_unknown(a, control);
	return is_unknown ? unknown_text(arena, a, control) : SPAN("not needed: takes no mail");
}

/* Records of the small controls: the view's list, or why there is none. */
static struct span small_text(struct arena *arena, const struct assessment *a, enum control control,
			      const struct txt_records *found)
{
	return found->is_known ? records_text(arena, found->texts, found->count)
			       : unknown_text(arena, a, control);
}

/* With a policy that was read, its mode: that is what senders go by. */
static struct span mta_sts_text(struct arena *arena, const struct assessment *a)
{
	const struct mta_sts_view *view = a->mta_sts;
	struct span record = small_text(arena, a, CONTROL_MTA_STS, &view->found);
	return view->policy != NULL && mta_sts_policy_is_usable(view->policy)
		       ? arena_printf(arena, "mode %s, %.*s", mta_sts_mode_name(view->policy->mode),
				      SPAN_ARG(record))
		       : record;
}

struct span control_text(struct arena *arena, const struct assessment *a, enum control control)
{
	switch (control) {
	case CONTROL_SPF:
		return spf_text(arena, a);
	case CONTROL_DKIM:
		return dkim_text(arena, a);
	case CONTROL_DMARC:
		return dmarc_text(arena, a);
	case CONTROL_MX:
		return mx_text(arena, a);
	case CONTROL_DNSSEC:
		return dnssec_text(arena, a);
	case CONTROL_MTA_STS:
		return mta_sts_text(arena, a);
	case CONTROL_TLS_RPT:
		return small_text(arena, a, control, &a->tls_rpt->found);
	case CONTROL_BIMI:
		return small_text(arena, a, control, &a->bimi->found);
	case CONTROL_TLS:
	case CONTROL_DANE:
	case CONTROL_COUNT:
		break;
	}
	return other_text(arena, a, control);
}

const char *control_kind_words(const struct assessment *a)
{
	static const char *const words[] = {
		[DOMAIN_SENDING] = "sends mail",
		[DOMAIN_RECEIVING] = "receives mail, authorises nobody to send",
		[DOMAIN_PARKED] = "parked: neither sends nor receives",
		[DOMAIN_UNDECLARED] = "says nothing about mail",
		[DOMAIN_NONEXISTENT] = "does not exist",
		[DOMAIN_PUBLIC_SUFFIX] = "public suffix: others register names below it",
		[DOMAIN_UNKNOWN] = "what it is for could not be determined",
	};
	return words[a->kind];
}

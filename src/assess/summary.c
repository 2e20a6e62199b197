/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From views and measures to the two answers. */
#include "assess/summary.h"

#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
#include "assess/sender_eye.h"
#include "assess/spf.h"
#include "assess/transit.h"

/* A /8: whoever rents servers finds an address inside. */
#define WIDE_IPV4_ADDRESSES (UINT64_C(1) << 24)
/* RFC 8301 3.2: verifiers must not take signatures by shorter keys; some still do. */
#define SHORTEST_RSA_BITS 1024

static struct verdict say(struct assessment *a, enum answer answer, enum sentence_id id,
			  struct span why)
{
	const struct template_arg args[] = {
		{SPAN("domain"), a->unicode},
		{SPAN("why"), why},
	};
	struct span sentence = template_fill(a->arena, sentence_get(id), args,
					     sizeof(args) / sizeof(args[0]), NULL);
	return (struct verdict){answer, sentence};
}

static struct span unknown_reason(const struct assessment *a, enum control control)
{
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = VECTOR_AT(&a->unknowns, struct unknown, i);
		if (unknown->control == control) {
			return arena_printf(a->arena, "%.*s: %.*s", SPAN_ARG(unknown->subject),
					    SPAN_ARG(unknown->cause));
		}
	}
	return SPAN("an answer is missing");
}

/* Somebody could register a name the domain authorises to send. */
static const struct finding *find_takeover(const struct assessment *a)
{
	static const enum finding_id ids[] = {
		FINDING_SPF_TAKEOVER,
		FINDING_DKIM_CNAME_UNREGISTERED,
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct finding *finding = finding_find(a, ids[i]);
		if (finding != NULL) {
			return finding;
		}
	}
	return NULL;
}

/* The name that is free, as the finding's text names it. */
static struct span free_name(const struct finding *finding)
{
	for (size_t i = 0; i < finding->args.len; i++) {
		const struct template_arg *arg = VECTOR_AT(&finding->args, struct template_arg, i);
		if (span_equal(arg->name, SPAN("organisation")) ||
		    span_equal(arg->name, SPAN("registrable"))) {
			return arg->value;
		}
	}
	return finding->subject;
}

/* Policies in the order of their strength. */
static int strength(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return 2;
	case DMARC_POLICY_QUARANTINE:
		return 1;
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_INVALID:
		return 0;
	}
	return 0;
}

static bool is_weaker(const struct dmarc_applied *applied, const struct dmarc_applied *than)
{
	return applied->status != DMARC_UNKNOWN &&
	       strength(applied->policy) < strength(than->policy);
}

static bool has_breakable_key(const struct assessment *a)
{
	const struct measure *bits = measure_get(a, MEASURE_DKIM_WEAKEST_RSA_BITS);
	return bits->state == MEASURE_KNOWN && bits->number < SHORTEST_RSA_BITS;
}

/* The domain itself enforces: what is left open? */
static struct verdict judge_enforced(struct assessment *a)
{
	const struct dmarc_view *dmarc = a->dmarc;
	const struct span none = SPAN("");
	if (is_weaker(&dmarc->subdomain, &dmarc->domain) &&
	    strength(dmarc->subdomain.policy) == 0) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_SUBDOMAINS, none);
	}
	if (is_weaker(&dmarc->invented, &dmarc->domain) && strength(dmarc->invented.policy) == 0) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_INVENTED, none);
	}
	if (is_weaker(&dmarc->rfc7489.name, &dmarc->domain) ||
	    is_weaker(&dmarc->rfc7489.below, &dmarc->subdomain)) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_OLDER_RECEIVERS, none);
	}
	if (dmarc->rfc7489.pct < 100) {
		struct span pct = arena_printf(a->arena, "%u", dmarc->rfc7489.pct);
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_PCT, pct);
	}
	if (is_weaker(&dmarc->subdomain, &dmarc->domain) ||
	    is_weaker(&dmarc->invented, &dmarc->domain)) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_BELOW_QUARANTINE, none);
	}
	if (strength(dmarc->domain.policy) < 2) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_QUARANTINE, none);
	}
	if (has_breakable_key(a)) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_WEAK_KEY, none);
	}
	if (a->spf->ipv4_addresses >= WIDE_IPV4_ADDRESSES) {
		return say(a, ANSWER_PARTLY, SENTENCE_SPOOFABLE_PARTLY_WIDE_SPF, none);
	}
	return say(a, ANSWER_NO, SENTENCE_SPOOFABLE_NO, none);
}

static bool is_dmarc_unknown(const struct dmarc_view *dmarc)
{
	return dmarc->domain.status == DMARC_UNKNOWN;
}

/* Every address of the IPv6 internet lies in 2000::/3. */
#define ALL_IPV6_PREFIX_LEN 3

static bool authorises_all_ipv6(const struct spf_tree_term *entry)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		if (entry->networks[i].family == NETWORK_IPV6 &&
		    entry->networks[i].prefix_len <= ALL_IPV6_PREFIX_LEN) {
			return true;
		}
	}
	return false;
}

/* SPF lets everybody pass, or everybody who sends over IPv6. */
static bool is_everyone_authorised(const struct spf_view *spf)
{
	if (spf->outcome == SPF_OUTCOME_PASS) {
		return true;
	}
	for (size_t n = 0; n < spf->node_count; n++) {
		const struct spf_node *node = spf->nodes[n];
		for (size_t i = 0; node->is_authorising && i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (entry->reach == SPF_REACH_EVALUATED &&
			    entry->term->qualifier == SPF_PASS && authorises_all_ipv6(entry)) {
				return spf->outcome != SPF_OUTCOME_PERMERROR;
			}
		}
	}
	return false;
}

static struct verdict judge_spoofable(struct assessment *a)
{
	const struct span none = SPAN("");
	const struct finding *takeover = find_takeover(a);
	if (a->spf != NULL && !a->spf->is_unknown && is_everyone_authorised(a->spf)) {
		return say(a, ANSWER_YES, SENTENCE_SPOOFABLE_YES_EVERYONE_PASSES, none);
	}
	if (takeover != NULL) {
		return say(a, ANSWER_YES, SENTENCE_SPOOFABLE_YES_TAKEOVER, free_name(takeover));
	}
	if (a->dmarc == NULL || is_dmarc_unknown(a->dmarc)) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_SPOOFABLE_UNKNOWN,
			   unknown_reason(a, CONTROL_DMARC));
	}
	if (a->dmarc->domain.status == DMARC_NO_RECORD) {
		return say(a, ANSWER_YES, SENTENCE_SPOOFABLE_YES_NO_DMARC, none);
	}
	if (a->dmarc->domain.status == DMARC_UNUSABLE) {
		return say(a, ANSWER_YES, SENTENCE_SPOOFABLE_YES_DMARC_UNUSABLE, none);
	}
	if (strength(a->dmarc->domain.policy) == 0) {
		return say(a, ANSWER_YES, SENTENCE_SPOOFABLE_YES_POLICY_NONE, none);
	}
	if (a->dmarc->subdomain.status == DMARC_UNKNOWN ||
	    a->dmarc->invented.status == DMARC_UNKNOWN) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_SPOOFABLE_UNKNOWN,
			   unknown_reason(a, CONTROL_DMARC));
	}
	if (a->spf == NULL || a->spf->is_unknown || a->spf->outcome == SPF_OUTCOME_UNKNOWN) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_SPOOFABLE_UNKNOWN,
			   unknown_reason(a, CONTROL_SPF));
	}
	return judge_enforced(a);
}

static bool is_known_no(const struct assessment *a, enum measure_id id)
{
	const struct measure *measure = measure_get(a, id);
	return measure->state == MEASURE_KNOWN && !measure->is_yes;
}

static bool is_known_insecure(const struct assessment *a, enum measure_id id)
{
	const struct measure *measure = measure_get(a, id);
	return measure->state == MEASURE_KNOWN && span_equal(measure->word, SPAN("insecure"));
}

static bool has_protected_host(const struct sender_eye_view *eye)
{
	for (size_t i = 0; i < eye->host_count; i++) {
		const struct sender_outcome *senders = eye->hosts[i].senders;
		if (senders[SENDER_MTA_STS].stripped == DELIVERY_DEFERRED ||
		    senders[SENDER_DANE].stripped == DELIVERY_DEFERRED) {
			return true;
		}
	}
	return false;
}

/* Nothing makes senders insist on every host. */
static struct verdict judge_unprotected(struct assessment *a)
{
	const struct sender_eye_view *eye = a->sender_eye;
	const struct span none = SPAN("");
	if (eye->senders[SENDER_PLAIN].today == DELIVERY_CLEAR) {
		return say(a, ANSWER_YES, SENTENCE_INTERCEPTABLE_YES_IN_CLEAR, none);
	}
	if (eye->senders[SENDER_PLAIN].stripped != DELIVERY_CLEAR) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_INTERCEPTABLE_UNKNOWN_HOSTS, none);
	}
	if (has_protected_host(eye)) {
		return say(a, ANSWER_PARTLY, SENTENCE_INTERCEPTABLE_PARTLY_HOSTS, none);
	}
	return say(a, ANSWER_YES, SENTENCE_INTERCEPTABLE_YES_NOT_ENFORCED, none);
}

/*
 * RFC 8461 3.2 and 10.2: strict senders take a policy with mistakes for none, and one that is not
 * kept protects nobody from whoever hides it.
 */
static bool is_policy_dependable(const struct mta_sts_view *view)
{
	return view->policy != NULL && mta_sts_policy_is_strict(view->policy) &&
	       view->policy->max_age_s >= MTA_STS_SHORTEST_MAX_AGE_S;
}

/* A sender that knows what the domain publishes is not fooled: it keeps the message. */
static struct verdict judge_by_senders(struct assessment *a)
{
	const struct sender_outcome *sts = &a->sender_eye->senders[SENDER_MTA_STS];
	const struct sender_outcome *dane = &a->sender_eye->senders[SENDER_DANE];
	const struct span none = SPAN("");
	/* Hosts that take no mail from anybody today show nobody's caution. */
	if (a->sender_eye->senders[SENDER_PLAIN].stripped == DELIVERY_DEFERRED) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_INTERCEPTABLE_UNKNOWN_HOSTS, none);
	}
	bool is_any_sts = sts->stripped == DELIVERY_DEFERRED;
	bool is_sts = is_any_sts && is_policy_dependable(a->mta_sts);
	bool is_dane = dane->stripped == DELIVERY_DEFERRED && dane->today != DELIVERY_ENCRYPTED &&
		       dane->today != DELIVERY_UNKNOWN;
	if (is_sts && is_dane) {
		return say(a, ANSWER_NO, SENTENCE_INTERCEPTABLE_NO_BOTH, none);
	}
	if (is_dane) {
		return say(a, ANSWER_NO, SENTENCE_INTERCEPTABLE_NO_DANE, none);
	}
	if (is_sts) {
		return say(a, ANSWER_NO, SENTENCE_INTERCEPTABLE_NO_MTA_STS, none);
	}
	if (is_any_sts) {
		return say(a, ANSWER_PARTLY, SENTENCE_INTERCEPTABLE_PARTLY_MTA_STS, none);
	}
	if (dane->today == DELIVERY_ENCRYPTED && dane->stripped == DELIVERY_DEFERRED) {
		return say(a, ANSWER_PARTLY, SENTENCE_INTERCEPTABLE_PARTLY_UNAUTHENTICATED, none);
	}
	if (sts->stripped == DELIVERY_UNKNOWN || dane->stripped == DELIVERY_UNKNOWN ||
	    dane->today == DELIVERY_UNKNOWN) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_INTERCEPTABLE_UNKNOWN_HOSTS, none);
	}
	return judge_unprotected(a);
}

/* RFC 7672 2.1.3: a signed alias may have records of its own, wherever it leads */
static bool has_signed_alias(const struct assessment *a)
{
	for (size_t i = 0; i < a->mx->host_count; i++) {
		if (a->mx->hosts[i].is_cname && a->mx->dnssec == DNSSEC_SECURE) {
			return true;
		}
	}
	return false;
}

static struct verdict judge_interceptable(struct assessment *a)
{
	const struct span none = SPAN("");
	if (mx_may_take_mail(a)) {
		return say(a, ANSWER_UNKNOWN, SENTENCE_INTERCEPTABLE_UNKNOWN_IMPLICIT, none);
	}
	if (is_known_no(a, MEASURE_DOMAIN_RECEIVES)) {
		return say(a, ANSWER_NO, SENTENCE_INTERCEPTABLE_NO_TAKES_NO_MAIL, none);
	}
	/* RFC 7672 2.2: DANE needs a signed MX answer and signed mail hosts. */
	bool has_no_dane = is_known_insecure(a, MEASURE_DNSSEC_DOMAIN) ||
			   (is_known_insecure(a, MEASURE_DNSSEC_MX) && !has_signed_alias(a));
	/* RFC 8461 3.1: without exactly one good record senders do not ask for a policy. */
	bool has_no_record = is_known_no(a, MEASURE_MTA_STS_RECORD_PRESENT) ||
			     is_known_no(a, MEASURE_MTA_STS_RECORD_VALID);
	if (has_no_dane && has_no_record &&
	    measure_get(a, MEASURE_DOMAIN_RECEIVES)->state == MEASURE_KNOWN) {
		return say(a, ANSWER_YES, SENTENCE_INTERCEPTABLE_YES_NOT_AUTHENTICATED, none);
	}
	if (a->sender_eye != NULL && !a->transit->is_cut_off) {
		return judge_by_senders(a);
	}
	return say(a, ANSWER_UNKNOWN,
		   a->sender_eye != NULL ? SENTENCE_INTERCEPTABLE_UNKNOWN_HOSTS
					 : SENTENCE_INTERCEPTABLE_UNKNOWN,
		   none);
}

void summary_assess(struct assessment *a)
{
	if (a->kind == DOMAIN_NONEXISTENT) {
		a->spoofable = say(a, ANSWER_UNKNOWN, SENTENCE_NONEXISTENT, SPAN(""));
		a->interceptable =
			say(a, ANSWER_NO, SENTENCE_INTERCEPTABLE_NO_TAKES_NO_MAIL, SPAN(""));
		return;
	}
	a->spoofable = judge_spoofable(a);
	a->interceptable = judge_interceptable(a);
}

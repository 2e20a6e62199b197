/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about where receivers part: RFC 9989's tree walk against RFC 7489's public suffix list. */
#include "assess/dmarc_rules.h"

/* What one pair of readings says about a kind of name. */
struct pair {
	struct span newer;
	struct span older;
	bool is_known;
};

static struct pair pair_of(const struct dmarc_applied *newer, const struct dmarc_applied *older)
{
	struct pair pair = {
		.newer = dmarc_applied_word(newer),
		.older = dmarc_applied_word(older),
	};
	pair.is_known = newer->status != DMARC_UNKNOWN && older->status != DMARC_UNKNOWN;
	return pair;
}

static bool differs(const struct pair *pair)
{
	return pair->is_known && !span_equal(pair->newer, pair->older);
}

static bool has_other_organisation(const struct dmarc_view *view)
{
	return view->walk->unknown == NULL && view->rfc7489.organisation.len > 0 &&
	       !span_equal(view->walk->organisation, view->rfc7489.organisation);
}

static bool has_any_record(const struct dmarc_view *view)
{
	return view->domain.status == DMARC_APPLIES || view->rfc7489.name.status == DMARC_APPLIES ||
	       view->subdomain.status == DMARC_APPLIES ||
	       view->rfc7489.below.status == DMARC_APPLIES;
}

static void add_pair(struct assessment *a, struct finding *finding, const char *kind,
		     const struct pair *pair)
{
	struct span newer = pair->is_known ? pair->newer : SPAN("unknown");
	struct span older = pair->is_known ? pair->older : SPAN("unknown");
	struct span newer_name = arena_printf(a->arena, "%s_9989", kind);
	struct span older_name = arena_printf(a->arena, "%s_7489", kind);
	if (newer_name.len > 0 && older_name.len > 0) {
		finding_arg(a, finding, newer_name.ptr, "%.*s", SPAN_ARG(newer));
		finding_arg(a, finding, older_name.ptr, "%.*s", SPAN_ARG(older));
	}
}

static void add_organisations(struct assessment *a, struct finding *finding,
			      const struct dmarc_view *view)
{
	struct span newer =
		view->walk->unknown == NULL ? view->walk->organisation : SPAN("unknown");
	struct span older = view->rfc7489.organisation.len > 0 ? view->rfc7489.organisation
							       : SPAN("none: a public suffix");
	finding_arg(a, finding, "organisation_9989", "%.*s", SPAN_ARG(newer));
	finding_arg(a, finding, "organisation_7489", "%.*s", SPAN_ARG(older));
}

/*
 * np and t are unknown to RFC 7489, several records end its search where RFC 9989 goes on, and the
 * organisational domain may be another one. Only the last can also change what aligns.
 */
static void report_disagreement(struct assessment *a, const struct dmarc_view *view)
{
	struct pair domain = pair_of(&view->domain, &view->rfc7489.name);
	struct pair subdomain = pair_of(&view->subdomain, &view->rfc7489.below);
	struct pair invented = pair_of(&view->invented, &view->rfc7489.below);
	bool is_apart = differs(&domain) || differs(&subdomain) || differs(&invented) ||
			has_other_organisation(view);
	if (!is_apart || !has_any_record(view)) {
		return;
	}
	struct finding *finding = finding_add(a, FINDING_DMARC_RECEIVERS_DISAGREE, view->own->name);
	add_organisations(a, finding, view);
	add_pair(a, finding, "domain", &domain);
	add_pair(a, finding, "subdomain", &subdomain);
	add_pair(a, finding, "invented", &invented);
	if (differs(&domain)) {
		finding->severity = SEVERITY_MEDIUM;
	}
}

static bool is_strict(const struct dmarc_view *view)
{
	return view->record != NULL && view->record->adkim == DMARC_STRICT &&
	       view->record->aspf == DMARC_STRICT;
}

/*
 * A name below which others register publishes a record without psd=y: by the letter all of them
 * are one organisation, and each can send mail that aligns with the other.
 */
static void report_shared_organisation(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_step *step = view->walk->refused;
	if (step == NULL && view->walk->unknown == NULL &&
	    !span_equal(view->walk->organisation, a->domain) &&
	    public_suffix_is(a->options->suffixes, view->walk->organisation)) {
		step = dmarc_walk_find(view->walk, view->walk->organisation);
	}
	if (step == NULL || step->record == NULL || step->record->psd == DMARC_PSD_NO) {
		return;
	}
	struct finding *finding = finding_add(a, FINDING_DMARC_SHARED_ORGANISATION, a->domain);
	finding_arg(a, finding, "suffix", "%.*s", SPAN_ARG(step->domain));
	finding_evidence(a, finding, "%.*s TXT \"%.*s\"", SPAN_ARG(step->name),
			 SPAN_ARG(step->record->text));
	if (is_strict(view)) {
		finding->severity = SEVERITY_LOW;
	}
}

void dmarc_rules_readings(struct assessment *a, const struct dmarc_view *view)
{
	report_shared_organisation(a, view);
	report_disagreement(a, view);
}

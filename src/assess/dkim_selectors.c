/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which DKIM selectors to try for a domain, the likeliest first. */
#include "assess/dkim_selectors.h"

#include "assess/mx.h"
#include "guide/providers.h"
#include "records/spf.h"
#include "records/txt.h"

#define MAX_PROVIDERS 32
/* Terms of the domain's own SPF record searched for providers; ten of them may query DNS. */
#define MAX_SPF_TERMS 200

static bool is_listed(const struct dkim_candidates *candidates, struct span selector)
{
	for (size_t i = 0; i < candidates->items.len; i++) {
		if (span_equal(dkim_candidate_at(candidates, i)->selector, selector)) {
			return true;
		}
	}
	return false;
}

/* False when the selector cannot be part of a name below the domain. */
static bool add_candidate(struct assessment *a, struct dkim_candidates *candidates,
			  struct span selector, bool is_given)
{
	struct span canonical;
	if (!name_canonical(a->arena, selector, &canonical)) {
		return false;
	}
	if (is_listed(candidates, canonical)) {
		return true;
	}
	struct span name = name_join(a->arena, canonical, candidates->tree);
	if (name.len == 0) {
		return false;
	}
	size_t max = is_given ? DKIM_MAX_GIVEN : DKIM_MAX_GIVEN + DKIM_MAX_GUESSES;
	struct dkim_candidate *slot =
		VECTOR_PUSH(&candidates->items, a->arena, struct dkim_candidate, max);
	if (slot != NULL) {
		*slot = (struct dkim_candidate){canonical, name, is_given};
	}
	return true;
}

static void add_guess(struct assessment *a, struct dkim_candidates *candidates,
		      struct span selector)
{
	size_t before = candidates->items.len;
	if (candidates->guess_count < DKIM_MAX_GUESSES &&
	    add_candidate(a, candidates, selector, /* is_given: */ false)) {
		candidates->guess_count += candidates->items.len - before;
	}
}

void dkim_candidates_add_provider(struct assessment *a, struct dkim_candidates *candidates,
				  const struct provider *provider)
{
	if (provider == NULL) {
		return;
	}
	for (size_t i = 0; i < candidates->providers.len; i++) {
		if (*VECTOR_AT(&candidates->providers, const struct provider *, i) == provider) {
			return;
		}
	}
	const struct provider **slot = VECTOR_PUSH(&candidates->providers, a->arena,
						   const struct provider *, MAX_PROVIDERS);
	if (slot == NULL) {
		return;
	}
	*slot = provider;
	for (size_t i = 0; i < provider->dkim_selector_count; i++) {
		add_guess(a, candidates, provider->dkim_selectors[i]);
	}
}

static void add_given(struct assessment *a, struct dkim_candidates *candidates)
{
	for (size_t i = 0; i < a->options->selector_count; i++) {
		struct span selector = a->options->selectors[i];
		if (!add_candidate(a, candidates, selector, /* is_given: */ true)) {
			unknown_note(
				a, CONTROL_DKIM,
				arena_printf(a->arena, "selector \"%.*s\"", SPAN_ARG(selector)),
				SPAN("it cannot be part of a domain name"));
		}
	}
}

static void add_of_hosts(struct assessment *a, struct dkim_candidates *candidates)
{
	for (size_t i = 0; a->mx != NULL && i < a->mx->host_count; i++) {
		dkim_candidates_add_provider(a, candidates, a->mx->hosts[i].provider);
	}
}

/*
 * The fixed part of the name in "include:_spf.example.net" or "exists:%{i}.spf.example.net/24";
 * empty when there is none.
 */
static struct span fixed_name(struct span term)
{
	size_t start = span_find(term, ':', 0);
	if (start == term.len) {
		start = span_find(term, '=', 0);
	}
	struct span name = span_from(term, start + 1);
	name = span_slice(name, 0, span_find(name, '/', 0));
	for (size_t end = span_find(name, '}', 0); end < name.len; end = span_find(name, '}', 0)) {
		name = span_from(name, end + 1);
	}
	return span_trim(name, ".");
}

static void add_of_spf_text(struct assessment *a, struct dkim_candidates *candidates,
			    struct span text)
{
	struct span term;
	for (size_t i = 0; i < MAX_SPF_TERMS && span_split(&text, ' ', &term); i++) {
		struct span name;
		if (name_canonical(a->arena, fixed_name(term), &name)) {
			dkim_candidates_add_provider(a, candidates,
						     provider_by_spf(a->options->providers, name));
		}
	}
}

/* Senders are named in the domain's own SPF record; what they include in turn is theirs. */
static void add_of_spf(struct assessment *a, struct dkim_candidates *candidates)
{
	const struct fact *fact = assessment_dns(a, a->domain, RR_TXT);
	if (!fact_is_present(fact)) {
		return; /* that SPF is unknown is for the SPF control to say */
	}
	for (size_t i = 0; i < fact->dns->record_count; i++) {
		struct txt txt;
		if (txt_parse(a->arena, fact->dns->records[i].rdata, &txt) &&
		    spf_record_is_spf(txt.text)) {
			add_of_spf_text(a, candidates, txt.text);
		}
	}
}

struct dkim_candidates dkim_candidates_collect(struct assessment *a)
{
	struct dkim_candidates candidates = {
		.tree = name_join(a->arena, SPAN("_domainkey"), a->domain),
	};
	add_given(a, &candidates);
	add_of_hosts(a, &candidates);
	add_of_spf(a, &candidates);
	size_t count;
	const struct span *common = provider_common_selectors(a->options->providers, &count);
	for (size_t i = 0; i < count; i++) {
		add_guess(a, &candidates, common[i]);
	}
	return candidates;
}

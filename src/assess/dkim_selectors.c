/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which DKIM selectors to try for a domain, the likeliest first. */
#include "assess/dkim_selectors.h"

#include "assess/mx.h"
#include "assess/reported.h"
#include "assess/spf.h"
#include "guide/providers.h"

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

/* False when memory is out. */
static bool add_candidate(struct assessment *a, struct dkim_candidates *candidates,
			  struct dkim_candidate candidate)
{
	size_t max = DKIM_MAX_GIVEN + DKIM_MAX_GUESSES;
	struct dkim_candidate *slot =
		VECTOR_PUSH(&candidates->items, a->arena, struct dkim_candidate, max);
	if (slot != NULL) {
		*slot = candidate;
	}
	return slot != NULL;
}

/* Our own data holds plain words, which saves the care that names from elsewhere need. */
static void add_guess(struct assessment *a, struct dkim_candidates *candidates, struct span word)
{
	struct span selector = text_lower_copy(a->arena, word);
	bool is_fitting =
		word.len <= LIMIT_LABEL && word.len + 1 + candidates->tree.len <= LIMIT_NAME_TEXT;
	if (candidates->guess_count == DKIM_MAX_GUESSES || !is_fitting ||
	    is_listed(candidates, selector)) {
		return;
	}
	struct span name =
		arena_printf(a->arena, "%.*s.%.*s", SPAN_ARG(selector), SPAN_ARG(candidates->tree));
	struct dkim_candidate candidate = {.selector = selector, .name = name};
	candidates->guess_count += add_candidate(a, candidates, candidate);
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

/* False when the selector cannot be part of a name below the domain. */
static bool add_certain(struct assessment *a, struct dkim_candidates *candidates, struct span text,
			bool is_given)
{
	struct span selector;
	if (!name_canonical(a->arena, text, &selector)) {
		return false;
	}
	struct span name = name_join(a->arena, selector, candidates->tree);
	if (name.len == 0) {
		return false;
	}
	struct dkim_candidate candidate = {
		.selector = selector,
		.name = name,
		.is_given = is_given,
		.is_reported = !is_given,
	};
	return is_listed(candidates, selector) || add_candidate(a, candidates, candidate);
}

static void add_all_given(struct assessment *a, struct dkim_candidates *candidates)
{
	for (size_t i = 0; i < a->options->selector_count; i++) {
		struct span selector = a->options->selectors[i];
		struct span subject =
			arena_printf(a->arena, "selector \"%.*s\"", SPAN_ARG(selector));
		if (candidates->items.len == DKIM_MAX_GIVEN) {
			unknown_note(a, CONTROL_DKIM, subject, SPAN("too many selectors given"));
		} else if (!add_certain(a, candidates, selector, /* is_given: */ true)) {
			unknown_note(a, CONTROL_DKIM, subject,
				     SPAN("it cannot be part of a domain name"));
		}
	}
}

/* Signatures with these keys were seen to pass: no guesses. */
static void add_of_reports(struct assessment *a, struct dkim_candidates *candidates)
{
	const struct reported *reported = reported_of(a);
	for (size_t i = 0; reported != NULL && i < reported->key_count; i++) {
		const struct reported_key *key = &reported->keys[i];
		if (span_equal(key->domain, a->domain) && candidates->items.len < DKIM_MAX_GIVEN) {
			bool is_fitting = add_certain(a, candidates, key->selector,
						      /* is_given: */ false);
			(void)is_fitting; /* one that fits into no name has signed nothing */
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

/*
 * Whoever the SPF tree authorises, and then those only named in the domain's own record: with
 * macros, behind an error, or refused.
 */
static void add_of_spf(struct assessment *a, struct dkim_candidates *candidates)
{
	const struct spf_view *spf = a->spf;
	for (size_t i = 0; spf != NULL && i < spf->provider_count; i++) {
		dkim_candidates_add_provider(a, candidates, spf->providers[i]);
	}
	for (size_t i = 0; spf != NULL && i < spf->record_count; i++) {
		add_of_spf_text(a, candidates, spf->records[i]);
	}
}

struct dkim_candidates dkim_candidates_collect(struct assessment *a)
{
	struct dkim_candidates candidates = {
		.tree = name_join(a->arena, SPAN("_domainkey"), a->domain),
	};
	add_all_given(a, &candidates);
	add_of_reports(a, &candidates);
	add_of_hosts(a, &candidates);
	add_of_spf(a, &candidates);
	size_t count;
	const struct span *common = provider_common_selectors(a->options->providers, &count);
	for (size_t i = 0; i < count; i++) {
		add_guess(a, &candidates, common[i]);
	}
	return candidates;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks for the keys at the selectors worth trying. */
#include "assess/dkim.h"

#include "assess/dkim_key_check.h"
#include "assess/dkim_measure.h"
#include "assess/dkim_report.h"
#include "assess/dkim_selectors.h"
#include "guide/providers.h"
#include "records/txt.h"

struct search {
	struct assessment *a;
	struct dkim_candidates candidates;
	struct dkim_view *view;
	struct vector selectors;	  /* of struct dkim_selector */
	const struct fact *probe;	  /* NULL when no wildcard can be there */
	const struct fact *unknown_guess; /* the first guess without a usable answer, or NULL */
	size_t unknown_guess_count;
};

static const struct fact *ask(struct search *search, size_t i)
{
	return assessment_dns(search->a, dkim_candidate_at(&search->candidates, i)->name, RR_TXT);
}

/* Those the user gave or reports name come first; the one after them is the likeliest guess. */
static size_t verification_count(const struct search *search)
{
	size_t count = search->candidates.items.len - search->candidates.guess_count;
	return search->candidates.guess_count > 0 ? count + 1 : count;
}

/*
 * RFC 8020: if _domainkey does not exist, nothing does below it. Some servers deny names that only
 * have others below them, and some fail for them; a selector that is there all the same, or gets
 * an answer at all, tells.
 */
static bool has_tree(struct search *search)
{
	const struct fact *tree = assessment_dns(search->a, search->candidates.tree, RR_TXT);
	bool is_there = !fact_is_unknown(tree) && !fact_is_nxdomain(tree);
	for (size_t i = 0; i < verification_count(search); i++) {
		const struct fact *fact = ask(search, i);
		bool is_answered = !fact_is_unknown(fact);
		is_there |= is_answered && (!fact_is_nxdomain(fact) || !fact_is_nxdomain(tree));
	}
	if (!is_there && fact_is_unknown(tree)) {
		unknown_add(search->a, CONTROL_DKIM, tree);
	}
	search->view->is_tree_absent = !is_there && fact_is_nxdomain(tree);
	return is_there && tree->state != FACT_WANTED;
}

static bool has_record(const struct dns_answer *answer, struct span rdata)
{
	for (size_t i = 0; i < answer->record_count; i++) {
		if (span_equal(answer->records[i].rdata, rdata)) {
			return true;
		}
	}
	return false;
}

/* The answer is the one that any selector gets. */
static bool is_by_wildcard(const struct search *search, const struct fact *fact)
{
	const struct fact *probe = search->probe;
	if (probe == NULL || fact_is_unknown(probe) || probe->state != fact->state ||
	    probe->dns->record_count != fact->dns->record_count ||
	    probe->dns->cname_count != fact->dns->cname_count) {
		return false;
	}
	for (size_t i = 0; i < fact->dns->record_count; i++) {
		if (!has_record(probe->dns, fact->dns->records[i].rdata)) {
			return false;
		}
	}
	return fact_is_present(fact) || fact->dns->cname_count > 0;
}

/* Of several keys the one with the least text, so that the order of the answer does not matter. */
static void read_keys(struct assessment *a, struct dkim_selector *selector,
		      const struct dns_answer *answer)
{
	struct span least = span_of(NULL, 0);
	for (size_t i = 0; i < answer->record_count && i < DKIM_MAX_RECORDS; i++) {
		struct txt txt;
		if (!txt_parse(a->arena, answer->records[i].rdata, &txt) ||
		    !dkim_key_is_key(txt.text)) {
			continue;
		}
		selector->key_record_count++;
		if (least.ptr == NULL || span_compare(txt.text, least) < 0) {
			least = txt.text;
		}
	}
	if (selector->key_record_count > 0) {
		selector->key = dkim_key_parse(a->arena, least);
	}
}

static enum dkim_selector_state state_of_key(const struct dkim_key *key)
{
	if (key == NULL) {
		return DKIM_SELECTOR_NO_KEY;
	}
	if (key->is_revoked) {
		return DKIM_SELECTOR_REVOKED;
	}
	return dkim_key_is_usable(key) ? DKIM_SELECTOR_KEY : DKIM_SELECTOR_BROKEN;
}

static void examine(struct search *search, struct dkim_selector *selector, const struct fact *fact)
{
	struct assessment *a = search->a;
	if (fact_is_unknown(fact)) {
		selector->state = DKIM_SELECTOR_UNKNOWN;
		return;
	}
	const struct dns_answer *answer = fact->dns;
	if (answer->cname_count > 0) {
		selector->target = answer->cnames[answer->cname_count - 1];
	}
	for (size_t i = 0; i < answer->cname_count && selector->provider == NULL; i++) {
		selector->provider =
			provider_by_dkim_cname(a->options->providers, answer->cnames[i]);
	}
	if (fact_is_present(fact)) {
		read_keys(a, selector, answer);
		selector->state = state_of_key(selector->key);
	} else if (answer->cname_count > 0) {
		selector->state = DKIM_SELECTOR_DANGLING;
		selector->is_target_nonexistent = answer->is_nxdomain;
	}
}

static void note_unknown(struct search *search, const struct dkim_candidate *candidate,
			 const struct fact *fact)
{
	if (candidate->is_given || candidate->is_reported) {
		unknown_add(search->a, CONTROL_DKIM, fact);
	} else if (fact->state != FACT_WANTED) {
		search->unknown_guess_count++;
		if (search->unknown_guess == NULL) {
			search->unknown_guess = fact;
		}
	}
}

static void try_candidate(struct search *search, size_t i)
{
	struct dkim_candidate candidate = *dkim_candidate_at(&search->candidates, i);
	const struct fact *fact = ask(search, i);
	struct dkim_selector *selector =
		VECTOR_PUSH(&search->selectors, search->a->arena, struct dkim_selector,
			    DKIM_MAX_GIVEN + DKIM_MAX_GUESSES);
	if (selector == NULL) {
		return;
	}
	selector->selector = candidate.selector;
	selector->name = candidate.name;
	selector->is_given = candidate.is_given;
	selector->is_reported = candidate.is_reported;
	if (fact_is_unknown(fact)) {
		selector->state = DKIM_SELECTOR_UNKNOWN;
		note_unknown(search, &candidate, fact);
	} else if (is_by_wildcard(search, fact)) {
		selector->state = DKIM_SELECTOR_WILDCARD;
	} else {
		examine(search, selector, fact);
		dkim_candidates_add_provider(search->a, &search->candidates, selector->provider);
		search->view->key_count += selector->state == DKIM_SELECTOR_KEY;
	}
}

static void look_for_wildcard(struct search *search)
{
	struct dkim_view *view = search->view;
	struct assessment *a = search->a;
	struct span name = name_join(a->arena, SPAN(DKIM_PROBE_SELECTOR), search->candidates.tree);
	if (name.len == 0) {
		return;
	}
	search->probe = assessment_dns(a, name, RR_TXT);
	if (fact_is_unknown(search->probe)) {
		unknown_add(a, CONTROL_DKIM, search->probe);
		view->wildcard.state = DKIM_SELECTOR_UNKNOWN;
		return;
	}
	examine(search, &view->wildcard, search->probe);
}

/* One line for all guesses that got no usable answer; there can be dozens. */
static void report_unknown_guesses(struct search *search)
{
	const struct fact *first = search->unknown_guess;
	if (search->unknown_guess_count == 1) {
		unknown_add(search->a, CONTROL_DKIM, first);
	} else if (search->unknown_guess_count > 1) {
		struct arena *arena = search->a->arena;
		struct span key = fact_key_text(arena, first->key);
		unknown_note(search->a, CONTROL_DKIM,
			     arena_printf(arena, "%.*s and %zu other selectors", SPAN_ARG(key),
					  search->unknown_guess_count - 1),
			     span_of_string(fact_failure_explain(first->failure)));
	}
}

/*
 * A parked domain that answers every selector with an empty key has said all it has to say: asking
 * for dozens of them would only cost everybody time.
 */
static bool is_settled(const struct search *search)
{
	bool is_awaited = search->probe != NULL && search->probe->state == FACT_WANTED;
	return search->a->kind == DOMAIN_PARKED &&
	       (is_awaited || search->view->wildcard.state == DKIM_SELECTOR_REVOKED);
}

static void search_keys(struct search *search)
{
	bool is_worth_it = has_tree(search);
	if (is_worth_it) {
		look_for_wildcard(search);
	} else if (!search->view->is_tree_absent) {
		search->view->wildcard.state = DKIM_SELECTOR_UNKNOWN;
	}
	bool is_full = is_worth_it && !is_settled(search);
	size_t i = 0;
	while (i < (is_full ? search->candidates.items.len : verification_count(search))) {
		try_candidate(search, i++);
	}
	report_unknown_guesses(search);
	search->view->selectors = search->selectors.items;
	search->view->selector_count = search->selectors.len;
}

/* Mail comes from host names; nobody signs for "_spf.example.org" or a name that is not there. */
static bool can_send(const struct assessment *a)
{
	return a->kind != DOMAIN_NONEXISTENT &&
	       name_is_ldh(a->domain, /* is_underscore_ok: */ false);
}

void dkim_assess(struct assessment *a)
{
	struct dkim_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->dkim = view;
	struct search search = {.a = a, .view = view};
	if (can_send(a)) {
		search.candidates = dkim_candidates_collect(a);
	}
	if (search.candidates.tree.len == 0) {
		a->is_absent[CONTROL_DKIM] = true;
		dkim_measure_not_applicable(a, SPAN("no mail can come from this name"));
		return;
	}
	search_keys(&search);
	dkim_report(a, view);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges DMARC: gathers the view, then lets the rules speak. */
#include "assess/dmarc.h"

#include "assess/dmarc_rules.h"
#include "assess/measure.h"

static void note_unknown(struct assessment *a, const struct dmarc_applied *applied)
{
	if (applied->unknown != NULL) {
		unknown_add(a, CONTROL_DMARC, applied->unknown);
	}
}

static void note_unknown_steps(struct assessment *a, const struct dmarc_walk *walk)
{
	for (size_t i = 0; i < walk->step_count; i++) {
		if (walk->steps[i].kind == DMARC_STEP_UNKNOWN) {
			unknown_add(a, CONTROL_DMARC, walk->steps[i].fact);
		}
	}
}

static void find_policies(struct assessment *a, struct dmarc_view *view)
{
	view->own = &view->walk->steps[0];
	view->holder = view->walk->holder;
	view->record = view->holder != NULL ? view->holder->record : NULL;
	view->domain = dmarc_applied_to_start(view->walk, a->inquiry);
	view->subdomain = dmarc_applied_below(view->below, DMARC_EXISTING);
	view->invented = dmarc_applied_below(view->below, DMARC_NONEXISTENT);
	view->rfc7489 = dmarc_rfc7489(a->arena, a->inquiry, view->walk, a->options->suffixes);
	note_unknown_steps(a, view->walk);
	note_unknown_steps(a, view->below);
	note_unknown(a, &view->domain);
	note_unknown(a, &view->rfc7489.name);
	note_unknown(a, &view->rfc7489.below);
}

static enum answer summarise_reports(const struct dmarc_view *view)
{
	if (view->rua.working_count > 0) {
		return ANSWER_YES;
	}
	bool is_unknown = view->rua.unknown_count > 0 || view->domain.status == DMARC_UNKNOWN;
	return is_unknown ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* The reports of an inherited record are sent in the name of the domain that holds it. */
static void find_destinations(struct assessment *a, struct dmarc_view *view)
{
	if (view->record != NULL) {
		struct destination_rules rules = {
			.control = CONTROL_DMARC,
			.retired_kind = SPAN("dmarc"),
			.policy = view->walk,
		};
		if (!span_equal(view->holder->domain, a->domain)) {
			rules.policy = dmarc_walk(a->arena, a->inquiry, view->holder->domain);
		}
		view->rua =
			destinations_judge(a, view->record->rua, view->record->rua_count, &rules);
		view->ruf =
			destinations_judge(a, view->record->ruf, view->record->ruf_count, &rules);
	}
	view->has_working_reports = summarise_reports(view);
}

/*
 * Where a record was found, the tree walk knows the organisation better than the public suffix
 * list does; where none was, RFC 9989 has no more to say than "the name itself".
 */
static void set_organisation(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_walk *walk = view->walk;
	if (walk->unknown != NULL) {
		measure_unknown_fact(a, MEASURE_DOMAIN_ORGANISATIONAL, walk->unknown);
		return;
	}
	bool is_itself = span_equal(walk->organisation, a->domain);
	if (!is_itself || view->own->kind == DMARC_STEP_RECORD) {
		a->organisation = walk->organisation;
		a->is_subdomain = !is_itself;
		measure_bool(a, MEASURE_DOMAIN_ORGANISATIONAL, is_itself);
	}
}

void dmarc_assess(struct assessment *a)
{
	struct dmarc_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	view->walk = dmarc_walk(a->arena, a->inquiry, a->domain);
	view->below = dmarc_walk_below(a->arena, a->inquiry, a->domain);
	if (view->walk == NULL || view->below == NULL || view->walk->step_count == 0) {
		return; /* out of memory, or the root */
	}
	find_policies(a, view);
	find_destinations(a, view);
	set_organisation(a, view);
	a->dmarc = view;
	dmarc_rules_presence(a, view);
	if (view->record != NULL) {
		dmarc_rules_record(a, view);
		dmarc_rules_policy(a, view);
		dmarc_rules_reports(a, view);
	}
	dmarc_rules_readings(a, view);
	dmarc_measure(a, view);
}

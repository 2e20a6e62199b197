/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Policy, alignment and verdict. */
#include "authenticate/dmarc_evaluate.h"

#include "records/name.h"

struct evaluating {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct dmarc_request *request;
	struct dmarc_evaluation *evaluation;
};

static bool is_aligned(const struct dmarc_identifier_check *check)
{
	return check->outcome == DMARC_ALIGNED_SAME || check->outcome == DMARC_ALIGNED_RELAXED;
}

/* --- alignment by RFC 9989 --- */

/*
 * RFC 9989 4.10.2: needs the identifier's own walk; the author's must not stand in for it. What is
 * neither the author's organisational domain nor below it cannot have that organisational domain.
 */
static void align_relaxed(struct evaluating *e, struct dmarc_identifier_check *check)
{
	const struct dmarc_walk *author = e->evaluation->walk;
	struct span domain = check->identifier.domain;
	if (author->unknown != NULL) {
		check->outcome = DMARC_ALIGNED_UNKNOWN;
		return;
	}
	/* a top-level domain is nobody's sender: it never aligns with what is below it */
	if (!name_is_at_or_under(domain, author->organisation) || name_label_count(domain) < 2) {
		check->outcome = DMARC_ALIGNED_NOT;
		return;
	}
	if (e->evaluation->walks >= e->request->max_walks) {
		e->evaluation->is_walks_limited = true;
		check->outcome = DMARC_ALIGNED_SKIPPED;
		return;
	}
	e->evaluation->walks++;
	check->walk = dmarc_walk(e->arena, e->inquiry, domain);
	if (check->walk == NULL) {
		return;
	}
	check->organisation = check->walk->organisation;
	if (check->walk->unknown != NULL) {
		check->outcome = DMARC_ALIGNED_UNKNOWN;
	} else if (span_equal(check->organisation, author->organisation)) {
		check->outcome = DMARC_ALIGNED_RELAXED;
	}
}

static void align(struct evaluating *e, struct dmarc_identifier_check *check)
{
	check->outcome = DMARC_ALIGNED_NOT;
	check->reference =
		check->identifier.method == DMARC_BY_SPF ? "RFC 9989 4.4.2" : "RFC 9989 4.4.1";
	if (span_equal(check->identifier.domain, e->request->author)) {
		check->outcome = DMARC_ALIGNED_SAME;
	} else if (check->mode == DMARC_RELAXED) {
		align_relaxed(e, check);
	}
}

/* --- alignment by RFC 7489 --- */

/* RFC 7489 3.1: the same organisational domain, by the public suffix list. */
static void align_rfc7489(struct evaluating *e, const struct dmarc_verdict *view,
			  struct dmarc_identifier_check *check)
{
	check->outcome = DMARC_ALIGNED_NOT;
	check->reference =
		check->identifier.method == DMARC_BY_SPF ? "RFC 7489 3.1.2" : "RFC 7489 3.1.1";
	if (span_equal(check->identifier.domain, e->request->author)) {
		check->outcome = DMARC_ALIGNED_SAME;
		return;
	}
	if (check->mode == DMARC_STRICT) {
		return;
	}
	check->organisation =
		public_suffix_organisational(e->request->suffixes, check->identifier.domain);
	if (check->organisation.len > 0 && span_equal(check->organisation, view->organisation)) {
		check->outcome = DMARC_ALIGNED_RELAXED;
	}
}

/* --- verdict --- */

static void conclude(struct dmarc_verdict *view, enum dmarc_result result, enum dmarc_cause cause)
{
	view->result = result;
	view->cause = cause;
}

static const struct fact *missing_answer(const struct dmarc_identifier_check *check,
					 const struct dmarc_walk *author)
{
	if (author->unknown != NULL) {
		return author->unknown;
	}
	return check->walk != NULL ? check->walk->unknown : NULL;
}

/*
 * RFC 9989 5.3.5: one aligned pass is enough. Without one, an answer that is missing where it might
 * have made one is a temperror, never a fail.
 */
static void conclude_identifiers(struct dmarc_verdict *view, const struct dmarc_walk *author)
{
	bool has_pass = false;
	conclude(view, DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_AUTHENTICATED);
	for (size_t i = 0; i < view->identifier_count; i++) {
		const struct dmarc_identifier_check *check = &view->identifiers[i];
		if (is_aligned(check) && !check->identifier.is_temporary) {
			conclude(view, DMARC_RESULT_PASS, DMARC_CAUSE_ALIGNED);
			view->unknown = NULL;
			return;
		}
		has_pass = has_pass || !check->identifier.is_temporary;
		if (check->outcome == DMARC_ALIGNED_UNKNOWN) {
			conclude(view, DMARC_RESULT_TEMPERROR, DMARC_CAUSE_ALIGNMENT_UNKNOWN);
			view->unknown = missing_answer(check, author);
		} else if (is_aligned(check) && view->result == DMARC_RESULT_FAIL) {
			conclude(view, DMARC_RESULT_TEMPERROR, DMARC_CAUSE_IDENTIFIER_UNKNOWN);
		}
	}
	if (view->result == DMARC_RESULT_FAIL && has_pass) {
		view->cause = DMARC_CAUSE_NOT_ALIGNED;
	}
}

/* A fail whose policy is not known cannot be acted on. */
static void conclude_view(struct dmarc_verdict *view, const struct dmarc_walk *author)
{
	switch (view->applied.status) {
	case DMARC_NO_RECORD:
		conclude(view, DMARC_RESULT_NONE, DMARC_CAUSE_NO_RECORD);
		return;
	case DMARC_UNUSABLE:
		conclude(view, DMARC_RESULT_NONE, DMARC_CAUSE_UNUSABLE_RECORD);
		return;
	case DMARC_APPLIES:
		conclude_identifiers(view, author);
		return;
	case DMARC_UNKNOWN:
		break;
	}
	/* the record may be known, and only which of its policies counts may not: a pass needs
	 * none */
	if (view->applied.holder != NULL) {
		conclude_identifiers(view, author);
	}
	if (view->applied.holder == NULL || view->result != DMARC_RESULT_PASS) {
		conclude(view, DMARC_RESULT_TEMPERROR, DMARC_CAUSE_POLICY_UNKNOWN);
		view->unknown = view->applied.unknown;
	}
}

static enum dmarc_alignment mode_of(const struct dmarc_verdict *view, enum dmarc_method method)
{
	const struct dmarc_record *record = view->applied.holder->record;
	return method == DMARC_BY_SPF ? record->aspf : record->adkim;
}

/* Room for the checks; none when there is no record to check against. */
static bool prepare_identifiers(struct evaluating *e, struct dmarc_verdict *view)
{
	size_t count = e->request->identifier_count;
	count = count < DMARC_MAX_IDENTIFIERS ? count : DMARC_MAX_IDENTIFIERS;
	if (view->applied.holder == NULL || view->applied.status == DMARC_UNUSABLE || count == 0) {
		return false;
	}
	view->identifiers = arena_alloc(e->arena, count * sizeof(*view->identifiers));
	if (view->identifiers == NULL) {
		return false;
	}
	view->identifier_count = count;
	for (size_t i = 0; i < count; i++) {
		view->identifiers[i].identifier = e->request->identifiers[i];
		view->identifiers[i].mode = mode_of(view, e->request->identifiers[i].method);
	}
	return true;
}

static void evaluate_rfc9989(struct evaluating *e)
{
	struct dmarc_verdict *view = &e->evaluation->rfc9989;
	const struct dmarc_walk *walk = e->evaluation->walk;
	view->applied = dmarc_applied_to_start(walk, e->inquiry);
	view->organisation = walk->organisation;
	view->pct = 100;
	if (prepare_identifiers(e, view)) {
		for (size_t i = 0; i < view->identifier_count; i++) {
			align(e, &view->identifiers[i]);
		}
	}
	conclude_view(view, walk);
}

static void evaluate_rfc7489(struct evaluating *e)
{
	struct dmarc_verdict *view = &e->evaluation->rfc7489;
	struct dmarc_rfc7489 reading =
		dmarc_rfc7489(e->arena, e->inquiry, e->evaluation->walk, e->request->suffixes);
	view->applied = reading.name;
	view->organisation = reading.organisation;
	view->pct = reading.pct;
	if (prepare_identifiers(e, view)) {
		for (size_t i = 0; i < view->identifier_count; i++) {
			align_rfc7489(e, view, &view->identifiers[i]);
		}
	}
	conclude_view(view, e->evaluation->walk);
	e->evaluation->has_rfc7489 = true;
}

const struct dmarc_evaluation *dmarc_evaluate(struct arena *arena, struct inquiry *inquiry,
					      const struct dmarc_request *request)
{
	struct dmarc_evaluation *evaluation = arena_alloc(arena, sizeof(*evaluation));
	if (evaluation == NULL) {
		return NULL;
	}
	struct evaluating e = {arena, inquiry, request, evaluation};
	evaluation->author = request->author;
	evaluation->walk = dmarc_walk(arena, inquiry, request->author);
	if (evaluation->walk == NULL) {
		return NULL;
	}
	evaluate_rfc9989(&e);
	if (request->suffixes != NULL) {
		evaluate_rfc7489(&e);
	}
	return arena_has_failed(arena) ? NULL : evaluation;
}

bool dmarc_verdict_is_aligned(const struct dmarc_verdict *view, enum dmarc_method method)
{
	for (size_t i = 0; i < view->identifier_count; i++) {
		const struct dmarc_identifier_check *check = &view->identifiers[i];
		if (check->identifier.method == method && is_aligned(check) &&
		    !check->identifier.is_temporary) {
			return true;
		}
	}
	return false;
}

enum dmarc_policy dmarc_verdict_disposition(const struct dmarc_verdict *view)
{
	bool is_wanted = view->result == DMARC_RESULT_FAIL && view->applied.status == DMARC_APPLIES;
	return is_wanted ? view->applied.policy : DMARC_POLICY_NONE;
}

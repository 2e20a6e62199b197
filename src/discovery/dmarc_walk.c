/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 9989's tree walk. */
#include "discovery/dmarc_walk.h"

#include "records/name.h"

/* RFC 9989 4.10: with eight or more labels the second query is for the last seven of them */
static size_t labels_of_step(size_t start_labels, size_t i)
{
	if (i == 0) {
		return start_labels;
	}
	return (start_labels < DMARC_WALK_MAX ? start_labels : DMARC_WALK_MAX) - i;
}

static bool has_record(const struct dmarc_step *step)
{
	return step->kind == DMARC_STEP_RECORD;
}

/* RFC 9989 4.10: psd=y and psd=n end the walk */
static bool is_stop(const struct dmarc_step *step)
{
	return has_record(step) && step->record->psd != DMARC_PSD_UNKNOWN;
}

static void take_steps(struct arena *arena, struct inquiry *inquiry, struct dmarc_walk *walk,
		       size_t first)
{
	size_t labels = name_label_count(walk->start);
	size_t count = labels < DMARC_WALK_MAX ? labels : DMARC_WALK_MAX;
	for (size_t i = first; i < count; i++) {
		struct span domain = name_last_labels(walk->start, labels_of_step(labels, i));
		struct dmarc_step *step = &walk->steps[walk->step_count++];
		*step = dmarc_step_read(arena, inquiry, domain);
		if (is_stop(step)) {
			return;
		}
	}
}

/*
 * The top-level domain did not answer, but the name below it has a record without psd. Whatever the
 * top-level domain holds, a public suffix' record or one we refuse to follow, the organisational
 * domain is that name.
 */
static bool is_harmless(const struct dmarc_walk *walk, size_t i)
{
	return i > 0 && i + 1 == walk->step_count && name_label_count(walk->steps[i].domain) == 1 &&
	       has_record(&walk->steps[i - 1]);
}

static const struct fact *find_unknown(const struct dmarc_walk *walk)
{
	for (size_t i = 0; i < walk->step_count; i++) {
		if (walk->steps[i].kind == DMARC_STEP_UNKNOWN && !is_harmless(walk, i)) {
			return walk->steps[i].fact;
		}
	}
	return NULL;
}

/* The record with the fewest labels, which is the last one found; NULL when there is none. */
static const struct dmarc_step *fewest_labels(const struct dmarc_walk *walk)
{
	for (size_t i = walk->step_count; i > 0; i--) {
		if (has_record(&walk->steps[i - 1])) {
			return &walk->steps[i - 1];
		}
	}
	return NULL;
}

/* A record without psd at a top-level domain that is not where we started. */
static bool is_refused(const struct dmarc_walk *walk, const struct dmarc_step *step)
{
	return !is_stop(step) && name_label_count(step->domain) == 1 &&
	       !span_equal(step->domain, walk->start);
}

/*
 * RFC 9989 4.10.2: psd=n is the organisational domain; psd=y above the start makes it the name one
 * label below; else it is the record with the fewest labels; else the start. Gives the public
 * suffix' step when there is one.
 */
static const struct dmarc_step *conclude(struct dmarc_walk *walk)
{
	const struct dmarc_step *step = fewest_labels(walk);
	if (step == NULL) {
		walk->organisation = walk->start;
		return NULL;
	}
	bool is_suffix =
		step->record->psd == DMARC_PSD_YES && !span_equal(step->domain, walk->start);
	if (is_refused(walk, step)) {
		walk->refused = step;
		is_suffix = true;
	}
	if (!is_suffix) {
		walk->organisation = step->domain;
		return NULL;
	}
	walk->organisation = name_last_labels(walk->start, name_label_count(step->domain) + 1);
	return step;
}

static const struct dmarc_step *record_at(const struct dmarc_walk *walk, struct span domain)
{
	const struct dmarc_step *step = dmarc_walk_find(walk, domain);
	return step != NULL && has_record(step) ? step : NULL;
}

/* RFC 9989 4.10.1: the author's own record, else the organisation's, else the public suffix' */
static void find_holder(struct dmarc_walk *walk, const struct dmarc_step *suffix)
{
	walk->holder = record_at(walk, walk->start);
	walk->is_holder_known = walk->holder != NULL || walk->unknown == NULL;
	if (walk->holder == NULL && walk->is_holder_known) {
		walk->holder = record_at(walk, walk->organisation);
	}
	if (walk->holder == NULL && walk->is_holder_known) {
		walk->holder = suffix;
	}
}

static const struct dmarc_walk *walk_from(struct arena *arena, struct inquiry *inquiry,
					  struct span start, size_t first)
{
	struct dmarc_walk *walk = arena_alloc(arena, sizeof(*walk));
	if (walk == NULL) {
		return NULL;
	}
	walk->start = start;
	take_steps(arena, inquiry, walk, first);
	walk->unknown = find_unknown(walk);
	const struct dmarc_step *suffix = walk->unknown == NULL ? conclude(walk) : NULL;
	find_holder(walk, suffix);
	return arena_has_failed(arena) ? NULL : walk;
}

const struct dmarc_walk *dmarc_walk(struct arena *arena, struct inquiry *inquiry, struct span start)
{
	return walk_from(arena, inquiry, start, 0);
}

const struct dmarc_walk *dmarc_walk_below(struct arena *arena, struct inquiry *inquiry,
					  struct span domain)
{
	/* Empty for a name so long that nothing fits below it: a walk without steps. */
	struct span start = name_join(arena, SPAN("*"), domain);
	return walk_from(arena, inquiry, start, 1);
}

const struct dmarc_step *dmarc_walk_find(const struct dmarc_walk *walk, struct span domain)
{
	for (size_t i = 0; i < walk->step_count; i++) {
		if (span_equal(walk->steps[i].domain, domain)) {
			return &walk->steps[i];
		}
	}
	return NULL;
}

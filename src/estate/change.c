/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Two looks at a domain, compared. */
#include "estate/change.h"

#include <stdlib.h>

/* ---- records ---- */

static int compare_records(const void *a, const void *b)
{
	const struct changed_record *left = a;
	const struct changed_record *right = b;
	int order = span_compare(left->subject, right->subject);
	if (order == 0) {
		order = span_compare(left->key, right->key);
	}
	return order != 0 ? order : span_compare(left->sentence, right->sentence);
}

/* The same sentence twice (a host at two addresses, a name asked for several types) is one change.
 */
static void sort_records(struct vector *records)
{
	if (records->len == 0) {
		return;
	}
	qsort(records->items, records->len, sizeof(struct changed_record), compare_records);
	size_t kept = 1;
	for (size_t i = 1; i < records->len; i++) {
		const struct changed_record *next = VECTOR_AT(records, struct changed_record, i);
		const struct changed_record *last =
			VECTOR_AT(records, struct changed_record, kept - 1);
		if (!span_equal(last->sentence, next->sentence)) {
			*VECTOR_AT(records, struct changed_record, kept++) = *next;
		}
	}
	records->len = kept;
}

static void add_unread(struct arena *arena, struct change *change, const struct fact *fact)
{
	struct span *added = VECTOR_PUSH(&change->unread, arena, struct span, CHANGE_MAX_RECORDS);
	if (added != NULL) {
		*added = fact_key_text(arena, fact->key);
	}
}

static void compare_facts(struct arena *arena, struct change *change)
{
	const struct facts *before = change->before.facts;
	const struct facts *after = change->after.facts;
	if (before == NULL || after == NULL) {
		return;
	}
	for (size_t i = 0; i < facts_count(after); i++) {
		const struct fact *now = facts_at(after, i);
		const struct fact *then = facts_get(before, now->key);
		if (then == NULL || fact_is_unknown(then)) {
			continue;
		}
		if (fact_is_unknown(now) && now->key.kind == FACT_DNS) {
			add_unread(arena, change, now);
		} else {
			change_of_fact(arena, change, then, now);
		}
	}
	sort_records(&change->records);
}

/* ---- standings ---- */

static bool has_finding(const struct standing *standing, const struct standing_finding *wanted)
{
	for (size_t i = 0; i < standing->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(standing, i);
		if (span_equal(finding->id, wanted->id) &&
		    span_equal(finding->subject, wanted->subject)) {
			return true;
		}
	}
	return false;
}

/* Something is known of the name, and nothing that was asked about it went unanswered. */
static bool has_seen(const struct facts *facts, struct span name)
{
	static const uint16_t types[] = {RR_TXT, RR_MX, RR_A, RR_AAAA, RR_TLSA, RR_CAA, RR_NS};
	bool is_seen = false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct fact *fact =
			facts_get(facts, (struct fact_key){FACT_DNS, types[i], name});
		if (fact != NULL && fact_is_unknown(fact)) {
			return false;
		}
		is_seen |= fact != NULL;
	}
	return is_seen;
}

/*
 * Could this look have shown the finding? A control that was partly unknown could, when the name
 * that it is about was answered for.
 */
static bool could_show(const struct look *look, const struct standing_finding *finding)
{
	return look->standing->controls[finding->control] != CONTROL_UNKNOWN ||
	       look->facts == NULL || has_seen(look->facts, finding->subject);
}

/* Findings of one look that the other lacks, unless the other could not see them. */
static void add_findings(struct arena *arena, struct change *change, const struct look *from,
			 const struct look *missing_in, bool is_new)
{
	for (size_t i = 0; i < from->standing->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(from->standing, i);
		if (has_finding(missing_in->standing, finding) ||
		    !could_show(missing_in, finding)) {
			continue;
		}
		struct changed_finding *added = VECTOR_PUSH(
			&change->findings, arena, struct changed_finding, (size_t)2 * FINDING_MAX);
		if (added != NULL) {
			*added = (struct changed_finding){finding, is_new};
		}
	}
}

static void add_controls(struct arena *arena, struct change *change)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		enum control_status before = change->before.standing->controls[i];
		enum control_status after = change->after.standing->controls[i];
		if (before == after || after == CONTROL_UNKNOWN || before == CONTROL_UNKNOWN) {
			continue;
		}
		struct changed_control *added = VECTOR_PUSH(&change->controls, arena,
							    struct changed_control, CONTROL_COUNT);
		if (added != NULL) {
			*added = (struct changed_control){(enum control)i, before, after};
		}
	}
}

/* Higher is worse. Nothing published is worse than something that could be better. */
static int badness(enum control_status status)
{
	switch (status) {
	case CONTROL_GOOD:
		return 0;
	case CONTROL_IMPROVE:
		return 1;
	case CONTROL_ABSENT:
		return 2;
	case CONTROL_BAD:
		return 3;
	case CONTROL_UNKNOWN:
		break;
	}
	return 0;
}

/* Above 0: worse. What is unknown on either side says nothing. */
static int answer_turn(enum answer before, enum answer after)
{
	static const int ranks[] = {[ANSWER_NO] = 0, [ANSWER_PARTLY] = 1, [ANSWER_YES] = 2};
	return before == ANSWER_UNKNOWN || after == ANSWER_UNKNOWN ? 0
								   : ranks[after] - ranks[before];
}

static enum change_direction direction_of(const struct change *change)
{
	const struct standing *before = change->before.standing;
	const struct standing *after = change->after.standing;
	int spoofable = answer_turn(before->spoofable.answer, after->spoofable.answer);
	int interceptable = answer_turn(before->interceptable.answer, after->interceptable.answer);
	bool is_worse = spoofable > 0 || interceptable > 0;
	bool is_better = spoofable < 0 || interceptable < 0;
	for (size_t i = 0; i < change->controls.len; i++) {
		const struct changed_control *control =
			VECTOR_AT(&change->controls, struct changed_control, i);
		is_worse |= badness(control->after) > badness(control->before);
		is_better |= badness(control->after) < badness(control->before);
	}
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *finding =
			VECTOR_AT(&change->findings, struct changed_finding, i);
		bool counts = finding->finding->severity >= SEVERITY_LOW;
		is_worse |= counts && finding->is_new;
		is_better |= counts && !finding->is_new;
	}
	if (is_worse && is_better) {
		return CHANGE_MIXED;
	}
	return is_worse ? CHANGE_WORSE : is_better ? CHANGE_BETTER : CHANGE_NEUTRAL;
}

struct change *change_between(struct arena *arena, const struct look *before,
			      const struct look *after)
{
	struct change *change = arena_alloc(arena, sizeof(*change));
	if (change == NULL) {
		return NULL;
	}
	change->before = *before;
	change->after = *after;
	compare_facts(arena, change);
	add_findings(arena, change, after, before, /* is_new: */ true);
	add_findings(arena, change, before, after, /* is_new: */ false);
	add_controls(arena, change);
	change->direction = direction_of(change);
	return arena_has_failed(arena) ? NULL : change;
}

bool change_is_any(const struct change *change)
{
	return change->records.len > 0 || change->findings.len > 0 || change->controls.len > 0;
}

const char *change_direction_name(enum change_direction direction)
{
	static const char *const names[] = {
		[CHANGE_NEUTRAL] = "neutral",
		[CHANGE_BETTER] = "better",
		[CHANGE_WORSE] = "worse",
		[CHANGE_MIXED] = "mixed",
	};
	return names[direction];
}

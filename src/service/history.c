/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Looks at domains from the database, compared. */
#include "service/history.h"

#include <stdlib.h>

#include "facts/facts.h"
#include "service/estate_content.h"

/* A look whose numbers say whether anything is worth reading. */
struct stored_look {
	int64_t checked_at; /* 0: there is none */
	int64_t facts;
	int64_t verdict_id;
	struct span verdict;
};

static struct stored_look look_at(struct arena *arena, const struct estate_entry *entry)
{
	return (struct stored_look){entry->checked_at, entry->facts, entry->verdict_id,
				    arena_copy(arena, entry->verdict)};
}

static int read_standing(struct arena *arena, struct span domain, const struct stored_look *look,
			 const struct standing **ret_standing, struct failure *reterr)
{
	struct standing *standing = arena_alloc(arena, sizeof(*standing));
	const struct estate_entry entry = {.verdict = look->verdict, .domain = {.name = domain}};
	if (standing == NULL) {
		return failure_set_memory(reterr, "history");
	}
	*ret_standing = standing;
	return estate_content_standing(arena, &entry, standing, reterr);
}

/* Facts are read only where they differ, and are gone when this returns. */
static int compare(struct store *store, struct arena *arena, struct span domain,
		   const struct stored_look *before, const struct stored_look *after,
		   struct change **ret_change, struct failure *reterr)
{
	struct facts *facts[2] = {NULL, NULL};
	struct look looks[2] = {{.checked_at = before->checked_at},
				{.checked_at = after->checked_at}};
	int r = read_standing(arena, domain, before, &looks[0].standing, reterr);
	if (r == 0) {
		r = read_standing(arena, domain, after, &looks[1].standing, reterr);
	}
	if (r == 0 && before->facts != after->facts) {
		r = estate_content_facts(store, before->facts, &facts[0], reterr);
		if (r == 0) {
			r = estate_content_facts(store, after->facts, &facts[1], reterr);
		}
	}
	if (r == 0) {
		looks[0].facts = facts[0];
		looks[1].facts = facts[1];
		*ret_change = change_between(arena, &looks[0], &looks[1]);
		if (*ret_change == NULL) {
			r = failure_set_memory(reterr, "history");
		} else {
			(*ret_change)->before.facts = NULL;
			(*ret_change)->after.facts = NULL;
		}
	}
	facts_free(facts[0]);
	facts_free(facts[1]);
	return r;
}

static bool is_same(const struct stored_look *look, const struct estate_entry *entry)
{
	return look->facts == entry->facts && look->verdict_id == entry->verdict_id;
}

/* ---- one domain ---- */

struct history_reading {
	struct store *store;
	struct history *history;
	struct stored_look last;
	struct failure *failure;
};

static int add_look(void *context, const struct estate_entry *entry)
{
	struct history_reading *reading = context;
	struct history *history = reading->history;
	history->looks++;
	history->last_at = entry->checked_at;
	if (reading->last.checked_at == 0) {
		history->first_at = entry->checked_at;
		reading->last = look_at(history->arena, entry);
		return 0;
	}
	if (is_same(&reading->last, entry)) {
		reading->last.checked_at = entry->checked_at;
		return 0;
	}
	struct stored_look look = look_at(history->arena, entry);
	struct change *change;
	int r = compare(reading->store, history->arena, history->domain, &reading->last, &look,
			&change, reading->failure);
	reading->last = look;
	if (r != 0 || !change_is_any(change)) {
		return r;
	}
	struct change **added =
		VECTOR_PUSH(&history->events, history->arena, struct change *, HISTORY_MAX_EVENTS);
	if (added != NULL) {
		*added = change;
	}
	history->is_cut |= added == NULL;
	return 0;
}

static void reverse(struct vector *events)
{
	for (size_t i = 0; i < events->len / 2; i++) {
		struct change **one = VECTOR_AT(events, struct change *, i);
		struct change **other = VECTOR_AT(events, struct change *, events->len - 1 - i);
		struct change *kept = *one;
		*one = *other;
		*other = kept;
	}
}

static int take_newest(void *context, const struct estate_entry *entry)
{
	struct history_reading *reading = context;
	int r = history_known(reading->store, reading->history->arena, entry,
			      &reading->history->known, reading->failure);
	return r < 0 ? r : 1;
}

int history_read(struct store *store, struct span domain, const struct estate_period *period,
		 struct history *ret_history, struct failure *reterr)
{
	struct history history = {.arena = arena_new(HISTORY_BYTES)};
	if (history.arena == NULL) {
		return failure_set_memory(reterr, "history");
	}
	history.domain = arena_copy(history.arena, domain);
	struct history_reading reading = {store, &history, {0}, reterr};
	struct estate_period forward = {period->since, period->until, false};
	struct estate_period backward = {0, period->until, true};
	int r = estate_history(store, domain, &forward, add_look, &reading, reterr);
	if (r == 0) {
		r = estate_history(store, domain, &backward, take_newest, &reading, reterr);
	}
	if (r >= 0 && arena_has_failed(history.arena)) {
		r = failure_set_memory(reterr, "history");
	}
	if (r < 0) {
		history_free(&history);
		return r;
	}
	reverse(&history.events);
	*ret_history = history;
	return 0;
}

void history_free(struct history *history)
{
	arena_free(history->arena);
	*history = (struct history){0};
}

/* ---- all domains ---- */

struct diffing {
	struct store *store;
	const struct diff_options *options;
	struct estate_diff *diff;
	struct map shared;   /* sentence -> struct shared_change * */
	struct arena *looks; /* of the domain that is being compared */
	struct failure *failure;
};

static int take_look(void *context, const struct estate_entry *entry)
{
	struct stored_look *look = ((void **)context)[0];
	*look = look_at(((void **)context)[1], entry);
	return 1;
}

/* The look that counted at the beginning. */
static int read_before(struct diffing *diffing, const struct estate_entry *after,
		       struct stored_look *ret_look)
{
	const struct diff_options *options = diffing->options;
	void *context[2] = {ret_look, diffing->looks};
	struct estate_period period = {0,
				       options->rejudged != 0 ? after->checked_at : options->since,
				       /* is_newest_first: */ true};
	*ret_look = (struct stored_look){0};
	int r = estate_history(diffing->store, after->domain.name, &period, take_look, context,
			       diffing->failure);
	return r < 0 ? r : 0;
}

/* Domains that share a record share its change: told once, with all of them. */
static void share_records(struct diffing *diffing, struct span domain, const struct change *change)
{
	struct arena *arena = diffing->diff->arena;
	for (size_t i = 0; i < change->records.len; i++) {
		const struct changed_record *record =
			VECTOR_AT(&change->records, const struct changed_record, i);
		struct shared_change *shared = map_get(&diffing->shared, record->sentence);
		if (shared == NULL) {
			shared = arena_alloc(arena, sizeof(*shared));
			if (shared == NULL ||
			    !map_put(&diffing->shared, record->sentence, shared)) {
				diffing->diff->is_cut = true;
				return;
			}
			shared->record = record;
		}
		struct span *added =
			VECTOR_PUSH(&shared->domains, arena, struct span, DIFF_MAX_DOMAINS);
		if (added != NULL) {
			*added = domain;
		}
	}
}

static void add_new(struct estate_diff *diff, struct span domain)
{
	struct span *added =
		VECTOR_PUSH(&diff->new_domains, diff->arena, struct span, DIFF_MAX_DOMAINS);
	if (added != NULL) {
		*added = arena_copy(diff->arena, domain);
	}
	diff->is_cut |= added == NULL;
}

static int add_change(struct diffing *diffing, const struct estate_entry *entry,
		      const struct stored_look *before, const struct stored_look *after)
{
	struct estate_diff *diff = diffing->diff;
	struct change *change;
	int r = compare(diffing->store, diff->arena, entry->domain.name, before, after, &change,
			diffing->failure);
	if (r != 0) {
		return r;
	}
	diff->unread += change->unread.len > 0 ? 1 : 0;
	if (!change_is_any(change)) {
		diff->unchanged++;
		return 0;
	}
	struct domain_change *added =
		VECTOR_PUSH(&diff->domains, diff->arena, struct domain_change, DIFF_MAX_DOMAINS);
	if (added == NULL) {
		diff->is_cut = true;
		return 0;
	}
	*added = (struct domain_change){
		.domain = {arena_copy(diff->arena, entry->domain.name),
			   arena_copy(diff->arena, entry->domain.owner),
			   arena_copy(diff->arena, entry->domain.group)},
		.change = change,
	};
	share_records(diffing, added->domain.name, change);
	return 0;
}

static int compare_domain(void *context, const struct estate_entry *entry)
{
	struct diffing *diffing = context;
	const struct diff_options *options = diffing->options;
	struct stored_look before;
	arena_reset(diffing->looks);
	if (options->domain.len > 0 && !span_equal(options->domain, entry->domain.name)) {
		return 0;
	}
	int r = read_before(diffing, entry, &before);
	if (r < 0) {
		return r;
	}
	diffing->diff->compared++;
	if (before.checked_at == 0) {
		add_new(diffing->diff, entry->domain.name);
		return 0;
	}
	if (is_same(&before, entry)) {
		diffing->diff->unchanged++;
		return 0;
	}
	struct stored_look after = look_at(diffing->looks, entry);
	return add_change(diffing, entry, &before, &after);
}

static int compare_shared(const void *a, const void *b)
{
	const struct shared_change *left = a;
	const struct shared_change *right = b;
	int order = span_compare(left->record->subject, right->record->subject);
	return order != 0 ? order : span_compare(left->record->sentence, right->record->sentence);
}

static void list_records(struct diffing *diffing)
{
	struct estate_diff *diff = diffing->diff;
	for (size_t i = 0; i < map_count(&diffing->shared); i++) {
		struct shared_change *added = VECTOR_PUSH(&diff->records, diff->arena,
							  struct shared_change, DIFF_MAX_DOMAINS);
		if (added != NULL) {
			*added = *(const struct shared_change *)map_at(&diffing->shared, i)->value;
		}
	}
	if (diff->records.len > 0) {
		qsort(diff->records.items, diff->records.len, sizeof(struct shared_change),
		      compare_shared);
	}
}

static int compare_all(struct diffing *diffing)
{
	const struct diff_options *options = diffing->options;
	return options->rejudged != 0 ? estate_results(diffing->store, options->rejudged,
						       compare_domain, diffing, diffing->failure)
				      : estate_latest(diffing->store, options->until,
						      compare_domain, diffing, diffing->failure);
}

int history_diff(struct store *store, const struct diff_options *options,
		 struct estate_diff *ret_diff, struct failure *reterr)
{
	struct estate_diff diff = {.arena = arena_new(HISTORY_BYTES),
				   .since = options->since,
				   .until = options->until,
				   .is_rejudged = options->rejudged != 0};
	if (diff.arena == NULL) {
		return failure_set_memory(reterr, "diff");
	}
	struct diffing diffing = {store,
				  options,
				  &diff,
				  map_new(diff.arena, DIFF_MAX_DOMAINS, /* seed: */ 0),
				  arena_new(HISTORY_COMPARE_BYTES),
				  reterr};
	int r = diffing.looks == NULL ? failure_set_memory(reterr, "diff") : compare_all(&diffing);
	arena_free(diffing.looks);
	if (r == 0) {
		list_records(&diffing);
		r = arena_has_failed(diff.arena) ? failure_set_memory(reterr, "diff") : 0;
	}
	if (r < 0) {
		estate_diff_free(&diff);
		return r;
	}
	*ret_diff = diff;
	return 0;
}

void estate_diff_free(struct estate_diff *diff)
{
	arena_free(diff->arena);
	*diff = (struct estate_diff){0};
}

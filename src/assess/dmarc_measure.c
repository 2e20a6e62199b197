/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The values of DMARC that baselines put conditions on. */
#include "assess/dmarc_rules.h"
#include "assess/measure.h"

static void measure_applied(struct assessment *a, enum measure_id id,
			    const struct dmarc_applied *applied)
{
	if (applied->status == DMARC_UNKNOWN) {
		measure_unknown_fact(a, id, applied->unknown);
	} else {
		measure_word(a, id, dmarc_applied_word(applied));
	}
}

static void measure_policies(struct assessment *a, const struct dmarc_view *view)
{
	measure_applied(a, MEASURE_DMARC_POLICY, &view->domain);
	measure_applied(a, MEASURE_DMARC_POLICY_RFC7489, &view->rfc7489.name);
	measure_applied(a, MEASURE_DMARC_SUBDOMAIN_POLICY, &view->subdomain);
	measure_applied(a, MEASURE_DMARC_NONEXISTENT_POLICY, &view->invented);
	if (view->domain.status == DMARC_UNKNOWN) {
		measure_unknown_fact(a, MEASURE_DMARC_PRESENT, view->domain.unknown);
	} else {
		measure_bool(a, MEASURE_DMARC_PRESENT, view->domain.status == DMARC_APPLIES);
	}
	if (view->own->kind == DMARC_STEP_UNKNOWN) {
		measure_unknown_fact(a, MEASURE_DMARC_OWN_RECORD, view->own->fact);
	} else {
		measure_bool(a, MEASURE_DMARC_OWN_RECORD, view->own->kind == DMARC_STEP_RECORD);
	}
}

static void measure_sp_weaker(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_applied *both[] = {&view->domain, &view->subdomain};
	for (size_t i = 0; i < 2; i++) {
		if (both[i]->status == DMARC_UNKNOWN) {
			measure_unknown_fact(a, MEASURE_DMARC_SP_WEAKER, both[i]->unknown);
			return;
		}
	}
	if (view->domain.status != DMARC_APPLIES) {
		measure_not_applicable(a, MEASURE_DMARC_SP_WEAKER, SPAN("no DMARC policy applies"));
		return;
	}
	measure_bool(a, MEASURE_DMARC_SP_WEAKER,
		     view->domain.relation != DMARC_NONEXISTENT &&
			     dmarc_policy_rank(view->subdomain.policy) <
				     dmarc_policy_rank(view->domain.policy));
}

/* Measures that need a record and have no value without one. */
static const enum measure_id of_record[] = {
	MEASURE_DMARC_VALID,
	MEASURE_DMARC_PCT,
	MEASURE_DMARC_ADKIM,
	MEASURE_DMARC_ASPF,
	MEASURE_DMARC_TESTING,
	MEASURE_DMARC_RUA,
	MEASURE_DMARC_RUA_WORKING,
	MEASURE_DMARC_RUA_ADDRESSES,
	MEASURE_DMARC_RUF_ADDRESSES,
	MEASURE_DMARC_REMOVED_TAGS,
	MEASURE_DMARC_RETIRED_DESTINATION,
};

static void measure_without_record(struct assessment *a, const struct dmarc_view *view)
{
	for (size_t i = 0; i < sizeof(of_record) / sizeof(of_record[0]); i++) {
		if (view->domain.status == DMARC_UNKNOWN) {
			measure_unknown_fact(a, of_record[i], view->domain.unknown);
		} else {
			measure_not_applicable(a, of_record[i], SPAN("no DMARC record"));
		}
	}
}

static void measure_addresses(struct assessment *a, enum measure_id id,
			      const struct destinations *all)
{
	struct span *words = arena_alloc(a->arena, (all->count + 1) * sizeof(*words));
	for (size_t i = 0; words != NULL && i < all->count; i++) {
		words[i] = destination_text(&all->items[i]);
	}
	measure_words(a, id, words, words != NULL ? all->count : 0);
}

static bool has_retired(const struct destinations *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].retired != NULL) {
			return true;
		}
	}
	return false;
}

static void measure_reports(struct assessment *a, const struct dmarc_view *view)
{
	measure_number(a, MEASURE_DMARC_RUA, (int64_t)view->rua.count);
	measure_addresses(a, MEASURE_DMARC_RUA_ADDRESSES, &view->rua);
	measure_addresses(a, MEASURE_DMARC_RUF_ADDRESSES, &view->ruf);
	measure_bool(a, MEASURE_DMARC_RETIRED_DESTINATION,
		     has_retired(&view->rua) || has_retired(&view->ruf));
	if (view->has_working_reports == ANSWER_UNKNOWN) {
		measure_unknown(a, MEASURE_DMARC_RUA_WORKING,
				SPAN("the report addresses could not all be looked up"));
	} else {
		measure_bool(a, MEASURE_DMARC_RUA_WORKING, view->has_working_reports == ANSWER_YES);
	}
}

static struct span alignment_word(enum dmarc_alignment alignment)
{
	return alignment == DMARC_STRICT ? SPAN("strict") : SPAN("relaxed");
}

static void measure_record(struct assessment *a, const struct dmarc_view *view)
{
	const struct dmarc_record *record = view->record;
	measure_bool(a, MEASURE_DMARC_VALID,
		     view->own->kind != DMARC_STEP_SEVERAL && record->problems.error_count == 0 &&
			     dmarc_record_is_usable(record));
	measure_number(a, MEASURE_DMARC_PCT, record->pct);
	measure_word(a, MEASURE_DMARC_ADKIM, alignment_word(record->adkim));
	measure_word(a, MEASURE_DMARC_ASPF, alignment_word(record->aspf));
	measure_bool(a, MEASURE_DMARC_TESTING, record->is_testing);
	measure_bool(a, MEASURE_DMARC_REMOVED_TAGS,
		     record->has_pct || record->has_rf || record->has_ri);
	measure_reports(a, view);
}

void dmarc_measure(struct assessment *a, const struct dmarc_view *view)
{
	measure_policies(a, view);
	measure_sp_weaker(a, view);
	if (view->record != NULL) {
		measure_record(a, view);
	} else {
		measure_without_record(a, view);
	}
}

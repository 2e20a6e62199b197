/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DKIM: tags of a key record put right, records that must go, the empty key for all selectors. */
#include "advise/builder.h"
#include "advise/record.h"
#include "advise/tag_draft.h"
#include "assess/dkim.h"
#include "records/name.h"

static bool is_there(const struct dkim_selector *selector)
{
	return selector->state != DKIM_SELECTOR_NONE && selector->state != DKIM_SELECTOR_WILDCARD &&
	       selector->state != DKIM_SELECTOR_UNKNOWN;
}

/* The selector a finding is about; NULL when it is about none that was tried. */
static const struct dkim_selector *find_selector(const struct assessment *a, struct span name)
{
	for (size_t i = 0; a->dkim != NULL && i < a->dkim->selector_count; i++) {
		const struct dkim_selector *selector = &a->dkim->selectors[i];
		if (is_there(selector) && span_equal(selector->name, name)) {
			return selector;
		}
	}
	return NULL;
}

/* --- tags --- */

/* t=y:s -> t=s: the key is no longer marked as a test. */
static void drop_test_flag(struct tag_draft *draft)
{
	struct tag_draft_item *flags = tag_draft_find(draft, SPAN("t"));
	struct span rest = flags != NULL ? flags->value : SPAN("");
	struct span flag;
	struct span kept = SPAN("");
	while (span_split(&rest, ':', &flag)) {
		flag = span_trim(flag, TEXT_SPACE);
		if (!span_equal_nocase(flag, SPAN("y"))) {
			kept = arena_printf(draft->arena, "%.*s%s%.*s", SPAN_ARG(kept),
					    kept.len > 0 ? ":" : "", SPAN_ARG(flag));
		}
	}
	tag_draft_drop(draft, SPAN("t"));
	if (kept.len > 0) {
		tag_draft_set(draft, SPAN("t"), kept);
	}
}

/* All that findings have against the tags of this record, in one new record. */
static struct span repaired_key(const struct builder *builder, const struct dkim_selector *selector)
{
	struct tag_draft draft = tag_draft_of(builder->arena, &selector->key->tags);
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct finding *finding = builder->findings[i];
		if (!span_equal(finding->subject, selector->name)) {
			continue;
		}
		if (finding->id == FINDING_DKIM_NO_SHA256) {
			tag_draft_drop(&draft, SPAN("h"));
		} else if (finding->id == FINDING_DKIM_NOT_FOR_EMAIL) {
			tag_draft_drop(&draft, SPAN("s"));
		} else if (finding->id == FINDING_DKIM_TESTING) {
			drop_test_flag(&draft);
		}
	}
	if (tag_draft_find(&draft, SPAN("v")) != NULL) {
		tag_draft_place(&draft, 0, SPAN("v"), SPAN("DKIM1"));
	}
	struct span text = tag_draft_write(&draft);
	const struct dkim_key *key = dkim_key_parse(builder->arena, text);
	return key != NULL && key->problems.error_count == 0 ? text : SPAN("");
}

/* Behind a CNAME the record is the provider's: the text says what to ask for. */
bool fix_repair_dkim_record(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct dkim_selector *selector =
			find_selector(builder->a, builder->findings[i]->subject);
		if (selector != NULL && selector->key != NULL && selector->target.len == 0 &&
		    selector->key_record_count == 1) {
			builder_put(builder, selector->name, RR_TXT, selector->key->text,
				    repaired_key(builder, selector));
		}
	}
	return true;
}

/* --- replacement --- */

static bool is_named_before(const struct builder *builder, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (span_equal(builder->findings[i]->subject, builder->findings[at]->subject)) {
			return true;
		}
	}
	return false;
}

/* "key at A", "keys at A, B and C": every one that a finding is about, once. */
bool fix_replace_dkim_key(struct builder *builder)
{
	struct span names = SPAN("");
	struct span last = builder->findings[0]->subject;
	for (size_t i = 1; i < builder->finding_count; i++) {
		if (!is_named_before(builder, i)) {
			names = arena_printf(builder->arena, "%.*s%s%.*s", SPAN_ARG(names),
					     names.len > 0 ? ", " : "", SPAN_ARG(last));
			last = builder->findings[i]->subject;
		}
	}
	bool are_several = names.len > 0;
	builder_arg(builder, SPAN("keys"),
		    arena_printf(builder->arena, "%s at %.*s%s%.*s", are_several ? "keys" : "key",
				 SPAN_ARG(names), are_several ? " and " : "", SPAN_ARG(last)));
	return true;
}

/* --- removal --- */

static void remove_selector(struct builder *builder, const struct dkim_selector *selector)
{
	if (selector->target.len > 0) {
		builder_remove(builder, selector->name, RR_CNAME,
			       arena_printf(builder->arena, "%.*s.", SPAN_ARG(selector->target)));
	} else if (selector->key != NULL) {
		builder_remove(builder, selector->name, RR_TXT, selector->key->text);
	}
}

bool fix_remove_dkim_record(struct builder *builder)
{
	const struct dkim_view *view = builder->a->dkim;
	bool are_all = builder_has(builder, FINDING_DKIM_PARKED_HAS_KEY);
	for (size_t i = 0; are_all && i < view->selector_count; i++) {
		if (view->selectors[i].state == DKIM_SELECTOR_KEY) {
			remove_selector(builder, &view->selectors[i]);
		}
	}
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct dkim_selector *selector =
			find_selector(builder->a, builder->findings[i]->subject);
		if (selector != NULL) {
			remove_selector(builder, selector);
		}
	}
	return true;
}

bool fix_publish_empty_dkim(struct builder *builder)
{
	struct record_change change = record_dkim_revoked_make(builder->arena, builder->a->domain);
	if (change.name.len > 0) {
		builder_add(builder, change);
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC: publish, mend, tighten. */
#include "advise/builder.h"
#include "advise/dmarc_mend.h"
#include "advise/record.h"

/* --- publish --- */

/* The record of a registry the domain stands under: not ours to change. */
static bool is_foreign(const struct assessment *a, const struct dmarc_step *step)
{
	return !span_equal(step->domain, a->domain) &&
	       public_suffix_is(a->options->suffixes, step->domain);
}

bool dmarc_wants_own_record(const struct assessment *a)
{
	const struct dmarc_view *view = a->dmarc;
	return view != NULL && view->holder != NULL && is_foreign(a, view->holder) &&
	       view->own != NULL && view->own->kind == DMARC_STEP_NONE &&
	       view->own->near_miss.len == 0;
}

/* What a registry asks for so far stays as strict for receivers that look there. */
static struct span policy_so_far(const struct assessment *a)
{
	enum dmarc_policy policy =
		dmarc_wants_own_record(a) ? a->dmarc->domain.published : DMARC_POLICY_ABSENT;
	bool is_enforced = policy == DMARC_POLICY_QUARANTINE || policy == DMARC_POLICY_REJECT;
	return span_of_string(dmarc_policy_name(is_enforced ? policy : DMARC_POLICY_NONE));
}

/* Whoever may send begins by watching; a registry says that those below it are not its own. */
static struct span first_record(struct arena *arena, const struct assessment *a)
{
	if (a->kind == DOMAIN_PARKED) {
		return SPAN("v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; "
			    "rua=" RECORD_ADDRESS_TEMPLATE);
	}
	return a->kind == DOMAIN_PUBLIC_SUFFIX
		       ? SPAN("v=DMARC1; p=none; psd=y; rua=" RECORD_ADDRESS_TEMPLATE)
		       : arena_printf(arena, "v=DMARC1; p=%.*s; rua=" RECORD_ADDRESS_TEMPLATE,
				      SPAN_ARG(policy_so_far(a)));
}

bool fix_publish_dmarc(struct builder *builder)
{
	const struct dmarc_step *own = builder->a->dmarc->own;
	builder_put(builder, fact_owner(own->fact, own->name), RR_TXT, SPAN(""),
		    first_record(builder->arena, builder->a));
	builder_arg(builder, SPAN("name"), own->name);
	return builder->a->kind != DOMAIN_NONEXISTENT;
}

/* --- mend --- */

/* What stands at a _dmarc name, of those the assessor came by; NULL when it did not. */
static const struct dmarc_step *find_step(const struct assessment *a, struct span name)
{
	const struct dmarc_walk *walk = a->dmarc != NULL ? a->dmarc->walk : NULL;
	for (size_t i = 0; walk != NULL && i < walk->step_count; i++) {
		if (span_equal(walk->steps[i].name, name)) {
			return &walk->steps[i];
		}
	}
	return NULL;
}

/* Where the fix for a finding goes: for one about the whole domain, to the domain's own record. */
static const struct dmarc_step *step_of(const struct assessment *a, const struct finding *finding)
{
	const struct dmarc_step *step = find_step(a, finding->subject);
	return step == NULL && a->dmarc != NULL ? a->dmarc->own : step;
}

static struct span mended(struct builder *builder, struct span text, bool is_new_to_force)
{
	const struct dmarc_mend mend = {builder->arena, builder->a, is_new_to_force};
	struct tag_draft draft = dmarc_mend_draft(&mend, text);
	return dmarc_mend_write(&draft);
}

/* None of several records counts: one takes the place of all, as weak as the weakest. */
static void join_records(struct builder *builder, const struct dmarc_step *step)
{
	const struct dmarc_mend mend = {builder->arena, builder->a, /* is_new_to_force: */ false};
	struct tag_draft draft = dmarc_mend_draft(&mend, step->texts[0]);
	for (size_t i = 1; i < step->text_count; i++) {
		struct tag_draft other = dmarc_mend_draft(&mend, step->texts[i]);
		dmarc_mend_join(&mend, &draft, &other);
	}
	struct span value = dmarc_mend_write(&draft);
	if (value.len == 0) {
		return;
	}
	builder_add(builder, (struct record_change){.action = RECORD_REPLACE,
						    .name = fact_owner(step->fact, step->name),
						    .type = RR_TXT,
						    .value = value,
						    .old_value = step->texts[0]});
	for (size_t i = 1; i < step->text_count; i++) {
		builder_remove(builder, fact_owner(step->fact, step->name), RR_TXT, step->texts[i]);
	}
}

static void mend_step(struct builder *builder, const struct dmarc_step *step)
{
	if (is_foreign(builder->a, step)) {
		return;
	}
	if (step->kind == DMARC_STEP_SEVERAL) {
		join_records(builder, step);
	} else if (step->record != NULL) {
		builder_put(builder, fact_owner(step->fact, step->name), RR_TXT, step->record->text,
			    mended(builder, step->record->text, /* is_new_to_force: */ false));
	} else if (step->near_miss.len > 0) {
		builder_put(builder, fact_owner(step->fact, step->name), RR_TXT, step->near_miss,
			    mended(builder, step->near_miss, /* is_new_to_force: */ true));
	} else if (step->kind == DMARC_STEP_NONE) {
		builder_put(builder, fact_owner(step->fact, step->name), RR_TXT, SPAN(""),
			    mended(builder, first_record(builder->arena, builder->a),
				   /* is_new_to_force: */ true));
	}
}

bool fix_repair_dmarc(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct dmarc_step *step = step_of(builder->a, builder->findings[i]);
		if (step != NULL) {
			mend_step(builder, step);
		}
	}
	return true;
}

bool fix_authorise_report_destination(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		struct span name = finding_value(builder->findings[i], SPAN("permission"));
		if (name.len > 0) {
			builder_put(builder, name, RR_TXT, SPAN(""), SPAN("v=DMARC1"));
		}
	}
	return true;
}

/* --- tighten --- */

/* The record as it stands once an earlier fix is done. */
static struct span record_before(struct builder *builder, const struct dmarc_step *step)
{
	static const enum fix_id earlier[] = {FIX_REPAIR_DMARC, FIX_REPLACE_REPORT_ADDRESS,
					      FIX_ADD_REPORT_ADDRESS};
	for (size_t i = 0; i < sizeof(earlier) / sizeof(earlier[0]); i++) {
		if (assessment_leads_to(builder->a, earlier[i])) {
			struct span value = mended(builder, step->record->text,
						   /* is_new_to_force: */ false);
			return value.len > 0 ? value : step->record->text;
		}
	}
	return step->record->text;
}

bool fix_tighten_dmarc(struct builder *builder)
{
	const struct dmarc_mend mend = {builder->arena, builder->a, /* is_new_to_force: */ false};
	const struct dmarc_step *step = find_step(builder->a, builder->findings[0]->subject);
	if (step == NULL || step->record == NULL || is_foreign(builder->a, step)) {
		return false;
	}
	struct span before = record_before(builder, step);
	struct problems problems = {0};
	struct tag_list list = tag_list_parse(builder->arena, before, &problems);
	struct tag_draft draft = tag_draft_of(builder->arena, &list);
	builder_arg(builder, SPAN("now"), dmarc_mend_strength(&draft));
	dmarc_mend_tighten(&mend, &draft);
	builder_arg(builder, SPAN("next"), dmarc_mend_strength(&draft));
	struct span value = dmarc_mend_write(&draft);
	if (value.len > 0) {
		builder_put(builder, fact_owner(step->fact, step->name), RR_TXT, before, value);
	}
	return true;
}

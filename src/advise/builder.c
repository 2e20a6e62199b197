/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What all builders of fixes use. */
#include "advise/builder.h"

#define BUILDER_MAX_ARGS 24

static bool is_same(const struct record_change *one, const struct record_change *other)
{
	return one->action == other->action && one->type == other->type &&
	       span_equal(one->name, other->name) && span_equal(one->value, other->value) &&
	       span_equal(one->old_value, other->old_value);
}

void builder_add(struct builder *builder, struct record_change change)
{
	bool is_empty = change.value.len == 0 && change.action != RECORD_REMOVE;
	for (size_t i = 0; i < builder->changes.len; i++) {
		if (is_same(VECTOR_AT(&builder->changes, struct record_change, i), &change)) {
			return;
		}
	}
	struct record_change *slot =
		is_empty ? NULL
			 : VECTOR_PUSH(&builder->changes, builder->arena, struct record_change,
				       (size_t)FIX_MAX_RECORDS);
	if (slot != NULL) {
		*slot = change;
		slot->is_template = record_value_is_template(change.value);
	}
}

void builder_put(struct builder *builder, struct span name, uint16_t type, struct span old_value,
		 struct span value)
{
	if (!span_equal(old_value, value)) {
		enum record_action action = old_value.len > 0 ? RECORD_REPLACE : RECORD_PUBLISH;
		builder_add(builder, (struct record_change){.action = action,
							    .name = name,
							    .type = type,
							    .value = value,
							    .old_value = old_value});
	}
}

void builder_put_single(struct builder *builder, const struct txt_records *found, struct span value)
{
	if (value.len == 0) {
		return;
	}
	struct span name = fact_owner(found->fact, found->name);
	struct span old = found->count > 0 ? found->texts[0] : found->near_miss;
	builder_put(builder, name, RR_TXT, old, value);
	for (size_t i = 1; i < found->count; i++) {
		builder_remove(builder, name, RR_TXT, found->texts[i]);
	}
}

void builder_remove(struct builder *builder, struct span name, uint16_t type, struct span value)
{
	builder_add(builder, (struct record_change){.action = RECORD_REMOVE,
						    .name = name,
						    .type = type,
						    .old_value = value});
}

void builder_arg(struct builder *builder, struct span name, struct span value)
{
	struct template_arg *arg = VECTOR_PUSH(&builder->args, builder->arena, struct template_arg,
					       (size_t)BUILDER_MAX_ARGS);
	if (arg != NULL) {
		*arg = (struct template_arg){name, value};
	}
}

bool builder_has(const struct builder *builder, enum finding_id id)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		if (builder->findings[i]->id == id) {
			return true;
		}
	}
	return false;
}

struct span finding_seen(const struct finding *finding, struct span prefix)
{
	/* finding.h cuts evidence at about 2000 octets */
	const size_t surely_whole = 1900;
	struct span seen = finding->evidence.len > 0
				   ? *VECTOR_AT(&finding->evidence, struct span, 0)
				   : SPAN("");
	bool is_whole = seen.len <= surely_whole && span_starts_with(seen, prefix);
	return is_whole ? span_from(seen, prefix.len) : SPAN("");
}

bool assessment_leads_to(const struct assessment *a, enum fix_id id)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		if (finding_at(a, i)->guidance->fix == id) {
			return true;
		}
	}
	return false;
}

bool assessment_is_publishable(const struct assessment *a)
{
	return a->kind != DOMAIN_NONEXISTENT && a->alias.len == 0;
}

struct span fact_owner(const struct fact *fact, struct span name)
{
	bool is_alias = fact != NULL && fact->dns != NULL && fact->dns->cname_count > 0;
	return is_alias ? fact->dns->cnames[fact->dns->cname_count - 1] : name;
}

bool assessment_is_silent(const struct assessment *a)
{
	return a->kind == DOMAIN_PARKED || a->kind == DOMAIN_UNDECLARED;
}

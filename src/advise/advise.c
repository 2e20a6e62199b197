/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From findings to fixes: gather, merge, build, fill the texts, put in order. */
#include "advise/builder.h"

struct fix_row {
	bool (*build)(struct builder *builder); /* NULL: text only */
	/*
	 * Fixes that would replace the same record: when more than one is called for they become
	 * this one, so that the record is replaced once.
	 */
	enum fix_id merges_into;
};

static const struct fix_row fix_rows[FIX_COUNT] = {
	[FIX_PUBLISH_SPF] = {fix_publish_spf, FIX_PARK_DOMAIN},
	[FIX_REPAIR_SPF] = {fix_repair_spf, FIX_REPAIR_SPF},
	[FIX_REMOVE_TAKEOVER_INCLUDE] = {fix_repair_spf, FIX_REPAIR_SPF},
	[FIX_REDUCE_SPF_LOOKUPS] = {NULL, FIX_NONE},
	[FIX_TIGHTEN_SPF_ALL] = {fix_tighten_spf_all, FIX_NONE},
	[FIX_REMOVE_SPF_TYPE99] = {fix_remove_spf_type99, FIX_NONE},
	[FIX_PUBLISH_DMARC] = {fix_publish_dmarc, FIX_PARK_DOMAIN},
	[FIX_REPAIR_DMARC] = {fix_repair_dmarc, FIX_REPAIR_DMARC},
	[FIX_REPLACE_REPORT_ADDRESS] = {fix_repair_dmarc, FIX_REPAIR_DMARC},
	[FIX_ADD_REPORT_ADDRESS] = {fix_repair_dmarc, FIX_REPAIR_DMARC},
	[FIX_AUTHORISE_REPORT_DESTINATION] = {fix_authorise_report_destination, FIX_NONE},
	[FIX_TIGHTEN_DMARC] = {fix_tighten_dmarc, FIX_NONE},
	[FIX_PUBLISH_DKIM] = {NULL, FIX_NONE},
	[FIX_REPLACE_DKIM_KEY] = {fix_replace_dkim_key, FIX_NONE},
	[FIX_REPAIR_DKIM_RECORD] = {fix_repair_dkim_record, FIX_NONE},
	[FIX_REMOVE_DKIM_RECORD] = {fix_remove_dkim_record, FIX_NONE},
	[FIX_PUBLISH_EMPTY_DKIM] = {fix_publish_empty_dkim, FIX_PARK_DOMAIN},
	[FIX_REPAIR_MX] = {fix_repair_mx, FIX_NONE},
	[FIX_PUBLISH_NULL_MX] = {fix_publish_null_mx, FIX_PARK_DOMAIN},
	[FIX_PARK_DOMAIN] = {fix_park_domain, FIX_PARK_DOMAIN},
	[FIX_PUBLISH_TLS_RPT] = {fix_publish_tls_rpt, FIX_NONE},
	[FIX_REPAIR_TLS_RPT] = {fix_repair_tls_rpt, FIX_NONE},
	[FIX_PUBLISH_MTA_STS] = {fix_publish_mta_sts, FIX_NONE},
	[FIX_REPAIR_MTA_STS] = {fix_repair_mta_sts, FIX_NONE},
	[FIX_REPLACE_MTA_STS_POLICY] = {fix_replace_mta_sts_policy, FIX_ENFORCE_MTA_STS},
	[FIX_ENFORCE_MTA_STS] = {fix_enforce_mta_sts, FIX_ENFORCE_MTA_STS},
	[FIX_REPAIR_BIMI] = {fix_repair_bimi, FIX_NONE},
	[FIX_REPAIR_DNSSEC] = {NULL, FIX_NONE},
	[FIX_SIGN_ZONE] = {NULL, FIX_NONE},
};

/* The findings that lead to each fix. */
struct gathering {
	struct arena *arena;
	const struct assessment *a;
	struct vector by_fix[FIX_COUNT]; /* of const struct finding * */
};

static void gather_one(struct gathering *gathering, enum fix_id id, const struct finding *finding)
{
	const struct finding **slot = VECTOR_PUSH(&gathering->by_fix[id], gathering->arena,
						  const struct finding *, (size_t)FINDING_MAX);
	if (slot != NULL) {
		*slot = finding;
	}
}

/* Whoever would change a registry's record publishes one of the domain's own. */
static enum fix_id fix_for(const struct assessment *a, const struct finding *finding)
{
	enum fix_id id = finding->guidance->fix;
	bool is_change = id == FIX_REPAIR_DMARC || id == FIX_REPLACE_REPORT_ADDRESS ||
			 id == FIX_ADD_REPORT_ADDRESS || id == FIX_TIGHTEN_DMARC;
	return is_change && dmarc_wants_own_record(a) ? FIX_PUBLISH_DMARC : id;
}

/* The rule had reason to call this mere information: then it is no reason to change a record
 * either. */
static bool is_played_down(const struct finding *finding)
{
	return finding->severity < SEVERITY_LOW && finding->guidance->severity >= SEVERITY_LOW;
}

static void gather(struct gathering *gathering)
{
	for (size_t i = 0; i < finding_count(gathering->a); i++) {
		const struct finding *finding = finding_at(gathering->a, i);
		if (finding->guidance->fix != FIX_NONE && !is_played_down(finding)) {
			gather_one(gathering, fix_for(gathering->a, finding), finding);
		}
	}
}

static void move_findings(struct gathering *gathering, enum fix_id from, enum fix_id to)
{
	for (size_t i = 0; i < gathering->by_fix[from].len; i++) {
		gather_one(gathering, to,
			   *VECTOR_AT(&gathering->by_fix[from], const struct finding *, i));
	}
	gathering->by_fix[from].len = 0;
}

/* A domain that may send is never told to park. */
static bool may_merge_into(const struct gathering *gathering, enum fix_id leader)
{
	return leader != FIX_PARK_DOMAIN || assessment_is_silent(gathering->a);
}

static void merge(struct gathering *gathering, enum fix_id leader)
{
	size_t called = 0;
	for (size_t id = 0; id < FIX_COUNT; id++) {
		called += fix_rows[id].merges_into == leader && gathering->by_fix[id].len > 0;
	}
	if (called < 2 || !may_merge_into(gathering, leader)) {
		return;
	}
	for (size_t id = 0; id < FIX_COUNT; id++) {
		if (fix_rows[id].merges_into == leader && id != leader) {
			move_findings(gathering, (enum fix_id)id, leader);
		}
	}
}

/* --- building --- */

static enum severity worst_of(const struct fix *fix)
{
	enum severity worst = SEVERITY_GOOD;
	for (size_t i = 0; i < fix->finding_count; i++) {
		enum severity severity = fix->findings[i]->severity;
		worst = severity > worst ? severity : worst;
	}
	return worst;
}

static struct span fill(const struct builder *builder, struct span text)
{
	return template_fill(builder->arena, text, builder->args.items, builder->args.len, NULL);
}

/* False when the fix does not fit the domain, or is not worth doing. */
static bool build(struct gathering *gathering, enum fix_id id, struct fix *fix)
{
	struct builder builder = {
		.arena = gathering->arena,
		.a = gathering->a,
		.findings = gathering->by_fix[id].items,
		.finding_count = gathering->by_fix[id].len,
	};
	builder_arg(&builder, SPAN("domain"), gathering->a->unicode);
	builder_arg(&builder, SPAN("subject"), builder.findings[0]->subject);
	if (fix_rows[id].build != NULL && !fix_rows[id].build(&builder)) {
		return false;
	}
	const struct fix_text *text = fix_text_get(id);
	*fix = (struct fix){
		.id = id,
		.text = text,
		.title = fill(&builder, text->title),
		.action = fill(&builder, text->action),
		.warning = fill(&builder, text->warning),
		.verify = fill(&builder, text->verify),
		.changes = builder.changes.items,
		.change_count = builder.changes.len,
		.findings = builder.findings,
		.finding_count = builder.finding_count,
	};
	fix->severity = worst_of(fix);
	/* What is only worth knowing makes no work, unless it is as easy as publishing a record. */
	return fix->severity >= SEVERITY_LOW || fix->change_count > 0;
}

/* Lower order first; equal ones stay in the order of their ids. */
static void insert_in_order(struct advice *advice, struct fix fix)
{
	size_t i = advice->fix_count++;
	for (; i > 0 && advice->fixes[i - 1].text->order > fix.text->order; i--) {
		advice->fixes[i] = advice->fixes[i - 1];
	}
	advice->fixes[i] = fix;
}

struct advice *advise(struct arena *arena, const struct assessment *assessment)
{
	struct gathering gathering = {.arena = arena, .a = assessment};
	struct advice *advice = arena_alloc(arena, sizeof(*advice));
	struct fix *fixes = arena_alloc(arena, FIX_COUNT * sizeof(*fixes));
	if (advice == NULL || fixes == NULL) {
		return NULL;
	}
	advice->fixes = fixes;
	gather(&gathering);
	for (size_t id = 0; id < FIX_COUNT; id++) {
		if (fix_rows[id].merges_into == (enum fix_id)id && id != FIX_NONE) {
			merge(&gathering, (enum fix_id)id);
		}
	}
	for (size_t id = 0; id < FIX_COUNT; id++) {
		struct fix fix;
		if (gathering.by_fix[id].len > 0 && build(&gathering, (enum fix_id)id, &fix)) {
			insert_in_order(advice, fix);
		}
	}
	return arena_has_failed(arena) ? NULL : advice;
}

const struct fix *advice_for(const struct advice *advice, const struct finding *finding)
{
	for (size_t i = 0; i < advice->fix_count; i++) {
		const struct fix *fix = &advice->fixes[i];
		for (size_t k = 0; k < fix->finding_count; k++) {
			if (fix->findings[k] == finding) {
				return fix;
			}
		}
	}
	return NULL;
}

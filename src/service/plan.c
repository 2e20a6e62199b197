/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Where a domain stands on its way to reject, and what comes next. */
#include "service/plan.h"

#include "advise/tag_draft.h"

/* A sender blocks when so much of its mail fails: some breakage on the way is everyday. */
#define BLOCK_MESSAGES 3
#define BLOCK_PERCENT 1
/* All legitimate mail together. */
#define BLOCK_TOTAL_PERMILLE 5
/* An unknown source of some weight must be asked about first. */
#define BLOCK_UNKNOWN_MESSAGES 10

static enum dmarc_policy policy_of_word(struct span word)
{
	static const enum dmarc_policy policies[] = {DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
						     DMARC_POLICY_REJECT};
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (span_equal(word, span_of_string(dmarc_policy_name(policies[i])))) {
			return policies[i];
		}
	}
	return DMARC_POLICY_ABSENT;
}

static enum dmarc_policy stored_policy(const struct published_policy *policy, struct span tag)
{
	return policy_of_word(stored_policy_tag(policy->text, tag));
}

/* The policy has been what it is since the last sight of another one. */
static void find_since(struct plan *plan)
{
	const struct senders_report *senders = plan->senders;
	int64_t first = 0;
	int64_t other = 0;
	for (size_t i = 0; i < senders->policies.len; i++) {
		const struct published_policy *policy =
			VECTOR_AT(&senders->policies, const struct published_policy, i);
		if (!span_equal(policy->domain, senders->scope.domain)) {
			continue;
		}
		if (stored_policy(policy, SPAN("p")) != plan->policy) {
			other = policy->last_at > other ? policy->last_at : other;
		} else if (first == 0 || policy->first_at < first) {
			first = policy->first_at;
		}
	}
	plan->since = other > first ? other : first;
	plan->days_at_policy = (senders->now - plan->since) / STORE_DAY_SECONDS;
}

static void read_stored_policy(struct plan *plan)
{
	const struct published_policy *newest = senders_newest_policy(plan->senders);
	if (newest == NULL) {
		return;
	}
	plan->policy = stored_policy(newest, SPAN("p"));
	plan->subdomain_policy = stored_policy(newest, SPAN("sp"));
	uint64_t pct;
	struct span text = stored_policy_tag(newest->text, SPAN("pct"));
	if (number_parse_decimal(text, 100, &pct) && pct < 100) {
		plan->has_pct = true;
		plan->pct = (unsigned)pct;
	}
	find_since(plan);
}

/* What is published now counts, whatever was reported last. */
static void read_published(struct plan *plan, const struct dmarc_record *record)
{
	if (record == NULL || !dmarc_record_is_usable(record)) {
		return;
	}
	enum dmarc_policy policy = dmarc_record_policy(record);
	if (policy != plan->policy) {
		plan->policy = policy;
		plan->since = plan->senders->now;
		plan->days_at_policy = 0;
	}
	plan->subdomain_policy = dmarc_record_subdomain_policy(record);
	plan->has_pct = record->has_pct && record->pct < 100;
	plan->pct = record->pct;
}

static bool is_blocker(const struct sender *sender)
{
	if (sender->class == MAIL_UNKNOWN) {
		return sender->failing >= BLOCK_UNKNOWN_MESSAGES;
	}
	return sender->class == MAIL_LEGITIMATE && sender->failing >= BLOCK_MESSAGES &&
	       sender->failing * 100 >= BLOCK_PERCENT * sender->messages;
}

static int find_blockers(struct plan *plan, struct failure *reterr)
{
	struct senders_report *senders = plan->senders;
	const struct class_total *total = &senders->classes[MAIL_LEGITIMATE];
	bool is_too_much = total->failing * 1000 > BLOCK_TOTAL_PERMILLE * total->messages;
	plan->blockers =
		arena_alloc(senders->arena, (senders->sender_count + 1) * sizeof(*plan->blockers));
	if (plan->blockers == NULL) {
		return failure_set_memory(reterr, "plan");
	}
	for (size_t i = 0; i < senders->sender_count; i++) {
		const struct sender *sender = senders->senders[i];
		bool adds_up = is_too_much && sender->class == MAIL_LEGITIMATE &&
			       sender->failing >= BLOCK_MESSAGES;
		if (is_blocker(sender) || adds_up) {
			plan->blockers[plan->blocker_count++] = sender;
		}
	}
	return 0;
}

/* Whole square root, rounded up. */
static uint64_t root_above(uint64_t n)
{
	uint64_t root = 0;
	for (uint64_t bit = UINT64_C(1) << 31; bit > 0; bit >>= 1) {
		if ((root | bit) <= n / (root | bit)) {
			root |= bit;
		}
	}
	return root * root < n ? root + 1 : root;
}

/* Upper 95 % bound of a share: with k of n failing about (k + 3 + 2 * root of k) / n, which is the
 * well-known 3 / n when none fails. */
static unsigned loss_bound(const struct class_total *total)
{
	if (total->messages == 0) {
		return 10000;
	}
	uint64_t bound = total->failing + 3 + 2 * root_above(total->failing);
	uint64_t share = bound > UINT64_MAX / 10000 ? 10000 : bound * 10000 / total->messages;
	return share > 10000 ? 10000 : (unsigned)share;
}

static int64_t dwell_days(const struct plan *plan)
{
	return plan->policy == DMARC_POLICY_QUARANTINE
		       ? (plan->has_pct ? PLAN_QUARANTINE_DAYS : PLAN_REJECT_DAYS)
		       : PLAN_NONE_DAYS;
}

static enum dmarc_policy next_policy(const struct plan *plan)
{
	switch (plan->policy) {
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		return DMARC_POLICY_NONE;
	case DMARC_POLICY_NONE:
		return DMARC_POLICY_QUARANTINE;
	case DMARC_POLICY_QUARANTINE:
		/* First all of it, then more. */
		return plan->has_pct ? DMARC_POLICY_QUARANTINE : DMARC_POLICY_REJECT;
	case DMARC_POLICY_REJECT:
		return DMARC_POLICY_ABSENT;
	}
	return DMARC_POLICY_ABSENT;
}

static bool is_silent(const struct senders_report *senders)
{
	return senders->last_report_at > 0 && senders->now - senders->last_report_at >
						      (int64_t)PLAN_SILENT_DAYS * STORE_DAY_SECONDS;
}

static bool is_too_few(const struct plan *plan)
{
	return plan->days_with_data < PLAN_MIN_DAYS ||
	       plan->senders->messages < PLAN_MIN_MESSAGES ||
	       plan->reporter_count < PLAN_MIN_REPORTERS || plan->senders->left_out > 0;
}

static enum plan_advice choose(const struct plan *plan)
{
	if (plan->senders->last_report_at == 0 || plan->policy == DMARC_POLICY_ABSENT) {
		return PLAN_NO_DATA;
	}
	if (is_silent(plan->senders)) {
		return PLAN_SILENT;
	}
	if (plan->blocker_count > 0) {
		return PLAN_FIX;
	}
	if (plan->policy == DMARC_POLICY_REJECT) {
		return PLAN_KEEP;
	}
	if (is_too_few(plan)) {
		return PLAN_TOO_FEW;
	}
	return plan->days_at_policy < dwell_days(plan) ? PLAN_DWELL : PLAN_STEP;
}

/* Nothing else of it changes, sp of subdomains neither; but what holds a policy back (pct, t) would
 * undo the step. */
static struct span stepped_text(struct arena *arena, const struct dmarc_record *published,
				enum dmarc_policy policy)
{
	struct tag_draft draft = tag_draft_of(arena, &published->tags);
	tag_draft_set(&draft, SPAN("p"), span_of_string(dmarc_policy_name(policy)));
	tag_draft_drop(&draft, SPAN("pct"));
	tag_draft_drop(&draft, SPAN("t"));
	return tag_draft_write(&draft);
}

/* The record as it is published with the next policy; a template where none is known. */
static int make_record(struct plan *plan, const struct dmarc_record *published,
		       struct failure *reterr)
{
	static const struct span template = SPAN_INIT(RECORD_ADDRESS_TEMPLATE);
	struct arena *arena = plan->senders->arena;
	const struct published_policy *newest = senders_newest_policy(plan->senders);
	struct record_dmarc_wish wish = {
		.domain = plan->senders->scope.domain,
		.policy = plan->next_policy,
		.rua = &template,
		.rua_count = 1,
	};
	if (newest != NULL) {
		wish.is_strict =
			span_equal(stored_policy_tag(newest->text, SPAN("adkim")), SPAN("s")) &&
			span_equal(stored_policy_tag(newest->text, SPAN("aspf")), SPAN("s"));
	}
	int r = record_dmarc_make(arena, &wish, &plan->record, reterr);
	if (r == 0 && published != NULL) {
		plan->record.action = RECORD_REPLACE;
		plan->record.old_value = published->text;
		plan->record.is_template = false;
		plan->record.value = stepped_text(arena, published, plan->next_policy);
		r = arena_has_failed(arena) ? failure_set_memory(reterr, "plan") : 0;
	}
	plan->has_record = r == 0;
	return r;
}

static void count_data(struct plan *plan)
{
	const struct senders_report *senders = plan->senders;
	struct map organisations = map_new(senders->arena, senders->reporters.len + 1, 0);
	plan->days_with_data = senders->days.len;
	for (size_t i = 0; i < senders->reporters.len; i++) {
		struct store_reporter *reporter =
			VECTOR_AT(&senders->reporters, struct store_reporter, i);
		struct span name = senders_reporter_organisation(senders, reporter);
		bool is_new = reporter->kind == STORE_AGGREGATE &&
			      map_get(&organisations, name) == NULL &&
			      map_put(&organisations, name, reporter);
		plan->reporter_count += is_new ? 1 : 0;
	}
}

int plan_make(struct senders_report *senders, const struct plan_options *options,
	      struct plan *ret_plan, struct failure *reterr)
{
	struct plan plan = {.senders = senders, .what_if = options->what_if};
	read_stored_policy(&plan);
	read_published(&plan, options->published);
	count_data(&plan);
	plan.loss_bound_permyriad = loss_bound(&senders->classes[MAIL_LEGITIMATE]);
	int r = find_blockers(&plan, reterr);
	if (r < 0) {
		return r;
	}
	plan.advice = choose(&plan);
	/* Without a report nothing is known of what the next policy would stop. */
	bool is_blind = plan.advice == PLAN_NO_DATA && plan.policy != DMARC_POLICY_ABSENT;
	plan.next_policy = is_blind ? DMARC_POLICY_ABSENT : next_policy(&plan);
	plan.earliest = plan.since + dwell_days(&plan) * STORE_DAY_SECONDS;
	if (plan.next_policy != DMARC_POLICY_ABSENT) {
		r = make_record(&plan, options->published, reterr);
	}
	*ret_plan = plan;
	return r;
}

const char *plan_advice_name(enum plan_advice advice)
{
	static const char *const names[] = {
		[PLAN_NO_DATA] = "no-data", [PLAN_SILENT] = "silent", [PLAN_TOO_FEW] = "too-few",
		[PLAN_FIX] = "fix",	    [PLAN_DWELL] = "wait",    [PLAN_STEP] = "step",
		[PLAN_KEEP] = "keep",
	};
	return names[advice];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS: the record, and the policy file that goes with it. */
#include "advise/builder.h"
#include "advise/record.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
#include "records/name.h"

/* A day is enough while it is tried out; RFC 8461 3.2 asks for weeks once it is enforced. */
#define TESTING_AGE_S 86400
#define ENFORCED_AGE_S 1209600
/* Patterns of a present policy that are taken over. */
#define MAX_PATTERNS 32

/* --- mail hosts --- */

struct hosts {
	struct span names[MAX_PATTERNS + MX_MAX_HOSTS];
	size_t count;
};

/* RFC 8461 4.1: the "*" of a pattern stands for exactly one label */
static bool matches(const struct mta_sts_mx *pattern, struct span host)
{
	struct span compared = pattern->is_wildcard ? name_parent(host) : host;
	return pattern->is_valid && span_equal(compared, pattern->name);
}

static bool is_used(const struct mx_view *mx, const struct mta_sts_mx *pattern)
{
	for (size_t i = 0; i < mx->host_count; i++) {
		if (matches(pattern, mx->hosts[i].name)) {
			return true;
		}
	}
	return false;
}

static bool is_covered(const struct mta_sts_policy *policy, struct span host)
{
	for (size_t i = 0; policy != NULL && i < policy->mx_count && i < MAX_PATTERNS; i++) {
		if (matches(&policy->mx[i], host)) {
			return true;
		}
	}
	return false;
}

/* The patterns in use, then the mail hosts that none of them names. */
static struct hosts hosts_of(const struct builder *builder)
{
	const struct mx_view *mx = builder->a->mx;
	const struct mta_sts_policy *policy = builder->a->mta_sts->policy;
	struct hosts hosts = {0};
	for (size_t i = 0; policy != NULL && i < policy->mx_count && i < MAX_PATTERNS; i++) {
		const struct mta_sts_mx *pattern = &policy->mx[i];
		if (is_used(mx, pattern)) {
			hosts.names[hosts.count++] = arena_printf(builder->arena, "%s%.*s",
								  pattern->is_wildcard ? "*." : "",
								  SPAN_ARG(pattern->name));
		}
	}
	for (size_t i = 0; i < mx->host_count; i++) {
		if (!is_covered(policy, mx->hosts[i].name)) {
			hosts.names[hosts.count++] = mx->hosts[i].name;
		}
	}
	return hosts;
}

/* --- record and policy --- */

/* The policy file as an indented block of Markdown. */
static struct span indented(struct arena *arena, struct span policy)
{
	struct span text = SPAN("");
	struct span line;
	while (span_split(&policy, '\n', &line)) {
		line = span_trim(line, TEXT_SPACE);
		if (line.len > 0) {
			text = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(text),
					    text.len > 0 ? "\n    " : "", SPAN_ARG(line));
		}
	}
	return text;
}

/* The present policy's time where that is long enough. */
static uint64_t max_age_of(const struct assessment *a, enum mta_sts_mode mode)
{
	const struct mta_sts_policy *policy = a->mta_sts->policy;
	uint64_t least = mode == MTA_STS_MODE_ENFORCE ? ENFORCED_AGE_S : TESTING_AGE_S;
	bool is_long_enough = policy != NULL && policy->has_max_age && policy->max_age_s >= least;
	return is_long_enough ? policy->max_age_s : least;
}

/* A record with a new id in the place of what is there. False when none can be made. */
static bool put_record(struct builder *builder, const struct record_mta_sts_wish *wish,
		       struct span *ret_policy)
{
	struct record_change change;
	struct failure failure;
	if (record_mta_sts_make(builder->arena, wish, &change, ret_policy, &failure) < 0) {
		return false;
	}
	builder_put_single(builder, &builder->a->mta_sts->found, change.value);
	return true;
}

/* The record, and the policy into the text. False when there is no mail host. */
static bool put_policy(struct builder *builder, enum mta_sts_mode mode)
{
	struct hosts hosts = hosts_of(builder);
	const struct record_mta_sts_wish wish = {
		.domain = builder->a->domain,
		.mode = mode,
		.mx = hosts.names,
		.mx_count = hosts.count,
		.max_age_s = max_age_of(builder->a, mode),
		.now = builder->a->options->now,
	};
	struct span policy;
	if (!put_record(builder, &wish, &policy)) {
		return false;
	}
	builder_arg(builder, SPAN("policy"), indented(builder->arena, policy));
	return true;
}

bool fix_publish_mta_sts(struct builder *builder)
{
	return put_policy(builder, MTA_STS_MODE_TESTING);
}

/* A policy that works stays enforced; one that never did is tried out first. */
bool fix_replace_mta_sts_policy(struct builder *builder)
{
	bool is_enforced = builder->a->mta_sts->mode == MTA_STS_MODE_ENFORCE;
	return put_policy(builder, is_enforced ? MTA_STS_MODE_ENFORCE : MTA_STS_MODE_TESTING);
}

bool fix_enforce_mta_sts(struct builder *builder)
{
	return put_policy(builder, MTA_STS_MODE_ENFORCE);
}

/* A new id: senders fetch the policy again, whichever they have. */
bool fix_repair_mta_sts(struct builder *builder)
{
	const struct record_mta_sts_wish wish = {
		.domain = builder->a->domain,
		.mode = MTA_STS_MODE_NONE,
		.now = builder->a->options->now,
	};
	struct span policy;
	return put_record(builder, &wish, &policy);
}

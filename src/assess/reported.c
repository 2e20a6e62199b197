/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges what reports say against what is published. */
#include "assess/reported.h"

#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/dmarc_rules.h"
#include "assess/finding.h"
#include "discovery/discovery.h"

#define DAY_SECONDS 86400
/* One broken message in a hundred is everyday; three of them are a pattern. */
#define FAILING_MESSAGES REPORTED_FAILING_MESSAGES
#define FAILING_PERCENT 1
/* Mail Check's steps: below 50 a trickle, above 500 a campaign. */
#define SPOOFED_SOME 50
#define SPOOFED_MANY 500
/* Fewer say little about what all is well. */
#define GOOD_MESSAGES 100
/* Each costs a walk up the tree. */
#define SUBDOMAINS_ASKED 20

typedef unsigned long long count;

const struct reported *reported_of(const struct assessment *a)
{
	const struct fact *fact =
		facts_get(a->inquiry->facts, (struct fact_key){FACT_REPORTED, 0, a->domain});
	return fact != NULL ? fact->reported : NULL;
}

static struct span day_of(struct assessment *a, int64_t time)
{
	return arena_printf(a->arena, "%.10s", time_format(time).text);
}

static struct finding *add(struct assessment *a, enum finding_id id)
{
	return finding_add(a, id, a->domain);
}

/* ---- DMARC ---- */

/* Who asks nobody for reports is told so elsewhere. */
static void report_silence(struct assessment *a, const struct reported *reported)
{
	if (!reported_is_silent(a, reported) || a->dmarc == NULL ||
	    a->dmarc->has_working_reports == ANSWER_NO) {
		return;
	}
	struct finding *finding = add(a, FINDING_DMARC_REPORTS_SILENT);
	finding_arg(a, finding, "date", "%.*s", SPAN_ARG(day_of(a, reported->last_at)));
	finding_arg(a, finding, "days", "%lld",
		    (long long)((a->options->now - reported->last_at) / DAY_SECONDS));
}

static void report_spoofing(struct assessment *a, const struct reported *reported)
{
	if (reported->spoofed_delivered == 0) {
		return;
	}
	struct finding *finding = add(a, FINDING_DMARC_SPOOFING_DELIVERED);
	finding->severity = reported->spoofed_delivered < SPOOFED_SOME	 ? SEVERITY_INFO
			    : reported->spoofed_delivered < SPOOFED_MANY ? SEVERITY_MEDIUM
									 : SEVERITY_HIGH;
	finding_arg(a, finding, "delivered", "%llu", (count)reported->spoofed_delivered);
	finding_arg(a, finding, "spoofed", "%llu", (count)reported->spoofed);
	finding_arg(a, finding, "from", "%.*s", SPAN_ARG(day_of(a, reported->recent_from)));
}

static bool is_failing(const struct reported_sender *sender)
{
	return sender->failing >= FAILING_MESSAGES &&
	       sender->failing * 100 >= FAILING_PERCENT * sender->messages;
}

/* Mail that is lost today weighs more than mail that would be lost tomorrow. */
static enum severity failing_severity(const struct assessment *a)
{
	bool is_enforced = a->dmarc != NULL && a->dmarc->domain.status == DMARC_APPLIES &&
			   dmarc_policy_rank(a->dmarc->domain.policy) > 0;
	return is_enforced ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

static void report_failing(struct assessment *a, const struct reported *reported)
{
	struct finding *finding = NULL;
	uint64_t messages = 0;
	for (size_t i = 0; i < reported->sender_count; i++) {
		const struct reported_sender *sender = &reported->senders[i];
		if (!reported_sender_is(sender, "legitimate") || !is_failing(sender)) {
			continue;
		}
		finding = finding != NULL ? finding : add(a, FINDING_DMARC_SENDERS_FAILING);
		finding_evidence(a, finding, "%.*s: %llu of %llu messages fail",
				 SPAN_ARG(sender->name), (count)sender->failing,
				 (count)sender->messages);
		messages += sender->failing;
	}
	if (finding != NULL) {
		finding->severity = failing_severity(a);
		finding_arg(a, finding, "messages", "%llu", (count)messages);
	}
}

static void report_unknown(struct assessment *a, const struct reported *reported)
{
	struct finding *finding = NULL;
	for (size_t i = 0; i < reported->sender_count; i++) {
		const struct reported_sender *sender = &reported->senders[i];
		if (reported_sender_is(sender, "unknown") && is_failing(sender)) {
			finding = finding != NULL ? finding : add(a, FINDING_DMARC_SENDERS_UNKNOWN);
			finding_evidence(a, finding, "%.*s: %llu messages", SPAN_ARG(sender->name),
					 (count)sender->messages);
		}
	}
}

static void report_all_well(struct assessment *a, const struct reported *reported)
{
	bool is_well = reported->legitimate >= GOOD_MESSAGES && !reported_is_silent(a, reported) &&
		       reported->legitimate_failing * 100 < FAILING_PERCENT * reported->legitimate;
	if (is_well) {
		struct finding *finding = add(a, FINDING_DMARC_SENDERS_PASS);
		finding_arg(a, finding, "messages", "%llu", (count)reported->legitimate);
		finding_arg(a, finding, "from", "%.*s", SPAN_ARG(day_of(a, reported->recent_from)));
	}
}

/* ---- subdomains ---- */

struct subdomains {
	struct finding *seen;
	struct finding *weaker;
	size_t count;
};

/* Some subdomain's own record may let through what the domain's would stop. */
static void compare_policy(struct assessment *a, const struct reported_name *name,
			   struct subdomains *found)
{
	const struct dmarc_walk *walk = dmarc_walk(a->arena, a->inquiry, name->name);
	if (walk == NULL || a->dmarc == NULL || a->dmarc->domain.status != DMARC_APPLIES) {
		return;
	}
	struct dmarc_applied applied = dmarc_applied_to_start(walk, a->inquiry);
	if (applied.status == DMARC_UNKNOWN && applied.unknown != NULL) {
		unknown_add(a, CONTROL_DMARC, applied.unknown);
		return;
	}
	if (dmarc_policy_rank(applied.policy) >= dmarc_policy_rank(a->dmarc->domain.policy)) {
		return;
	}
	if (found->weaker == NULL) {
		found->weaker = add(a, FINDING_DMARC_SUBDOMAINS_WEAKER);
		finding_arg(a, found->weaker, "policy", "%.*s",
			    SPAN_ARG(dmarc_applied_word(&a->dmarc->domain)));
	}
	finding_evidence(a, found->weaker, "%.*s: policy %.*s, %llu messages, %llu spoofed",
			 SPAN_ARG(name->name), SPAN_ARG(dmarc_applied_word(&applied)),
			 (count)name->messages, (count)name->spoofed);
}

static void report_subdomains(struct assessment *a, const struct reported *reported)
{
	struct subdomains found = {0};
	for (size_t i = 0; i < reported->name_count && found.count < SUBDOMAINS_ASKED; i++) {
		const struct reported_name *name = &reported->names[i];
		bool is_below = name_is_at_or_under(name->name, a->domain) &&
				!span_equal(name->name, a->domain);
		if (!is_below || name->messages == 0) {
			continue;
		}
		found.seen =
			found.seen != NULL ? found.seen : add(a, FINDING_DMARC_SUBDOMAINS_SEEN);
		finding_evidence(a, found.seen, "%.*s: %llu messages, %llu of them fail",
				 SPAN_ARG(name->name), (count)name->messages, (count)name->failing);
		found.count++;
		compare_policy(a, name, &found);
	}
}

/* ---- DKIM ---- */

static const struct dkim_selector *find_selector(const struct dkim_view *dkim, struct span selector)
{
	for (size_t i = 0; dkim != NULL && i < dkim->selector_count; i++) {
		if (span_equal(dkim->selectors[i].selector, selector)) {
			return &dkim->selectors[i];
		}
	}
	return NULL;
}

/* A key that signed until lately and is gone: what it signs now fails. */
static void report_keys(struct assessment *a, const struct reported *reported)
{
	for (size_t i = 0; i < reported->key_count; i++) {
		const struct reported_key *key = &reported->keys[i];
		const struct dkim_selector *selector =
			span_equal(key->domain, a->domain) ? find_selector(a->dkim, key->selector)
							   : NULL;
		if (selector == NULL || key->messages == 0 ||
		    (selector->state != DKIM_SELECTOR_NONE &&
		     selector->state != DKIM_SELECTOR_WILDCARD)) {
			continue;
		}
		struct finding *finding =
			finding_add(a, FINDING_DKIM_REPORTED_KEY_MISSING, selector->name);
		finding_arg(a, finding, "messages", "%llu", (count)key->messages);
		finding_arg(a, finding, "date", "%.*s", SPAN_ARG(day_of(a, key->last_at)));
	}
}

void reported_assess(struct assessment *a)
{
	const struct reported *reported = reported_of(a);
	if (reported == NULL || a->kind == DOMAIN_NONEXISTENT) {
		return;
	}
	report_silence(a, reported);
	report_spoofing(a, reported);
	report_failing(a, reported);
	report_unknown(a, reported);
	report_all_well(a, reported);
	report_subdomains(a, reported);
	reported_assess_spf(a, reported);
	report_keys(a, reported);
	reported_assess_tls(a, reported);
}

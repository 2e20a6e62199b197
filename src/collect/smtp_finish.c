/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The end of a plan: what follows from all answers, and reasons for what stayed open. */
#include "collect/smtp_learn.h"
#include "collect/smtp_plan.h"

static void set_reason(struct probe *probe, enum probe_reason reason)
{
	if (probe->answer == PROBE_UNKNOWN && probe->reason == PROBE_NOT_ASKED) {
		probe->reason = reason;
	}
}

/* Without TLS 1.2 and older there is nothing these could be asked of. */
static void set_reasons_before_tls13(struct smtp_endpoint *endpoint, enum probe_reason reason)
{
	set_reason(&endpoint->prefers_own_suites, reason);
	set_reason(&endpoint->signs_sha1, reason);
	set_reason(&endpoint->signs_sha224, reason);
	set_reason(&endpoint->extended_master_secret, reason);
	set_reason(&endpoint->secure_renegotiation, reason);
	set_reason(&endpoint->encrypt_then_mac, reason);
	set_reason(&endpoint->compression, reason);
	set_reason(&endpoint->heartbeat, reason);
	set_reason(&endpoint->tickets, reason);
	set_reason(&endpoint->client_renegotiation, reason);
}

/* Every probe of an endpoint that a stop may have left open. */
static void set_reasons(struct smtp_endpoint *endpoint, enum probe_reason reason)
{
	set_reasons_before_tls13(endpoint, reason);
	set_reason(&endpoint->injection, reason);
	set_reason(&endpoint->takes_large_hello, reason);
	set_reason(&endpoint->takes_huge_hello, reason);
	set_reason(&endpoint->takes_split_hello, reason);
	set_reason(&endpoint->takes_unknown_version, reason);
	set_reason(&endpoint->sends_internal_error, reason);
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		set_reason(&endpoint->versions[i].is_accepted, reason);
	}
}

static bool is_done(const struct smtp_plan *plan, enum smtp_step step)
{
	return plan->steps[step].state == SMTP_STEP_DONE;
}

static void judge_order(const struct smtp_plan *plan)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	const struct endpoint_version *row = smtp_learn_version(endpoint, plan->base_version);
	if (row->best_first != 0 && row->worst_first != 0) {
		endpoint->prefers_own_suites = probe_of(row->best_first == row->worst_first);
	} else if (is_done(plan, SMTP_STEP_WEAK) && !plan->has_weak) {
		set_reason(&endpoint->prefers_own_suites, PROBE_NOT_APPLICABLE);
	}
}

static void mark_complete(const struct smtp_plan *plan)
{
	static const struct {
		enum smtp_step step;
		uint16_t version;
	} rows[] = {
		{SMTP_STEP_SUITES13, TLS_VERSION_13},
		{SMTP_STEP_SUITES11, TLS_VERSION_11},
		{SMTP_STEP_SUITES10, TLS_VERSION_10},
		{SMTP_STEP_SUITES_SSL3, TLS_VERSION_SSL3},
	};
	struct smtp_endpoint *endpoint = plan->endpoint;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct endpoint_version *row = smtp_learn_version(endpoint, rows[i].version);
		row->is_complete = is_done(plan, rows[i].step);
	}
	bool is_complete = is_done(plan, SMTP_STEP_WEAK) && is_done(plan, SMTP_STEP_GOOD) &&
			   is_done(plan, SMTP_STEP_RARE);
	if (plan->base_version != 0) {
		smtp_learn_version(endpoint, plan->base_version)->is_complete = is_complete;
	}
	endpoint->groups12.is_complete = is_done(plan, SMTP_STEP_GROUPS12);
	endpoint->groups13.is_complete = is_done(plan, SMTP_STEP_GROUPS13);
}

void smtp_plan_finish(struct smtp_plan *plan)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	if (plan->base_version != 0) {
		judge_order(plan);
	} else if (is_done(plan, SMTP_STEP_TLS12) && !plan->is_stopped) {
		set_reasons_before_tls13(endpoint, PROBE_NOT_APPLICABLE);
	}
	mark_complete(plan);
	if (plan->is_stopped) {
		set_reasons(endpoint, plan->stop_reason);
	}
}

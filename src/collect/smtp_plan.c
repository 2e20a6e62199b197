/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The order of questions. */
#include "collect/smtp_plan.h"

#include "collect/smtp_learn.h"
#include "collect/smtp_offers.h"
#include "collect/smtp_take.h"

/* Not one answer, but this many broken-off hellos: there is no TLS to look into. */
#define MAX_BREAKS 2
/* Silence to this many kinds of hello in a row: it has begun to hang. */
#define MAX_SILENCES 3

static const uint16_t version_numbers[ENDPOINT_VERSIONS] = {
	TLS_VERSION_SSL2, TLS_VERSION_SSL3, TLS_VERSION_10,
	TLS_VERSION_11,	  TLS_VERSION_12,   TLS_VERSION_13,
};

static void make_groups(struct arena *arena, struct endpoint_groups *groups)
{
	groups->accepted = arena_alloc(arena, ENDPOINT_MAX_GROUPS * sizeof(*groups->accepted));
	groups->refused = arena_alloc(arena, ENDPOINT_MAX_GROUPS * sizeof(*groups->refused));
}

void smtp_plan_begin(struct smtp_plan *plan, struct arena *arena, struct smtp_endpoint *endpoint)
{
	*plan = (struct smtp_plan){.arena = arena, .endpoint = endpoint};
	/* Only an answer to another step can ask for these. */
	plan->steps[SMTP_STEP_LARGE].state = SMTP_STEP_LEFT_OUT;
	plan->steps[SMTP_STEP_SPLIT].state = SMTP_STEP_LEFT_OUT;
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		struct endpoint_suites *suites = &endpoint->versions[i].suites;
		const size_t size = ENDPOINT_MAX_SUITES * sizeof(*suites->accepted);
		endpoint->versions[i].version = version_numbers[i];
		suites->accepted = arena_alloc(arena, size);
		suites->refused = arena_alloc(arena, size);
	}
	make_groups(arena, &endpoint->groups12);
	make_groups(arena, &endpoint->groups13);
	endpoint->dh = arena_alloc(arena, ENDPOINT_MAX_DH * sizeof(*endpoint->dh));
	endpoint->presentations =
		arena_alloc(arena, ENDPOINT_MAX_PRESENTATIONS * sizeof(*endpoint->presentations));
	if (arena_has_failed(arena)) {
		smtp_plan_stop(plan, PROBE_UNCLEAR);
	}
}

static bool is_settled(const struct smtp_plan *plan, enum smtp_step step)
{
	enum smtp_step_state state = plan->steps[step].state;
	return state == SMTP_STEP_DONE || state == SMTP_STEP_LEFT_OUT;
}

static bool is_in_plan(const struct smtp_plan *plan, enum smtp_step step)
{
	switch (plan->endpoint->plan) {
	case ENDPOINT_QUICK:
		return step <= SMTP_STEP_TLS12;
	case ENDPOINT_NORMAL:
		return step <= SMTP_STEP_SPLIT;
	case ENDPOINT_FULL:
	case ENDPOINT_PLAN_COUNT:
		break;
	}
	return true;
}

static bool has_version(const struct smtp_plan *plan, uint16_t version)
{
	return probe_is_yes(smtp_learn_version(plan->endpoint, version)->is_accepted);
}

/* What has to be known before a step can be asked or left out. */
static bool is_due(const struct smtp_plan *plan, enum smtp_step step)
{
	if (step == SMTP_STEP_SESSION) {
		return true;
	}
	if (!is_settled(plan, SMTP_STEP_SESSION)) {
		return plan->is_hurried && step == SMTP_STEP_TLS12;
	}
	if (step == SMTP_STEP_TLS12) {
		return true;
	}
	if (step == SMTP_STEP_TLS13) {
		/* A server that nothing has got through to yet is first asked in the old way. */
		return !plan->steps[step].is_retried || plan->answers > 0 ||
		       is_settled(plan, SMTP_STEP_TLS12);
	}
	/* It pauses between its halves; what is asked beside it costs no time then. */
	if (step == SMTP_STEP_BIG && !plan->is_first_look_alone &&
	    has_version(plan, TLS_VERSION_13)) {
		return true;
	}
	if (!is_settled(plan, SMTP_STEP_TLS13) || !is_settled(plan, SMTP_STEP_TLS12)) {
		return false;
	}
	if (step == SMTP_STEP_LEGACY || step == SMTP_STEP_SSL2) {
		return true;
	}
	/* With TLS 1.2 refused, the older ones say which version to go on with. */
	if (!is_settled(plan, SMTP_STEP_LEGACY) &&
	    (plan->base_version == 0 || step >= SMTP_STEP_SUITES11)) {
		return false;
	}
	return step != SMTP_STEP_ORDER || is_settled(plan, SMTP_STEP_WEAK);
}

/* Is there something to ask, given what is known? */
static bool is_needed(const struct smtp_plan *plan, enum smtp_step step)
{
	bool has_13 = has_version(plan, TLS_VERSION_13);
	switch (step) {
	case SMTP_STEP_SESSION:
	case SMTP_STEP_TLS13:
	case SMTP_STEP_TLS12:
	case SMTP_STEP_SSL2:
	case SMTP_STEP_BARE:
		return true;
	case SMTP_STEP_LEGACY:
		return plan->base_version != TLS_VERSION_SSL3;
	case SMTP_STEP_WEAK:
	case SMTP_STEP_WEAK_GROUPS:
	case SMTP_STEP_GOOD:
	case SMTP_STEP_RARE:
	case SMTP_STEP_GROUPS12:
		return plan->base_version != 0;
	case SMTP_STEP_SHA1:
	case SMTP_STEP_SHA224:
		return plan->base_version == TLS_VERSION_12;
	case SMTP_STEP_BIG:
	case SMTP_STEP_LARGE:
	case SMTP_STEP_SPLIT:
	case SMTP_STEP_HUGE:
		return has_13 || plan->base_version != 0;
	case SMTP_STEP_OTHER:
		return plan->key == TLS_AUTH_RSA || plan->key == TLS_AUTH_ECDSA;
	case SMTP_STEP_ORDER:
		return plan->base_version != 0 &&
		       (plan->has_weak || plan->endpoint->plan == ENDPOINT_FULL);
	case SMTP_STEP_SUITES13:
	case SMTP_STEP_GROUPS13:
	case SMTP_STEP_ORDER13:
		return has_13;
	case SMTP_STEP_SUITES11:
		return has_version(plan, TLS_VERSION_11) && plan->base_version != TLS_VERSION_11;
	case SMTP_STEP_SUITES10:
		return has_version(plan, TLS_VERSION_10) && plan->base_version != TLS_VERSION_10;
	case SMTP_STEP_SUITES_SSL3:
		return has_version(plan, TLS_VERSION_SSL3) &&
		       plan->base_version != TLS_VERSION_SSL3;
	case SMTP_STEP_COUNT:
		break;
	}
	return false;
}

/* Without TLS 1.2 and older, the other certificate can only be seen inside a session. */
static bool is_session_step(const struct smtp_plan *plan, enum smtp_step step)
{
	return step == SMTP_STEP_SESSION || step == SMTP_STEP_BARE ||
	       (step == SMTP_STEP_OTHER && plan->base_version == 0);
}

static struct smtp_question question_of(struct smtp_plan *plan, enum smtp_step step)
{
	struct smtp_question question = {
		.step = step,
		.is_session = is_session_step(plan, step),
		.has_sni = step != SMTP_STEP_BARE,
		.splits = step == SMTP_STEP_BIG || step == SMTP_STEP_SPLIT,
	};
	if (step == SMTP_STEP_BARE) {
		question.injects = !plan->steps[step].is_retried;
		question.renegotiates = plan->base_version != 0;
		question.max_version =
			plan->base_version >= TLS_VERSION_10 ? plan->base_version : 0;
	}
	if (step == SMTP_STEP_OTHER) {
		question.key = plan->key == TLS_AUTH_RSA ? TLS_AUTH_ECDSA : TLS_AUTH_RSA;
	}
	if (!question.is_session) {
		question.offer = smtp_offers_hello(plan, step);
	}
	return question;
}

/* Below the version that was chosen, or below TLS 1.2. */
static void start_legacy(struct smtp_plan *plan)
{
	struct smtp_step_run *run = &plan->steps[SMTP_STEP_LEGACY];
	if (run->version == 0 && plan->base_version != 0 && plan->base_version < TLS_VERSION_12) {
		run->version = (uint16_t)(plan->base_version - 1);
	}
}

bool smtp_plan_next(struct smtp_plan *plan, struct smtp_question *ret_question)
{
	for (size_t i = 0; i < SMTP_STEP_COUNT && !plan->is_stopped; i++) {
		enum smtp_step step = (enum smtp_step)i;
		struct smtp_step_run *run = &plan->steps[step];
		if (run->state != SMTP_STEP_WAITING || !is_due(plan, step)) {
			continue;
		}
		if (step == SMTP_STEP_LEGACY) {
			start_legacy(plan);
		}
		if (!is_in_plan(plan, step) || !is_needed(plan, step) ||
		    (!is_session_step(plan, step) && !smtp_offers_prepare(plan, step))) {
			run->state = SMTP_STEP_LEFT_OUT;
			/* What it settles may have let an earlier one go on. */
			i = (size_t)-1;
			continue;
		}
		run->state = SMTP_STEP_ASKED;
		*ret_question = question_of(plan, step);
		return true;
	}
	return false;
}

void smtp_plan_put_back(struct smtp_plan *plan, const struct smtp_question *question)
{
	plan->steps[question->step].state = SMTP_STEP_WAITING;
}

void smtp_plan_hurry(struct smtp_plan *plan)
{
	plan->is_hurried = true;
}

void smtp_plan_stop(struct smtp_plan *plan, enum probe_reason reason)
{
	if (!plan->is_stopped) {
		plan->is_stopped = true;
		plan->stop_reason = reason;
	}
}

bool smtp_step_is_about_size(enum smtp_step step)
{
	return step == SMTP_STEP_BIG || step == SMTP_STEP_LARGE || step == SMTP_STEP_SPLIT ||
	       step == SMTP_STEP_HUGE;
}

/* One step's silence says something about that step; that of several says that nobody is there. */
static bool has_gone_silent(struct smtp_plan *plan, enum smtp_step step)
{
	struct smtp_step_run *run = &plan->steps[step];
	if (!run->has_been_silent && !smtp_step_is_about_size(step)) {
		run->has_been_silent = true;
		plan->silences++;
	}
	/* It has cost its deadline; without any answer yet it is not waited for twice. */
	return plan->answers == 0 || plan->silences >= MAX_SILENCES;
}

static void take_break(struct smtp_plan *plan, const struct smtp_question *question,
		       enum smtp_outcome outcome)
{
	struct smtp_step_run *run = &plan->steps[question->step];
	plan->breaks++;
	bool is_silent = outcome == SMTP_OUTCOME_SILENT;
	/* Some servers, or what stands before them, break off at everything but TLS 1.2. */
	bool was_last_hope = question->step == SMTP_STEP_TLS12 || is_settled(plan, SMTP_STEP_TLS12);
	bool is_enough = plan->breaks >= MAX_BREAKS && was_last_hope;
	if ((is_silent && has_gone_silent(plan, question->step)) ||
	    (plan->answers == 0 && is_enough)) {
		smtp_plan_stop(plan, is_silent ? PROBE_TIMEOUT : PROBE_CLOSED);
		run->state = SMTP_STEP_DONE;
		return;
	}
	bool is_first_look = question->step == SMTP_STEP_TLS13 || question->step == SMTP_STEP_TLS12;
	if (is_first_look && !run->is_retried) {
		run->is_retried = true;
		run->state = SMTP_STEP_WAITING;
		return;
	}
	run->state = SMTP_STEP_DONE;
	smtp_take_break(plan, question, outcome);
}

/* Of a pool, one member may lack what the others have: a single look is not enough to say so. */
static bool must_look_again(const struct smtp_plan *plan, enum smtp_outcome outcome)
{
	const struct smtp_endpoint *endpoint = plan->endpoint;
	return outcome == SMTP_OUTCOME_NO_TLS && plan->answers == 0 &&
	       endpoint->starttls == ENDPOINT_STARTTLS_ABSENT && endpoint->starttls_missing == 1 &&
	       endpoint->starttls_offered == 0;
}

void smtp_plan_take(struct smtp_plan *plan, const struct smtp_question *question,
		    enum smtp_outcome outcome, const struct smtp_probe *probe)
{
	struct smtp_step_run *run = &plan->steps[question->step];
	switch (outcome) {
	case SMTP_OUTCOME_ANSWER:
	case SMTP_OUTCOME_REFUSAL:
		plan->answers++;
		plan->silences = 0;
		run->state = SMTP_STEP_DONE;
		smtp_take_answer(plan, question, outcome, probe);
		return;
	case SMTP_OUTCOME_CLOSED:
	case SMTP_OUTCOME_RESET:
	case SMTP_OUTCOME_SILENT:
	case SMTP_OUTCOME_PLAIN:
		take_break(plan, question, outcome);
		return;
	case SMTP_OUTCOME_NO_TLS:
	case SMTP_OUTCOME_UNREACHED:
		if (must_look_again(plan, outcome)) {
			run->state = SMTP_STEP_WAITING;
			return;
		}
		run->state = SMTP_STEP_DONE;
		smtp_take_no_tls(plan, question);
		if (plan->answers == 0) {
			bool is_no_tls = outcome == SMTP_OUTCOME_NO_TLS;
			smtp_plan_stop(plan, is_no_tls ? PROBE_NO_TLS : PROBE_TIMEOUT);
		}
		return;
	case SMTP_OUTCOME_THROTTLED:
		run->state = SMTP_STEP_DONE;
		smtp_plan_stop(plan, PROBE_THROTTLED);
		return;
	case SMTP_OUTCOME_INTERRUPTED:
		run->state = SMTP_STEP_DONE;
		smtp_plan_stop(plan, PROBE_INTERRUPTED);
		return;
	}
}

bool smtp_plan_had_first_look(const struct smtp_plan *plan)
{
	return plan->is_stopped ||
	       (is_settled(plan, SMTP_STEP_SESSION) && is_settled(plan, SMTP_STEP_TLS13) &&
		is_settled(plan, SMTP_STEP_TLS12));
}

bool smtp_plan_is_finished(const struct smtp_plan *plan)
{
	for (size_t i = 0; i < SMTP_STEP_COUNT; i++) {
		enum smtp_step_state state = plan->steps[i].state;
		if (state == SMTP_STEP_ASKED || (state == SMTP_STEP_WAITING && !plan->is_stopped)) {
			return false;
		}
	}
	return true;
}

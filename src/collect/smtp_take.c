/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Answers, step by step. */
#include "collect/smtp_take.h"

#include "collect/smtp_learn.h"
#include "collect/smtp_offers.h"

/* What one step's answer is judged with. */
struct answer {
	struct smtp_plan *plan;
	const struct smtp_question *question;
	struct smtp_step_run *run;
	const struct tls_answer *tls; /* NULL: refused */
};

static void again(struct smtp_step_run *run)
{
	run->state = SMTP_STEP_WAITING;
}

static void refuse_suites(const struct answer *answer)
{
	for (size_t i = 0; i < answer->run->suite_count; i++) {
		smtp_learn_suite(answer->plan->endpoint, answer->run->version,
				 answer->run->suites[i], /* is_accepted */ false);
	}
}

static void refuse_groups(const struct answer *answer, struct endpoint_groups *groups)
{
	for (size_t i = 0; i < answer->run->group_count; i++) {
		smtp_learn_group(groups, answer->run->groups[i], /* is_accepted */ false);
	}
}

/* What is good is not told apart below full; of the weak one of a kind is enough for a verdict. */
static bool is_inventory(const struct answer *answer)
{
	return answer->plan->endpoint->plan == ENDPOINT_FULL;
}

static void take_suites(const struct answer *answer)
{
	if (answer->tls == NULL) {
		refuse_suites(answer);
		return;
	}
	if (answer->tls->version != answer->run->version ||
	    !smtp_offers_drop_suite(answer->run, answer->tls->suite)) {
		return;
	}
	if (!is_inventory(answer)) {
		smtp_offers_drop_alike(answer->run, answer->tls->suite);
	}
	if (answer->run->suite_count > 0) {
		again(answer->run);
	}
}

static void take_groups(const struct answer *answer, struct endpoint_groups *groups)
{
	if (answer->tls == NULL) {
		refuse_groups(answer, groups);
	} else if (smtp_offers_drop_group(answer->run, answer->tls->group) &&
		   answer->run->group_count > 0) {
		again(answer->run);
	}
}

static void take_tls13(const struct answer *answer)
{
	struct smtp_endpoint *endpoint = answer->plan->endpoint;
	bool is_accepted = answer->tls != NULL && answer->tls->version == TLS_VERSION_13;
	if (!is_accepted) {
		smtp_learn_refused(endpoint, TLS_VERSION_12, TLS_VERSION_13);
		return;
	}
	endpoint->groups13.chosen = answer->tls->group;
	struct endpoint_version *row = smtp_learn_version(endpoint, TLS_VERSION_13);
	row->best_first = answer->tls->suite;
	endpoint->takes_unknown_version = probe_of(!answer->run->is_retried);
}

static void learn_flags(struct smtp_endpoint *endpoint, const struct tls_answer *tls)
{
	endpoint->extended_master_secret = probe_of(tls->has_master_secret);
	endpoint->secure_renegotiation = probe_of(tls->has_secure_renegotiation);
	endpoint->encrypt_then_mac = probe_of(tls->has_encrypt_then_mac);
	endpoint->compression = probe_of(tls->compression != 0);
	endpoint->heartbeat = probe_of(tls->has_heartbeat);
	endpoint->tickets = probe_of(tls->has_ticket);
}

static bool has_session(const struct smtp_endpoint *endpoint)
{
	return endpoint->presentation_count > 0;
}

static void take_tls12(const struct answer *answer)
{
	struct smtp_plan *plan = answer->plan;
	struct smtp_endpoint *endpoint = plan->endpoint;
	if (answer->tls == NULL || answer->tls->version > TLS_VERSION_12) {
		smtp_learn_refused(endpoint, TLS_VERSION_11, TLS_VERSION_12);
		return;
	}
	plan->base_version = answer->tls->version;
	smtp_learn_refused(endpoint, plan->base_version, TLS_VERSION_12);
	learn_flags(endpoint, answer->tls);
	struct endpoint_version *row = smtp_learn_version(endpoint, plan->base_version);
	if (endpoint->plan == ENDPOINT_QUICK) {
		row->worst_first = answer->tls->suite;
	} else {
		row->best_first = answer->tls->suite;
		endpoint->groups12.chosen = answer->tls->group;
	}
	if (!has_session(endpoint)) {
		smtp_learn_chain(plan, answer->question, answer->tls);
	}
}

static void take_legacy(const struct answer *answer)
{
	struct smtp_plan *plan = answer->plan;
	struct smtp_step_run *run = answer->run;
	if (answer->tls == NULL || answer->tls->version > run->version) {
		smtp_learn_refused(plan->endpoint, TLS_VERSION_SSL2, run->version);
		return;
	}
	uint16_t chosen = answer->tls->version;
	smtp_learn_refused(plan->endpoint, chosen, run->version);
	if (plan->base_version == 0) {
		plan->base_version = chosen;
		learn_flags(plan->endpoint, answer->tls);
		smtp_learn_version(plan->endpoint, chosen)->best_first = answer->tls->suite;
		if (!has_session(plan->endpoint)) {
			smtp_learn_chain(plan, answer->question, answer->tls);
		}
	}
	if (chosen > TLS_VERSION_SSL3) {
		*run = (struct smtp_step_run){.version = (uint16_t)(chosen - 1)};
	}
}

static void take_ssl2(const struct answer *answer)
{
	struct smtp_endpoint *endpoint = answer->plan->endpoint;
	const struct tls_answer *tls = answer->tls;
	bool is_accepted = tls != NULL && tls->kind == TLS_ANSWER_SSL2;
	endpoint->versions[0].is_accepted = probe_of(is_accepted);
	for (size_t i = 0; is_accepted && i < tls->kind_count; i++) {
		smtp_learn_suite(endpoint, TLS_VERSION_SSL2, tls->kinds[i], true);
	}
	endpoint->versions[0].is_complete = is_accepted;
}

static void take_hash(const struct answer *answer, enum tls_hash hash, struct probe *probe)
{
	const struct tls_scheme *scheme =
		answer->tls != NULL ? tls_scheme_find(answer->tls->scheme) : NULL;
	if (answer->tls != NULL && scheme == NULL) {
		*probe = probe_unknown(PROBE_UNCLEAR);
		return;
	}
	*probe = probe_of(scheme != NULL && scheme->hash == hash);
}

static void take_big(const struct answer *answer)
{
	struct smtp_endpoint *endpoint = answer->plan->endpoint;
	endpoint->takes_large_hello = probe_of(true);
	endpoint->takes_split_hello = probe_of(true);
	if (answer->run->version == TLS_VERSION_13) {
		take_groups(answer, &endpoint->groups13);
	}
}

static void take_other(const struct answer *answer)
{
	if (answer->tls != NULL) {
		smtp_learn_chain(answer->plan, answer->question, answer->tls);
	}
}

static void take_order13(const struct answer *answer)
{
	struct endpoint_groups *groups = &answer->plan->endpoint->groups13;
	if (answer->tls != NULL && groups->chosen != 0) {
		groups->prefers_own = probe_of(answer->tls->group == groups->chosen);
	}
}

static void take_offer(const struct answer *answer)
{
	struct smtp_endpoint *endpoint = answer->plan->endpoint;
	switch (answer->question->step) {
	case SMTP_STEP_TLS13:
		take_tls13(answer);
		break;
	case SMTP_STEP_TLS12:
		take_tls12(answer);
		break;
	case SMTP_STEP_LEGACY:
		take_legacy(answer);
		break;
	case SMTP_STEP_SSL2:
		take_ssl2(answer);
		break;
	case SMTP_STEP_WEAK:
	case SMTP_STEP_GOOD:
	case SMTP_STEP_RARE:
	case SMTP_STEP_SUITES13:
	case SMTP_STEP_SUITES11:
	case SMTP_STEP_SUITES10:
	case SMTP_STEP_SUITES_SSL3:
		take_suites(answer);
		break;
	case SMTP_STEP_WEAK_GROUPS:
	case SMTP_STEP_GROUPS12:
		take_groups(answer, &endpoint->groups12);
		break;
	case SMTP_STEP_GROUPS13:
		take_groups(answer, &endpoint->groups13);
		break;
	case SMTP_STEP_SHA1:
		take_hash(answer, TLS_HASH_SHA1, &endpoint->signs_sha1);
		break;
	case SMTP_STEP_SHA224:
		take_hash(answer, TLS_HASH_SHA224, &endpoint->signs_sha224);
		break;
	case SMTP_STEP_BIG:
		take_big(answer);
		break;
	case SMTP_STEP_LARGE:
		endpoint->takes_large_hello = probe_of(true);
		break;
	case SMTP_STEP_SPLIT:
		endpoint->takes_split_hello = probe_of(true);
		break;
	case SMTP_STEP_HUGE:
		endpoint->takes_huge_hello = probe_of(true);
		break;
	case SMTP_STEP_OTHER:
		take_other(answer);
		break;
	case SMTP_STEP_ORDER:
		if (answer->tls != NULL) {
			smtp_learn_version(endpoint, answer->run->version)->worst_first =
				answer->tls->suite;
		}
		break;
	case SMTP_STEP_ORDER13:
		take_order13(answer);
		break;
	case SMTP_STEP_SESSION:
	case SMTP_STEP_BARE:
	case SMTP_STEP_COUNT:
		break;
	}
}

/*
 * The pipelined command was not carried over into TLS: it was refused, or taken for a part of the
 * handshake. The session is tried once more without it.
 */
static void ask_bare_again(struct smtp_plan *plan, const struct smtp_question *question)
{
	if (question->injects) {
		plan->endpoint->injection = probe_of(false);
		plan->steps[question->step].is_retried = true;
		again(&plan->steps[question->step]);
	}
}

void smtp_take_no_tls(struct smtp_plan *plan, const struct smtp_question *question)
{
	if (plan->answers > 0) {
		ask_bare_again(plan, question);
	}
}

static void take_session(struct smtp_plan *plan, const struct smtp_question *question,
			 enum smtp_outcome outcome, const struct smtp_probe *probe)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	if (outcome != SMTP_OUTCOME_ANSWER) {
		if (question->step == SMTP_STEP_SESSION) {
			endpoint->handshake_error = arena_copy(plan->arena, probe->error);
		}
		ask_bare_again(plan, question);
		return;
	}
	smtp_learn_session(plan, question, probe);
	if (question->injects) {
		endpoint->injection = probe_of(probe->is_injected);
	}
	if (question->renegotiates && probe->stage == SMTP_PROBE_AGAIN) {
		endpoint->client_renegotiation = probe_of(probe->renegotiations > 0);
		endpoint->renegotiations = probe->renegotiations;
	}
}

/* The alert of a server whose key or provider is broken, to a hello anybody could send. */
static void note_internal_error(struct smtp_plan *plan, const struct smtp_question *question,
				const struct tls_answer *tls)
{
	bool is_ordinary = question->step == SMTP_STEP_TLS12 || question->step == SMTP_STEP_TLS13;
	if (is_ordinary && tls->kind == TLS_ANSWER_ALERT) {
		struct probe *probe = &plan->endpoint->sends_internal_error;
		bool is_internal = tls->alert == TLS_ALERT_INTERNAL_ERROR;
		*probe = probe_of(is_internal || probe_is_yes(*probe));
	}
}

void smtp_take_answer(struct smtp_plan *plan, const struct smtp_question *question,
		      enum smtp_outcome outcome, const struct smtp_probe *probe)
{
	if (question->is_session) {
		take_session(plan, question, outcome, probe);
		return;
	}
	const struct tls_answer *tls = smtp_probe_answer(probe);
	note_internal_error(plan, question, tls);
	if (outcome == SMTP_OUTCOME_ANSWER && tls->kind != TLS_ANSWER_SSL2) {
		smtp_learn_hello(plan, tls);
	}
	const struct answer answer = {
		.plan = plan,
		.question = question,
		.run = &plan->steps[question->step],
		.tls = outcome == SMTP_OUTCOME_ANSWER ? tls : NULL,
	};
	take_offer(&answer);
}

/* The hello is large or split, and that may be why. */
static void take_big_break(struct smtp_plan *plan, enum smtp_step step)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	switch (step) {
	case SMTP_STEP_BIG:
		plan->steps[SMTP_STEP_LARGE].state = SMTP_STEP_WAITING;
		plan->steps[SMTP_STEP_SPLIT].state = SMTP_STEP_WAITING;
		break;
	case SMTP_STEP_LARGE:
		endpoint->takes_large_hello = probe_of(false);
		break;
	case SMTP_STEP_SPLIT:
		endpoint->takes_split_hello = probe_of(false);
		break;
	case SMTP_STEP_HUGE:
		endpoint->takes_huge_hello = probe_of(false);
		break;
	default:
		break;
	}
}

void smtp_take_break(struct smtp_plan *plan, const struct smtp_question *question,
		     enum smtp_outcome outcome)
{
	enum smtp_step step = question->step;
	if (smtp_step_is_about_size(step)) {
		take_big_break(plan, step);
		return;
	}
	if (question->is_session) {
		if (outcome != SMTP_OUTCOME_SILENT) {
			ask_bare_again(plan, question);
		}
		return;
	}
	/* Some servers close where others send an alert; silence says nothing. */
	bool is_refusal = plan->answers > 0 && outcome != SMTP_OUTCOME_SILENT;
	if (!is_refusal && step != SMTP_STEP_SSL2) {
		return;
	}
	if (step == SMTP_STEP_TLS13) {
		plan->endpoint->takes_unknown_version = probe_of(false);
	}
	const struct answer answer = {plan, question, &plan->steps[step], NULL};
	take_offer(&answer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What one connection says about reaching the server, its greeting and its STARTTLS. */
#include "collect/smtp_learn.h"
#include "collect/smtp_run.h"

static bool is_transient(unsigned code)
{
	return code >= 400 && code < 500;
}

/* RFC 5321 4.2.2, 4.2.3: too many connections, try later. 454 to STARTTLS means TLS is broken. */
static bool is_throttled(const struct smtp_talk *talk)
{
	return is_transient(talk->greeting.code) || is_transient(talk->ehlo.code) ||
	       talk->starttls.code == 421 || talk->starttls.code == 450;
}

static enum smtp_outcome outcome_of_end(enum exchange_end end)
{
	switch (end) {
	case EXCHANGE_RESET:
		return SMTP_OUTCOME_RESET;
	case EXCHANGE_TIMEOUT:
		return SMTP_OUTCOME_SILENT;
	case EXCHANGE_STOPPED:
		return SMTP_OUTCOME_INTERRUPTED;
	case EXCHANGE_DONE:
	case EXCHANGE_CLOSED:
	case EXCHANGE_REFUSED:
	case EXCHANGE_UNREACHABLE:
	case EXCHANGE_LOCAL:
		break;
	}
	return SMTP_OUTCOME_CLOSED;
}

static enum smtp_outcome outcome_of_session(const struct smtp_probe *probe, enum exchange_end end)
{
	if (probe->is_session_open) {
		return SMTP_OUTCOME_ANSWER;
	}
	return probe->has_session_failed ? SMTP_OUTCOME_REFUSAL : outcome_of_end(end);
}

static enum smtp_outcome outcome_of_offer(const struct smtp_probe *probe, enum exchange_end end)
{
	switch (smtp_probe_answer(probe)->kind) {
	case TLS_ANSWER_HELLO:
	case TLS_ANSWER_RETRY:
	case TLS_ANSWER_SSL2:
		return SMTP_OUTCOME_ANSWER;
	case TLS_ANSWER_ALERT:
		return SMTP_OUTCOME_REFUSAL;
	case TLS_ANSWER_PLAIN:
	case TLS_ANSWER_MALFORMED:
		return SMTP_OUTCOME_PLAIN;
	case TLS_ANSWER_NONE:
		break;
	}
	return outcome_of_end(end);
}

/* Nothing was said, or nothing that leads on. */
static enum smtp_outcome outcome_of_talk(const struct smtp_probe *probe, enum exchange_end end,
					 bool has_spoken)
{
	const struct smtp_talk *talk = &probe->talk;
	bool is_silent = talk->greeting.code == 0 && !talk->is_malformed;
	bool is_turned_away = end == EXCHANGE_REFUSED || end == EXCHANGE_CLOSED ||
			      end == EXCHANGE_RESET || end == EXCHANGE_TIMEOUT;
	if (is_throttled(talk) || (is_silent && has_spoken && is_turned_away)) {
		return SMTP_OUTCOME_THROTTLED;
	}
	return is_silent ? SMTP_OUTCOME_UNREACHED : SMTP_OUTCOME_NO_TLS;
}

enum smtp_outcome smtp_outcome_of(const struct smtp_probe *probe, enum exchange_end end,
				  bool has_spoken)
{
	if (end == EXCHANGE_STOPPED) {
		return SMTP_OUTCOME_INTERRUPTED;
	}
	if (!probe->has_tls_begun) {
		return outcome_of_talk(probe, end, has_spoken);
	}
	if (probe->is_plain) {
		return SMTP_OUTCOME_PLAIN;
	}
	bool is_session = probe->options.offer == NULL;
	return is_session ? outcome_of_session(probe, end) : outcome_of_offer(probe, end);
}

static enum endpoint_reach reach_of(const struct smtp_probe *probe, enum exchange_end end)
{
	/* Only a connection that was made can be reset; the news may come before that of its
	 * making. */
	if (probe->connected_ms >= 0 || end == EXCHANGE_RESET) {
		return ENDPOINT_CONNECTED;
	}
	switch (end) {
	case EXCHANGE_REFUSED:
		return ENDPOINT_REFUSED;
	case EXCHANGE_UNREACHABLE:
		return ENDPOINT_UNREACHABLE;
	case EXCHANGE_LOCAL:
		return ENDPOINT_LOCAL;
	default:
		return ENDPOINT_TIMEOUT;
	}
}

static enum endpoint_greeting greeting_of(const struct smtp_probe *probe, enum exchange_end end)
{
	const struct smtp_talk *talk = &probe->talk;
	if (reach_of(probe, end) != ENDPOINT_CONNECTED) {
		return ENDPOINT_GREETING_NONE;
	}
	if (talk->greeting.code == 220) {
		return ENDPOINT_GREETING_READY;
	}
	if (talk->greeting.code != 0 && !talk->is_malformed) {
		return is_transient(talk->greeting.code) ? ENDPOINT_GREETING_TRANSIENT
							 : ENDPOINT_GREETING_REFUSING;
	}
	if (talk->is_malformed || talk->line_len > 0) {
		return ENDPOINT_GREETING_MALFORMED;
	}
	if (end == EXCHANGE_TIMEOUT) {
		return ENDPOINT_GREETING_SILENT;
	}
	return end == EXCHANGE_RESET ? ENDPOINT_GREETING_RESET : ENDPOINT_GREETING_CLOSED;
}

static struct endpoint_reply copy_reply(struct arena *arena, const struct smtp_reply *reply)
{
	return (struct endpoint_reply){reply->code, arena_copy(arena, reply->text)};
}

static void note_starttls(struct smtp_run *run, const struct smtp_talk *talk)
{
	struct smtp_endpoint *endpoint = &run->endpoint;
	if (talk->ehlo.code == 0 || talk->stage < SMTP_STAGE_EHLO || talk->is_inside_reply) {
		return;
	}
	if (endpoint->ehlo.reply.code != 250) {
		endpoint->ehlo = smtp_learn_ehlo(run->arena, talk);
		endpoint->clear_auth =
			probe_of(endpoint_has_keyword(&endpoint->ehlo, SPAN("AUTH")));
	}
	if (talk->ehlo.code == 250) {
		endpoint->starttls_offered += talk->has_starttls ? 1 : 0;
		endpoint->starttls_missing += talk->has_starttls ? 0 : 1;
	}
	if (endpoint->starttls == ENDPOINT_STARTTLS_UNKNOWN && talk->ehlo.code >= 500) {
		endpoint->starttls = ENDPOINT_STARTTLS_ABSENT;
	} else if (endpoint->starttls == ENDPOINT_STARTTLS_UNKNOWN && talk->ehlo.code == 250 &&
		   !talk->has_starttls) {
		endpoint->starttls = talk->is_starttls_masked ? ENDPOINT_STARTTLS_MASKED
							      : ENDPOINT_STARTTLS_ABSENT;
	}
	if (talk->starttls.code == 0) {
		return;
	}
	endpoint->starttls_reply = copy_reply(run->arena, &talk->starttls);
	if (talk->starttls.code != 220 && talk->starttls.code != 421) {
		endpoint->starttls = ENDPOINT_STARTTLS_REFUSED;
	}
}

void smtp_run_note(struct smtp_run *run, const struct smtp_probe *probe, enum exchange_end end)
{
	struct smtp_endpoint *endpoint = &run->endpoint;
	enum endpoint_reach reach = reach_of(probe, end);
	bool is_first = endpoint->connections == 1;
	endpoint->reach = is_first || reach == ENDPOINT_CONNECTED ? reach : endpoint->reach;
	if (endpoint->connect_ms < 0) {
		endpoint->connect_ms = probe->connected_ms;
	}
	enum endpoint_greeting greeting = greeting_of(probe, end);
	bool is_better =
		endpoint->greeting != ENDPOINT_GREETING_READY && greeting != ENDPOINT_GREETING_NONE;
	if (is_better) {
		endpoint->greeting = greeting;
		endpoint->greeting_ms = probe->greeted_ms;
		endpoint->banner = copy_reply(run->arena, &probe->talk.greeting);
	}
	run->has_spoken |= greeting == ENDPOINT_GREETING_READY;
	note_starttls(run, &probe->talk);
	const struct tls_answer *answer = smtp_probe_answer(probe);
	run->has_hello |= probe->is_session_open || answer->kind == TLS_ANSWER_HELLO ||
			  answer->kind == TLS_ANSWER_RETRY || answer->kind == TLS_ANSWER_SSL2;
}

static enum endpoint_starttls starttls_of_break(enum smtp_outcome outcome)
{
	switch (outcome) {
	case SMTP_OUTCOME_PLAIN:
		return ENDPOINT_STARTTLS_PLAIN;
	case SMTP_OUTCOME_RESET:
		return ENDPOINT_STARTTLS_RESET;
	case SMTP_OUTCOME_CLOSED:
		return ENDPOINT_STARTTLS_CLOSED;
	case SMTP_OUTCOME_SILENT:
		return ENDPOINT_STARTTLS_SILENT;
	default:
		return ENDPOINT_STARTTLS_UNKNOWN;
	}
}

static void check_trust(struct smtp_run *run)
{
	const struct x509_trust_store *store = run->smtp->trust;
	for (size_t i = 0; i < run->endpoint.presentation_count; i++) {
		struct endpoint_presentation *presentation = &run->endpoint.presentations[i];
		if (store == NULL || presentation->chain_count == 0) {
			presentation->is_trusted = probe_unknown(PROBE_UNCLEAR);
			continue;
		}
		struct x509_trust trust =
			x509_trust_check(store, presentation->chain, presentation->chain_count);
		presentation->is_trusted = probe_of(trust.is_trusted);
		presentation->trust_error = trust.error;
		presentation->trusted_from = trust.from;
		presentation->trusted_until = trust.until;
	}
}

static void conclude_starttls(struct smtp_run *run)
{
	struct smtp_endpoint *endpoint = &run->endpoint;
	if (run->has_hello) {
		endpoint->starttls = ENDPOINT_STARTTLS_WORKS;
	} else if (run->plan.answers > 0) {
		endpoint->starttls = ENDPOINT_STARTTLS_ALERT;
	} else if (run->plan.breaks > 0) {
		endpoint->starttls = starttls_of_break(run->last_break);
	} else if (endpoint->starttls == ENDPOINT_STARTTLS_UNKNOWN) {
		bool is_told = run->plan.stop_reason != PROBE_NOT_ASKED &&
			       run->plan.stop_reason != PROBE_NO_TLS;
		endpoint->starttls_reason = is_told ? run->plan.stop_reason : PROBE_UNCLEAR;
	}
}

void smtp_run_conclude(struct smtp_run *run)
{
	smtp_plan_finish(&run->plan);
	conclude_starttls(run);
	check_trust(run);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Plan, try, choose the best of each kind, make its message and judge that. */
#include "service/spoof.h"

#include <stdlib.h>

#include "service/spoof_state.h"
#include "service/spoof_witness.h"

/* One attempt's judgement, thrown away after each round. */
#define TRY_ARENA_BYTES ((size_t)64 << 20)

/* --- planning --- */

static int judge_plan(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct spoof *s = context;
	arena_reset(s->arena);
	s->attempts = (struct vector){0};
	int r = assess_domain(s->arena, inquiry, s->domain, &s->options->assess, &s->assessment,
			      reterr);
	if (r == 0) {
		spoof_plan(s->assessment, &s->attempts);
	}
	return r == 0 && arena_has_failed(s->arena) ? failure_set_memory(reterr, "spoof") : r;
}

/* --- showing --- */

/* The bytes of the message through all of verify. */
static int judge_message(struct spoof *s, struct spoof_finding *finding, struct verification *v,
			 struct failure *reterr)
{
	const struct spoof_attempt *attempt = finding->attempt;
	const struct message *message;
	verification_feed(v, finding->message);
	int r = verification_end(v, &message, reterr);
	if (r < 0) {
		return r;
	}
	struct message_check_options options = {
		.now = s->options->assess.now,
		.suffixes = s->options->assess.suffixes,
		.allows_short_keys = attempt->receivers == SPOOF_BY_SHORT_KEYS,
	};
	return verification_run(v, &attempt->envelope, &options, spoof_facts_of(s, attempt),
				s->options->source, &finding->check, reterr);
}

static int show(struct spoof *s, struct spoof_finding *finding, struct failure *reterr)
{
	const struct spoof_attempt *attempt = finding->attempt;
	if (attempt == NULL || finding->outcome == SPOOF_NOT_THERE) {
		return 0;
	}
	struct verification *v = verification_new(LINE_ENDS_CRLF);
	s->verifications[finding->vector] = v;
	finding->message = witness_write(s->arena, attempt, s->trials[attempt->number].key,
					 s->options->assess.now);
	if (v == NULL || finding->message.len == 0) {
		return failure_set_memory(reterr, "spoof");
	}
	int r = judge_message(s, finding, v, reterr);
	if (r < 0) {
		return r;
	}
	finding->is_confirmed = witness_confirms(attempt, finding->check);
	if (!finding->is_confirmed) {
		finding->outcome = SPOOF_UNKNOWN;
		finding->cause = SPOOF_CAUSE_UNKNOWN;
		finding->reason = SPAN("the message made for it is judged differently: a fault of "
				       "this program");
	}
	return 0;
}

/* --- all of it --- */

static int run(struct spoof *s, struct failure *reterr)
{
	int r = settle(s->facts, s->options->source, (struct judge){judge_plan, s}, reterr);
	if (r == 0) {
		r = spoof_try(s, reterr);
	}
	if (r < 0) {
		return r;
	}
	s->report.domain = s->domain;
	s->report.unicode = s->assessment->unicode;
	s->report.judged_at = s->options->assess.now;
	spoof_choose(s);
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT && r == 0; i++) {
		r = show(s, &s->report.findings[i], reterr);
	}
	spoof_conclude(&s->report);
	return r == 0 && arena_has_failed(s->arena) ? failure_set_memory(reterr, "spoof") : r;
}

int spoof_domain(struct facts *facts, struct span domain, const struct spoof_options *options,
		 struct spoof **ret_spoof, struct failure *reterr)
{
	struct spoof *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	s->arena = arena_new(LIMIT_DOMAIN_ARENA);
	s->try_arena = arena_new(TRY_ARENA_BYTES);
	s->options = options;
	s->facts = facts;
	s->domain = domain;
	int r = s->arena != NULL && s->try_arena != NULL ? run(s, reterr)
							 : failure_set_memory(reterr, "spoof");
	if (r < 0) {
		spoof_free(s);
		return r;
	}
	*ret_spoof = s;
	return 0;
}

const struct spoof_report *spoof_report(const struct spoof *spoof)
{
	return &spoof->report;
}

void spoof_free(struct spoof *s)
{
	if (s == NULL) {
		return;
	}
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		verification_free(s->verifications[i]);
	}
	for (size_t i = 0; i < SPOOF_MAX_ATTEMPTS; i++) {
		private_key_free(s->trials[i].key);
		facts_free(s->trials[i].overlay);
	}
	arena_free(s->arena);
	arena_free(s->try_arena);
	free(s);
}

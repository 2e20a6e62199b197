/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Plan, try, choose the best of each kind, make its message and judge that. */
#include "service/spoof.h"

#include <stdlib.h>

#include "assess/dkim.h"
#include "service/spoof_plan.h"
#include "service/spoof_witness.h"

/* One attempt's judgement, thrown away after each round. */
#define TRY_ARENA_BYTES ((size_t)64 << 20)

/* What receivers of RFC 7489 make of an attempt. */
struct older_reading {
	enum dmarc_result result;
	enum dmarc_policy disposition;
	unsigned pct;
};

struct spoof {
	struct arena *arena;	 /* assessment, attempts, texts */
	struct arena *try_arena; /* of the round */
	const struct spoof_options *options;
	struct facts *facts;
	struct span domain;
	struct assessment *assessment;
	struct vector attempts; /* of struct spoof_attempt */
	struct older_reading older[SPOOF_MAX_ATTEMPTS];
	const struct fact *unknown[SPOOF_MAX_ATTEMPTS];
	struct facts *overlay; /* of the takeover that is shown */
	struct verification *verifications[SPOOF_VECTOR_COUNT];
	struct spoof_report report;
};

static struct spoof_attempt *attempt_at(const struct spoof *s, size_t i)
{
	return VECTOR_AT(&s->attempts, struct spoof_attempt, i);
}

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

/* --- trying --- */

static const struct spf_check *try_spf(struct spoof *s, struct inquiry *inquiry,
				       const struct envelope *envelope)
{
	struct spf_limits limits = SPF_LIMITS_DEFAULT;
	struct spf_request request = {
		.identity = SPF_MAIL_FROM,
		.client = envelope->client,
		.helo = envelope->helo,
		.mail_from = envelope->mail_from,
		.now = s->options->assess.now,
	};
	return spf_check(s->try_arena, inquiry, &request, &limits);
}

static int try_attempt(struct spoof *s, size_t i, struct inquiry *inquiry, struct failure *reterr)
{
	struct spoof_attempt *attempt = attempt_at(s, i);
	const struct spf_check *spf = try_spf(s, inquiry, &attempt->envelope);
	if (spf == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	struct dmarc_identifier identifier = {DMARC_BY_SPF, spf->domain,
					      spf->result == SPF_RESULT_TEMPERROR};
	bool is_counted = spf->result == SPF_RESULT_PASS || identifier.is_temporary;
	struct dmarc_request request = {
		.author = attempt->author,
		.identifiers = &identifier,
		.identifier_count = is_counted,
		.max_walks = DMARC_WALKS_DEFAULT,
		.suffixes = s->options->assess.suffixes,
	};
	const struct dmarc_evaluation *dmarc = dmarc_evaluate(s->try_arena, inquiry, &request);
	if (dmarc == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	attempt->spf = spf->result;
	attempt->result = dmarc->rfc9989.result;
	attempt->disposition = dmarc_verdict_disposition(&dmarc->rfc9989);
	attempt->outcome = spoof_outcome_of(attempt->spf, attempt->result, attempt->disposition);
	s->unknown[i] = dmarc->rfc9989.unknown != NULL ? dmarc->rfc9989.unknown : spf->unknown;
	s->older[i] = (struct older_reading){dmarc->rfc7489.result,
					     dmarc_verdict_disposition(&dmarc->rfc7489),
					     dmarc->rfc7489.pct};
	return 0;
}

struct trying {
	struct spoof *spoof;
	size_t only; /* this one attempt; SIZE_MAX: all that need no assumption */
};

static int judge_attempts(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct trying *trying = context;
	struct spoof *s = trying->spoof;
	int r = 0;
	arena_reset(s->try_arena);
	for (size_t i = 0; i < s->attempts.len && r == 0; i++) {
		bool is_meant = trying->only == SIZE_MAX ? attempt_at(s, i)->assumption.len == 0
							 : trying->only == i;
		if (is_meant) {
			r = try_attempt(s, i, inquiry, reterr);
		}
	}
	return r;
}

/* The facts as they are once the stranger has registered the name. */
static int assume_takeover(struct spoof *s, const struct spoof_attempt *attempt,
			   struct facts **ret_overlay, struct failure *reterr)
{
	struct assumptions assumptions = {.items = {0}};
	struct facts *overlay = facts_overlay_new(s->facts);
	if (overlay == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	int r = assumption_add(&assumptions, s->arena, attempt->assumption, false /* is_removal */,
			       reterr);
	if (r == 0) {
		r = assumptions_apply(&assumptions, overlay, s->arena, reterr);
	}
	if (r < 0) {
		facts_free(overlay);
		return r;
	}
	*ret_overlay = overlay;
	return 0;
}

/* The first name that can be taken over is tried; more would show nothing new. */
static int try_takeover(struct spoof *s, struct failure *reterr)
{
	for (size_t i = 0; i < s->attempts.len; i++) {
		struct spoof_attempt *attempt = attempt_at(s, i);
		if (attempt->assumption.len == 0) {
			continue;
		}
		if (s->overlay != NULL) {
			attempt->outcome = SPOOF_NOT_THERE;
			continue;
		}
		struct trying trying = {s, i};
		int r = assume_takeover(s, attempt, &s->overlay, reterr);
		if (r == 0) {
			r = settle(s->overlay, s->options->source,
				   (struct judge){judge_attempts, &trying}, reterr);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* --- choosing --- */

static struct span reason_of(struct spoof *s, const struct spoof_attempt *attempt,
			     const struct fact *unknown)
{
	struct arena *arena = s->arena;
	const char *who = attempt->is_rfc7489 ? "receivers of RFC 7489 find: " : "";
	switch (attempt->outcome) {
	case SPOOF_PASSES:
		return arena_printf(arena,
				    "%sSPF passes and is aligned: the message is "
				    "authenticated as %.*s",
				    who, SPAN_ARG(attempt->author));
	case SPOOF_DELIVERED:
		return attempt->result == DMARC_RESULT_NONE
			       ? arena_printf(arena, "%sno DMARC policy applies to %.*s", who,
					      SPAN_ARG(attempt->author))
			       : arena_printf(arena,
					      "%sDMARC fails, and the policy asks for nothing to "
					      "be done",
					      who);
	case SPOOF_SUSPECT:
		return attempt->disposition == DMARC_POLICY_QUARANTINE
			       ? arena_printf(arena, "%sDMARC fails, and the policy is quarantine",
					      who)
			       : arena_printf(arena,
					      "%sno DMARC policy stops it; SPF fails, which only "
					      "some receivers act on",
					      who);
	case SPOOF_STOPPED:
		return arena_printf(arena, "%sDMARC fails, and the policy is reject", who);
	case SPOOF_UNKNOWN:
		return unknown != NULL ? arena_printf(arena, "an answer is missing: %s (%.*s)",
						      fact_failure_explain(unknown->failure),
						      SPAN_ARG(fact_key_text(arena, unknown->key)))
				       : SPAN("an answer is missing");
	case SPOOF_NOT_THERE:
	case SPOOF_OUT_OF_REACH:
		break;
	}
	return SPAN("nothing of the kind");
}

static void choose(struct spoof *s, const struct spoof_attempt *attempt, const struct fact *unknown)
{
	struct spoof_finding *finding = &s->report.findings[attempt->vector];
	const struct spoof_attempt *known = finding->attempt;
	bool is_plainer = known != NULL && known->outcome == attempt->outcome &&
			  known->is_particular && !attempt->is_particular;
	if (known != NULL && known->outcome >= attempt->outcome && !is_plainer) {
		return;
	}
	finding->attempt = attempt;
	finding->outcome = attempt->outcome;
	finding->reason = reason_of(s, attempt, unknown);
}

/* The same attempt as receivers of RFC 7489 see it, when they let more through. */
static void choose_older(struct spoof *s, size_t i)
{
	const struct spoof_attempt *attempt = attempt_at(s, i);
	const struct older_reading *older = &s->older[i];
	enum spoof_outcome outcome =
		spoof_outcome_of(attempt->spf, older->result, older->disposition);
	if (outcome <= attempt->outcome || attempt->outcome == SPOOF_UNKNOWN) {
		return;
	}
	struct spoof_attempt *copy = arena_alloc(s->arena, sizeof(*copy));
	if (copy == NULL) {
		return;
	}
	*copy = *attempt;
	copy->vector = SPOOF_OLDER_RECEIVERS;
	copy->is_rfc7489 = true;
	copy->result = older->result;
	copy->disposition = older->disposition;
	copy->outcome = outcome;
	copy->condition = SPAN("a receiver that still follows RFC 7489");
	choose(s, copy, NULL);
}

/*
 * RFC 7489 6.6.4: what pct leaves out gets the next weaker policy. The message is the same, so the
 * witness shows the policy, and the share is told.
 */
static void choose_sampled(struct spoof *s, size_t i)
{
	const struct spoof_attempt *attempt = attempt_at(s, i);
	const struct older_reading *older = &s->older[i];
	struct spoof_finding *finding = &s->report.findings[SPOOF_SAMPLED];
	if (attempt->vector != SPOOF_STRANGER_ENVELOPE || older->pct >= 100 ||
	    older->result != DMARC_RESULT_FAIL || older->disposition == DMARC_POLICY_NONE) {
		return;
	}
	finding->outcome = SPOOF_SUSPECT;
	finding->reason = arena_printf(
		s->arena, "pct=%u: of %u in 100 messages receivers of RFC 7489 %s", older->pct,
		100 - older->pct,
		older->disposition == DMARC_POLICY_REJECT ? "only quarantine" : "do nothing about");
}

/* Keys are never broken here; that others can is reason enough. */
static void choose_weak_key(struct spoof *s)
{
	const struct dkim_view *dkim = s->assessment->dkim;
	struct spoof_finding *finding = &s->report.findings[SPOOF_WEAK_KEY];
	for (size_t i = 0; dkim != NULL && i < dkim->selector_count; i++) {
		const struct dkim_selector *selector = &dkim->selectors[i];
		const struct dkim_key *key = selector->key;
		if (key == NULL || key->rsa_bits == 0 || key->rsa_bits >= PUBLIC_KEY_MIN_BITS) {
			continue;
		}
		finding->outcome = SPOOF_SUSPECT;
		finding->reason = arena_printf(
			s->arena,
			"the key at %.*s has %u bits%s; receivers that follow RFC 8301 refuse it, "
			"others do not",
			SPAN_ARG(selector->name), key->rsa_bits,
			key->rsa_bits <= 512 ? " and can be factored for a few pounds" : "");
		return;
	}
}

static void choose_all(struct spoof *s)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		s->report.findings[i] = (struct spoof_finding){
			.vector = (enum spoof_vector)i,
			.outcome = SPOOF_NOT_THERE,
			.reason = SPAN("the domain offers nothing of the kind"),
		};
	}
	for (size_t i = 0; i < s->attempts.len; i++) {
		choose(s, attempt_at(s, i), s->unknown[i]);
		if (attempt_at(s, i)->assumption.len == 0) {
			choose_older(s, i);
			choose_sampled(s, i);
		}
	}
	choose_weak_key(s);
	for (size_t i = SPOOF_DISPLAY_NAME; i <= SPOOF_LOOK_ALIKE; i++) {
		s->report.findings[i].outcome = SPOOF_OUT_OF_REACH;
		s->report.findings[i].reason =
			SPAN("SPF, DKIM and DMARC are about the domain of the address alone");
	}
}

/* --- showing --- */

static int show(struct spoof *s, struct spoof_finding *finding, struct failure *reterr)
{
	const struct spoof_attempt *attempt = finding->attempt;
	if (attempt == NULL || finding->outcome == SPOOF_NOT_THERE) {
		return 0;
	}
	struct verification *v = verification_new(LINE_ENDS_CRLF);
	const struct message *message;
	s->verifications[finding->vector] = v;
	finding->message = witness_write(s->arena, attempt, s->options->assess.now);
	if (v == NULL || finding->message.len == 0) {
		return failure_set_memory(reterr, "spoof");
	}
	verification_feed(v, finding->message);
	int r = verification_end(v, &message, reterr);
	if (r < 0) {
		return r;
	}
	struct message_check_options options = {
		.now = s->options->assess.now,
		.suffixes = s->options->assess.suffixes,
	};
	struct facts *facts = attempt->assumption.len > 0 ? s->overlay : s->facts;
	r = verification_run(v, &attempt->envelope, &options, facts, s->options->source,
			     &finding->check, reterr);
	if (r < 0) {
		return r;
	}
	finding->is_confirmed = witness_confirms(attempt, finding->check);
	if (!finding->is_confirmed) {
		finding->outcome = SPOOF_UNKNOWN;
		finding->reason = SPAN("the message made for it is judged differently: a fault of "
				       "this program");
	}
	return 0;
}

/* --- the answer --- */

static enum spoof_outcome best_of(const struct spoof_report *report, const enum spoof_vector *set,
				  size_t count)
{
	enum spoof_outcome best = SPOOF_NOT_THERE;
	for (size_t i = 0; i < count; i++) {
		const struct spoof_finding *finding = &report->findings[set[i]];
		bool is_deciding = finding->attempt == NULL || !finding->attempt->is_particular;
		best = is_deciding && finding->outcome > best ? finding->outcome : best;
	}
	return best;
}

static bool has_unknown(const struct spoof_report *report)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		if (report->findings[i].outcome == SPOOF_UNKNOWN) {
			return true;
		}
	}
	return false;
}

/* What needs nothing but a will, and what needs more: a range, a subdomain, an old receiver. */
static void conclude(struct spoof_report *report)
{
	static const enum spoof_vector anybody[] = {SPOOF_EXACT, SPOOF_STRANGER_ENVELOPE,
						    SPOOF_NULL_SENDER, SPOOF_SUBDOMAIN_ENVELOPE,
						    SPOOF_TAKEOVER};
	static const enum spoof_vector somebody[] = {SPOOF_WIDE_RANGE,	SPOOF_SUBDOMAIN,
						     SPOOF_NONEXISTENT, SPOOF_OLDER_RECEIVERS,
						     SPOOF_SAMPLED,	SPOOF_WEAK_KEY};
	enum spoof_outcome first = best_of(report, anybody, sizeof(anybody) / sizeof(*anybody));
	enum spoof_outcome second = best_of(report, somebody, sizeof(somebody) / sizeof(*somebody));
	bool is_unknown = has_unknown(report);
	if (spoof_outcome_works(first)) {
		report->answer = SPOOF_ANSWER_YES;
		report->sentence = SPAN("Yes: a stranger can send as this domain, and a "
					"message shows it.");
	} else if (first == SPOOF_SUSPECT || second >= SPOOF_SUSPECT) {
		report->answer = SPOOF_ANSWER_PARTLY;
		report->sentence =
			is_unknown ? SPAN("At least partly: some receivers, or names below the "
					  "domain, let a stranger's message through; not every "
					  "attempt could be judged.")
				   : SPAN("Partly: some receivers, or names below the domain, let "
					  "a stranger's message through.");
	} else if (is_unknown) {
		report->answer = SPOOF_ANSWER_UNKNOWN;
		report->sentence = SPAN("It could not be determined: an answer is missing.");
	} else {
		report->answer = SPOOF_ANSWER_NO;
		report->sentence = SPAN("No: every attempt is refused by receivers that check "
					"DMARC.");
	}
}

/* What could not be judged did not come far. */
static unsigned progress(enum spoof_outcome outcome)
{
	return outcome == SPOOF_UNKNOWN ? 0 : (unsigned)outcome + 1;
}

/* The attempt with a message that came furthest. */
static void find_closest(struct spoof_report *report)
{
	report->closest = SPOOF_EXACT;
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		if (finding->check != NULL &&
		    progress(finding->outcome) >
			    progress(report->findings[report->closest].outcome)) {
			report->closest = finding->vector;
		}
	}
}

static int run(struct spoof *s, struct failure *reterr)
{
	struct trying all = {s, SIZE_MAX};
	int r = settle(s->facts, s->options->source, (struct judge){judge_plan, s}, reterr);
	if (r == 0) {
		r = settle(s->facts, s->options->source, (struct judge){judge_attempts, &all},
			   reterr);
	}
	if (r == 0) {
		r = try_takeover(s, reterr);
	}
	if (r < 0) {
		return r;
	}
	s->report.domain = s->domain;
	s->report.unicode = s->assessment->unicode;
	s->report.judged_at = s->options->assess.now;
	choose_all(s);
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT && r == 0; i++) {
		r = show(s, &s->report.findings[i], reterr);
	}
	conclude(&s->report);
	find_closest(&s->report);
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
	facts_free(s->overlay);
	arena_free(s->arena);
	arena_free(s->try_arena);
	free(s);
}

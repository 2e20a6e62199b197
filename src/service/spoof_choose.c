/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The best attempt of each kind, and in a sentence why it comes as far as it does. */
#include "service/spoof_state.h"

static const struct spoof_reading *reading_of(const struct spoof *s,
					      const struct spoof_attempt *attempt)
{
	const struct spoof_trial *trial = &s->trials[attempt->number];
	return attempt->receivers == SPOOF_BY_RFC7489 ? &trial->older : &trial->newer;
}

/* --- why --- */

static enum spoof_cause cause_of_fail(const struct spoof_attempt *attempt,
				      const struct spoof_reading *reading)
{
	if (attempt->vector == SPOOF_SAMPLED) {
		return SPOOF_CAUSE_SAMPLED;
	}
	if (reading->published != attempt->disposition) {
		return SPOOF_CAUSE_TESTING;
	}
	switch (attempt->disposition) {
	case DMARC_POLICY_REJECT:
		return SPOOF_CAUSE_REJECT;
	case DMARC_POLICY_QUARANTINE:
		return SPOOF_CAUSE_QUARANTINE;
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_INVALID:
		break;
	}
	return reading->asks_for_reports ? SPOOF_CAUSE_REPORT_ONLY : SPOOF_CAUSE_POLICY_NONE;
}

static enum spoof_cause cause_of(const struct spoof_attempt *attempt,
				 const struct spoof_reading *reading)
{
	switch (attempt->result) {
	case DMARC_RESULT_PASS:
		return reading->is_signed ? SPOOF_CAUSE_DKIM : SPOOF_CAUSE_SPF;
	case DMARC_RESULT_FAIL:
		return cause_of_fail(attempt, reading);
	case DMARC_RESULT_NONE:
		return reading->status == DMARC_UNUSABLE ? SPOOF_CAUSE_UNUSABLE_DMARC
							 : SPOOF_CAUSE_NO_DMARC;
	case DMARC_RESULT_TEMPERROR:
	case DMARC_RESULT_PERMERROR:
		break;
	}
	return SPOOF_CAUSE_UNKNOWN;
}

static const char *policy_word(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return "reject";
	case DMARC_POLICY_QUARANTINE:
		return "quarantine";
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_INVALID:
		break;
	}
	return "none";
}

static struct span missing_answer(struct arena *arena, const struct fact *unknown)
{
	return unknown != NULL ? arena_printf(arena, "an answer is missing: %s (%.*s)",
					      fact_failure_explain(unknown->failure),
					      SPAN_ARG(fact_key_text(arena, unknown->key)))
			       : SPAN("an answer is missing");
}

/* What DMARC makes of a message that is not authenticated. */
static struct span policy_text(struct arena *arena, const struct spoof_attempt *attempt,
			       const struct spoof_reading *reading, enum spoof_cause cause)
{
	const char *applied = policy_word(attempt->disposition);
	switch (cause) {
	case SPOOF_CAUSE_NO_DMARC:
		return arena_printf(
			arena, "no DMARC policy applies to %.*s%s", SPAN_ARG(attempt->author),
			attempt->spf == SPF_RESULT_FAIL ? "; some receivers act on that fail alone"
							: "");
	case SPOOF_CAUSE_UNUSABLE_DMARC:
		return SPAN("the DMARC record that applies cannot be used");
	case SPOOF_CAUSE_REPORT_ONLY:
		return SPAN("DMARC fails, and the policy none asks for reports only");
	case SPOOF_CAUSE_TESTING:
		return arena_printf(arena, "DMARC fails; the policy is %s, but t=y makes it %s",
				    policy_word(reading->published), applied);
	case SPOOF_CAUSE_SAMPLED:
		return arena_printf(
			arena, "DMARC fails; pct=%u makes the policy %s for %u in 100 messages",
			reading->pct, applied, 100 - reading->pct);
	default:
		return arena_printf(arena, "DMARC fails, and the policy is %s", applied);
	}
}

static const char *who_finds(const struct spoof_attempt *attempt)
{
	switch (attempt->receivers) {
	case SPOOF_BY_RFC7489:
		return "receivers of RFC 7489 find: ";
	case SPOOF_BY_SHORT_KEYS:
		return "receivers that do not follow RFC 8301 find: ";
	case SPOOF_BY_RFC9989:
		break;
	}
	return "";
}

static struct span reason_of(struct spoof *s, const struct spoof_attempt *attempt,
			     enum spoof_cause cause)
{
	struct arena *arena = s->arena;
	const char *who = who_finds(attempt);
	const char *forged =
		attempt->signature.is_forged ? "the forged signature counts for nothing; " : "";
	if (cause == SPOOF_CAUSE_UNKNOWN) {
		return missing_answer(arena, s->trials[attempt->number].unknown);
	}
	if (attempt->result == DMARC_RESULT_PASS) {
		return arena_printf(
			arena, "%s%s and is aligned: the message is authenticated as %.*s", who,
			cause == SPOOF_CAUSE_DKIM ? "the DKIM signature holds" : "SPF passes",
			SPAN_ARG(attempt->author));
	}
	struct span policy = policy_text(arena, attempt, reading_of(s, attempt), cause);
	return arena_printf(arena, "%s%sSPF says %s; %.*s", who, forged,
			    spf_result_name(attempt->spf), SPAN_ARG(policy));
}

/* --- choosing --- */

static void choose(struct spoof *s, const struct spoof_attempt *attempt)
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
	finding->cause = cause_of(attempt, reading_of(s, attempt));
	finding->reason = reason_of(s, attempt, finding->cause);
}

/* The same attempt as receivers of RFC 7489 judge it. NULL when memory is out. */
static struct spoof_attempt *as_older(struct spoof *s, const struct spoof_attempt *attempt,
				      enum spoof_vector vector)
{
	const struct spoof_reading *older = &s->trials[attempt->number].older;
	struct spoof_attempt *copy = arena_alloc(s->arena, sizeof(*copy));
	if (copy == NULL) {
		return NULL;
	}
	*copy = *attempt;
	copy->vector = vector;
	copy->receivers = SPOOF_BY_RFC7489;
	copy->result = older->result;
	copy->disposition = older->disposition;
	copy->outcome = spoof_outcome_of(copy->spf, copy->result, copy->disposition);
	return copy;
}

static struct span and_older(struct spoof *s, struct span condition)
{
	const char *older = "a receiver that still follows RFC 7489";
	return condition.len > 0
		       ? arena_printf(s->arena, "%.*s, and %s", SPAN_ARG(condition), older)
		       : span_of_string(older);
}

/*
 * When those let more through. A neighbour's attempt stays one of its kind, because the difference
 * is all that it is about.
 */
static void choose_older(struct spoof *s, const struct spoof_attempt *attempt)
{
	bool is_neighbour = attempt->vector == SPOOF_ORGANISATION;
	bool is_plain = attempt->assumption.len == 0 && attempt->signature.selector.len == 0;
	if (attempt->outcome == SPOOF_UNKNOWN || !(is_plain || is_neighbour)) {
		return;
	}
	struct spoof_attempt *older =
		as_older(s, attempt, is_neighbour ? SPOOF_ORGANISATION : SPOOF_OLDER_RECEIVERS);
	if (older != NULL && older->outcome > attempt->outcome) {
		older->condition = and_older(s, older->condition);
		choose(s, older);
	}
}

/*
 * RFC 7489 6.6.4: what pct leaves out gets the next weaker policy. The message is the same as one
 * that is not left out; which share it falls into is the receiver's dice.
 */
static void choose_sampled(struct spoof *s, const struct spoof_attempt *attempt)
{
	const struct spoof_reading *older = &s->trials[attempt->number].older;
	bool is_sampled = older->pct < 100 && older->result == DMARC_RESULT_FAIL &&
			  older->disposition != DMARC_POLICY_NONE;
	struct spoof_attempt *copy = is_sampled && attempt->vector == SPOOF_STRANGER_ENVELOPE
					     ? as_older(s, attempt, SPOOF_SAMPLED)
					     : NULL;
	if (copy != NULL) {
		copy->disposition = spoof_sampled_policy(older->disposition);
		copy->outcome = spoof_outcome_of(copy->spf, copy->result, copy->disposition);
		copy->condition = and_older(s, copy->condition);
		choose(s, copy);
	}
}

void spoof_choose(struct spoof *s)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		s->report.findings[i] = (struct spoof_finding){
			.vector = (enum spoof_vector)i,
			.outcome = SPOOF_NOT_THERE,
			.cause = SPOOF_CAUSE_NOTHING,
			.reason = SPAN("the domain offers nothing of the kind"),
		};
	}
	for (size_t i = 0; i < s->attempts.len; i++) {
		if (!s->trials[i].is_left_out) {
			choose(s, spoof_attempt_at(s, i));
			choose_older(s, spoof_attempt_at(s, i));
			choose_sampled(s, spoof_attempt_at(s, i));
		}
	}
	for (size_t i = SPOOF_DISPLAY_NAME; i <= SPOOF_LOOK_ALIKE; i++) {
		s->report.findings[i].outcome = SPOOF_OUT_OF_REACH;
		s->report.findings[i].cause = SPOOF_CAUSE_OUT_OF_REACH;
		s->report.findings[i].reason =
			SPAN("SPF, DKIM and DMARC are about the domain of the address alone");
	}
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

/* Something works that takes more than a stranger has, such as an account at a service. */
static bool has_condition(const struct spoof_report *report)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		if (spoof_outcome_works(report->findings[i].outcome)) {
			return true;
		}
	}
	return false;
}

static void answer(struct spoof_report *report, enum spoof_answer value, const char *sentence)
{
	report->answer = value;
	report->sentence = span_of_string(sentence);
}

/* The attempt with a message that came furthest. */
static void find_closest(struct spoof_report *report)
{
	report->closest = SPOOF_EXACT;
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		const struct spoof_finding *closest = &report->findings[report->closest];
		/* what could not be judged did not come far */
		bool is_unknown = closest->outcome == SPOOF_UNKNOWN;
		if (finding->check != NULL && finding->outcome != SPOOF_UNKNOWN &&
		    (is_unknown || finding->outcome > closest->outcome)) {
			report->closest = finding->vector;
		}
	}
}

/* What needs nothing but a will, and what needs more: a range, a subdomain, an old receiver. */
void spoof_conclude(struct spoof_report *report)
{
	static const enum spoof_vector anybody[] = {SPOOF_EXACT,       SPOOF_STRANGER_ENVELOPE,
						    SPOOF_NULL_SENDER, SPOOF_SUBDOMAIN_ENVELOPE,
						    SPOOF_TAKEOVER,    SPOOF_KEY_TAKEOVER};
	static const enum spoof_vector somebody[] = {SPOOF_WIDE_RANGE,	SPOOF_SUBDOMAIN,
						     SPOOF_NONEXISTENT, SPOOF_OLDER_RECEIVERS,
						     SPOOF_SAMPLED,	SPOOF_WEAK_KEY};
	enum spoof_outcome first = best_of(report, anybody, sizeof(anybody) / sizeof(*anybody));
	enum spoof_outcome second = best_of(report, somebody, sizeof(somebody) / sizeof(*somebody));
	bool is_unknown = has_unknown(report);
	find_closest(report);
	if (spoof_outcome_works(first)) {
		answer(report, SPOOF_ANSWER_YES,
		       "Yes: a stranger can send as this domain, and a message shows it.");
	} else if (first == SPOOF_SUSPECT || second >= SPOOF_SUSPECT) {
		answer(report, SPOOF_ANSWER_PARTLY,
		       is_unknown ? "At least partly: some receivers, or names below the domain, "
				    "let a "
				    "stranger's message through; not every attempt could be judged."
				  : "Partly: some receivers, or names below the domain, let a "
				    "stranger's message through.");
	} else if (is_unknown) {
		answer(report, SPOOF_ANSWER_UNKNOWN,
		       has_condition(report)
			       ? "It could not be determined: an answer is missing. One message "
				 "passes, if what it takes is given."
			       : "It could not be determined: an answer is missing.");
	} else {
		answer(report, SPOOF_ANSWER_NO,
		       has_condition(report)
			       ? "No, unless a stranger has what it takes for the attempt that "
				 "passes; "
				 "all others are refused by receivers that check DMARC."
			       : "No: every attempt is refused by receivers that check DMARC.");
	}
}

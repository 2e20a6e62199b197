/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges the attempts by SPF and DMARC alone, before there is a message. */
#include "authenticate/sign.h"
#include "service/spoof_state.h"

/* Attempts that need records of a stranger: each is judged on facts of its own. */
#define SPOOF_MAX_OVERLAYS 12

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

static struct spoof_reading read_verdict(const struct dmarc_verdict *verdict)
{
	const struct dmarc_step *holder = verdict->applied.holder;
	return (struct spoof_reading){
		.result = verdict->result,
		.disposition = dmarc_verdict_disposition(verdict),
		.status = verdict->applied.status,
		.published = verdict->applied.published,
		.asks_for_reports =
			holder != NULL && holder->record != NULL && holder->record->rua_count > 0,
		.is_signed = !dmarc_verdict_is_aligned(verdict, DMARC_BY_SPF) &&
			     dmarc_verdict_is_aligned(verdict, DMARC_BY_DKIM),
		.pct = verdict->pct,
	};
}

/* RFC 8301 3.2: nobody who keeps to it accepts a short key. */
static bool is_signature_good(const struct spoof_attempt *attempt)
{
	const struct spoof_signature *signature = &attempt->signature;
	bool is_taken =
		attempt->receivers == SPOOF_BY_SHORT_KEYS || signature->bits >= PUBLIC_KEY_MIN_BITS;
	return signature->selector.len > 0 && !signature->is_forged && is_taken;
}

static size_t identify(const struct spoof_attempt *attempt, const struct spf_check *spf,
		       struct dmarc_identifier *identifiers)
{
	size_t count = 0;
	bool is_temporary = spf->result == SPF_RESULT_TEMPERROR;
	if (spf->result == SPF_RESULT_PASS || is_temporary) {
		identifiers[count++] =
			(struct dmarc_identifier){DMARC_BY_SPF, spf->domain, is_temporary};
	}
	if (is_signature_good(attempt)) {
		identifiers[count++] = (struct dmarc_identifier){DMARC_BY_DKIM, attempt->author,
								 false /* is_temporary */};
	}
	return count;
}

static int try_attempt(struct spoof *s, struct spoof_attempt *attempt, struct inquiry *inquiry,
		       struct failure *reterr)
{
	struct spoof_trial *trial = &s->trials[attempt->number];
	const struct spf_check *spf = try_spf(s, inquiry, &attempt->envelope);
	if (spf == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	struct dmarc_identifier identifiers[2];
	struct dmarc_request request = {
		.author = attempt->author,
		.identifiers = identifiers,
		.identifier_count = identify(attempt, spf, identifiers),
		.max_walks = DMARC_WALKS_DEFAULT,
		.suffixes = s->options->assess.suffixes,
	};
	const struct dmarc_evaluation *dmarc = dmarc_evaluate(s->try_arena, inquiry, &request);
	if (dmarc == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	trial->newer = read_verdict(&dmarc->rfc9989);
	trial->older = read_verdict(&dmarc->rfc7489);
	trial->unknown = dmarc->rfc9989.unknown != NULL ? dmarc->rfc9989.unknown : spf->unknown;
	attempt->spf = spf->result;
	attempt->result = trial->newer.result;
	attempt->disposition = trial->newer.disposition;
	attempt->outcome = spoof_outcome_of(attempt->spf, attempt->result, attempt->disposition);
	return 0;
}

/* --- what the stranger publishes --- */

static bool is_published_key(const struct spoof_attempt *attempt)
{
	return attempt->signature.selector.len > 0 && !attempt->signature.is_forged;
}

static bool needs_overlay(const struct spoof_attempt *attempt)
{
	return attempt->assumption.len > 0 || is_published_key(attempt);
}

/* The key's record where receivers ask for it, and where a stranger would put it. */
static int publish_key(struct spoof *s, struct spoof_attempt *attempt,
		       const struct private_key *key, struct failure *reterr)
{
	struct buffer record = buffer_new(LIMIT_DNS_MESSAGE);
	int r = sign_key_record(key, &record, reterr);
	if (r == 0) {
		attempt->assumption =
			arena_printf(s->arena, "%.*s._domainkey.%.*s TXT %.*s",
				     SPAN_ARG(attempt->signature.selector),
				     SPAN_ARG(attempt->author), SPAN_ARG(buffer_span(&record)));
	}
	if (r == 0 && attempt->published.len > 0) {
		attempt->published =
			arena_printf(s->arena, "%.*s TXT %.*s", SPAN_ARG(attempt->published),
				     SPAN_ARG(buffer_span(&record)));
	}
	buffer_free(&record);
	return r;
}

static int make_key(struct spoof *s, struct spoof_attempt *attempt, struct failure *reterr)
{
	struct spoof_trial *trial = &s->trials[attempt->number];
	unsigned bits = attempt->signature.bits;
	if (attempt->signature.selector.len == 0) {
		return 0;
	}
	int r = bits < PUBLIC_KEY_MIN_BITS
			? private_key_generate_short(bits, &trial->key, reterr)
			: private_key_generate(KEY_RSA, bits, &trial->key, reterr);
	if (r == 0 && is_published_key(attempt)) {
		r = publish_key(s, attempt, trial->key, reterr);
	}
	return r;
}

static int assume(struct spoof *s, const struct spoof_attempt *attempt, struct failure *reterr)
{
	struct assumptions assumptions = {.items = {0}};
	struct spoof_trial *trial = &s->trials[attempt->number];
	struct span rest = attempt->assumption;
	struct span line;
	trial->overlay = facts_overlay_new(s->facts);
	if (trial->overlay == NULL) {
		return failure_set_memory(reterr, "spoof");
	}
	int r = 0;
	while (r == 0 && rest.len > 0 && span_split(&rest, '\n', &line)) {
		r = assumption_add(&assumptions, s->arena, line, false /* is_removal */, reterr);
	}
	return r == 0 ? assumptions_apply(&assumptions, trial->overlay, s->arena, reterr) : r;
}

/* --- all of them --- */

struct trying {
	struct spoof *spoof;
	struct spoof_attempt *only; /* NULL: all of them, on the facts as they are */
};

static int judge_attempts(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct trying *trying = context;
	struct spoof *s = trying->spoof;
	arena_reset(s->try_arena);
	if (trying->only != NULL) {
		return try_attempt(s, trying->only, inquiry, reterr);
	}
	int r = 0;
	for (size_t i = 0; i < s->attempts.len && r == 0; i++) {
		r = try_attempt(s, spoof_attempt_at(s, i), inquiry, reterr);
	}
	return r;
}

/* What was observed on the way belongs to the facts, so that a saved file replays. */
static int keep_observed(struct spoof *s, const struct facts *overlay, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; i < facts_count(overlay) && r == 0; i++) {
		const struct fact *fact = facts_at(overlay, i);
		r = fact->is_assumed ? 0 : facts_add(s->facts, fact, reterr);
	}
	return r;
}

static int try_with_overlay(struct spoof *s, struct spoof_attempt *attempt, struct failure *reterr)
{
	struct trying trying = {s, attempt};
	struct spoof_trial *trial = &s->trials[attempt->number];
	int r = assume(s, attempt, reterr);
	if (r == 0) {
		r = settle(trial->overlay, s->options->source,
			   (struct judge){judge_attempts, &trying}, reterr);
	}
	return r == 0 ? keep_observed(s, trial->overlay, reterr) : r;
}

/* The first ones of a kind show what there is to show. */
static int try_with_overlays(struct spoof *s, struct failure *reterr)
{
	size_t count = 0;
	for (size_t i = 0; i < s->attempts.len; i++) {
		struct spoof_attempt *attempt = spoof_attempt_at(s, i);
		bool is_needed = needs_overlay(attempt);
		s->trials[i].is_left_out = is_needed && count == SPOOF_MAX_OVERLAYS;
		if (s->trials[i].is_left_out) {
			continue;
		}
		count += is_needed;
		int r = make_key(s, attempt, reterr);
		r = r == 0 && is_needed ? try_with_overlay(s, attempt, reterr) : r;
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int spoof_try(struct spoof *s, struct failure *reterr)
{
	struct trying all = {s, NULL};
	int r = settle(s->facts, s->options->source, (struct judge){judge_attempts, &all}, reterr);
	return r == 0 ? try_with_overlays(s, reterr) : r;
}

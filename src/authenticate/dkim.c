/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges each signature: text, limits, key, body, header, then time and coverage. */
#include "authenticate/dkim.h"

#include "authenticate/dkim_surface.h"
#include "records/name.h"

static bool is_body_right(const struct mail *mail, const struct mail_signature *signature)
{
	const struct body_hash *hash = &mail->body.hashes[signature->body_hash];
	return hash->is_done &&
	       span_equal(digest_value_span(&hash->value), signature->text.body_hash);
}

static uint64_t body_length(const struct mail *mail, const struct mail_signature *signature)
{
	return mail->body.lengths[mail->body.hashes[signature->body_hash].form];
}

/* RFC 6376 3.5: a signed length beyond the body is an error */
static enum dkim_reason check_body(const struct mail *mail, const struct mail_signature *signature)
{
	const struct dkim_signature *text = &signature->text;
	if (text->has_length && text->length > body_length(mail, signature)) {
		return DKIM_REASON_LENGTH_BEYOND;
	}
	return is_body_right(mail, signature) ? DKIM_REASON_NONE : DKIM_REASON_BODY_HASH;
}

enum dkim_reason dkim_check(struct arena *arena, struct inquiry *inquiry, const struct mail *mail,
			    const struct mail_signature *signature,
			    const struct dkim_key_options *options, struct dkim_key_check *ret_key)
{
	const struct dkim_signature *text = &signature->text;
	if (text->problem != DKIM_REASON_NONE) {
		return text->problem;
	}
	if (mail->message->header.is_cut) {
		return DKIM_REASON_HEADER_LIMIT;
	}
	if (signature->body_hash == BODY_HASH_NONE) {
		return DKIM_REASON_BODY_LIMIT;
	}
	if (!signature->has_header_digest) {
		return DKIM_REASON_MEMORY;
	}
	*ret_key = dkim_key_check(arena, inquiry, text, &signature->header_digest, options);
	bool is_key_bad =
		ret_key->reason != DKIM_REASON_NONE && ret_key->reason != DKIM_REASON_SIGNATURE;
	enum dkim_reason body = is_key_bad ? ret_key->reason : check_body(mail, signature);
	return body != DKIM_REASON_NONE ? body : ret_key->reason;
}

/* What may still be said of a signature that matches. */
static enum dkim_reason check_coverage(const struct mail *mail,
				       const struct mail_signature *signature,
				       const struct dkim_options *options)
{
	const struct dkim_signature *text = &signature->text;
	if (text->has_expiry && text->expiry + options->skew_s < options->now) {
		return DKIM_REASON_EXPIRED;
	}
	if (text->has_time && text->time > options->now + options->skew_s) {
		return DKIM_REASON_FUTURE;
	}
	bool is_partial = text->has_length && text->length < body_length(mail, signature);
	return is_partial && !options->allows_partial_body ? DKIM_REASON_LENGTH_SHORT
							   : DKIM_REASON_NONE;
}

/* The octets that show the reason. */
static struct span offending(const struct dkim_verdict *verdict)
{
	static const struct {
		enum dkim_reason reason;
		struct span tag;
	} tags[] = {
		{DKIM_REASON_LENGTH_BEYOND, SPAN_INIT("l")},
		{DKIM_REASON_LENGTH_SHORT, SPAN_INIT("l")},
		{DKIM_REASON_BODY_HASH, SPAN_INIT("bh")},
		{DKIM_REASON_SIGNATURE, SPAN_INIT("b")},
		{DKIM_REASON_EXPIRED, SPAN_INIT("x")},
		{DKIM_REASON_FUTURE, SPAN_INIT("t")},
	};
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (tags[i].reason == verdict->reason) {
			return tag_list_find(&verdict->signature->tags, tags[i].tag)->value;
		}
	}
	if (verdict->key.key != NULL && verdict->reason != DKIM_REASON_NONE) {
		return verdict->key.key->text;
	}
	return verdict->signature->offending;
}

static struct dkim_verdict judge(struct arena *arena, struct inquiry *inquiry,
				 const struct mail *mail, const struct mail_signature *signature,
				 const struct dkim_options *options)
{
	struct dkim_verdict verdict = {.signature = &signature->text};
	verdict.reason = dkim_check(arena, inquiry, mail, signature, &options->key, &verdict.key);
	if (verdict.reason == DKIM_REASON_NONE) {
		verdict.reason = check_coverage(mail, signature, options);
		verdict.surface = dkim_surface_of(mail, signature, options->now);
	}
	verdict.result = dkim_reason_result(verdict.reason);
	verdict.offending = offending(&verdict);
	verdict.is_testing = verdict.key.key != NULL && verdict.key.key->is_testing;
	verdict.is_single_label = name_label_count(signature->text.domain) == 1;
	return verdict;
}

const struct dkim_report *dkim_verify(struct arena *arena, struct inquiry *inquiry,
				      const struct mail *mail, const struct dkim_options *options)
{
	struct dkim_report *report = arena_alloc(arena, sizeof(*report));
	struct dkim_verdict *verdicts =
		arena_alloc(arena, (mail->signature_count + 1) * sizeof(*verdicts));
	if (report == NULL || verdicts == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < mail->signature_count; i++) {
		verdicts[i] = judge(arena, inquiry, mail, &mail->signatures[i], options);
	}
	*report = (struct dkim_report){
		.verdicts = verdicts,
		.verdict_count = mail->signature_count,
		.skipped_count = mail->signature_total - mail->signature_count,
		.dkim2_count = mail->dkim2_count,
	};
	return arena_has_failed(arena) ? NULL : report;
}

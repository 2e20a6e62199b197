/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Puts the sets together, checks their form, then the newest message signature and every seal. */
#include "authenticate/arc.h"

#include "authenticate/signed_header.h"

/* Every ARC field of a header, in a form that is never longer but for its line ends. */
#define COVER_MAX (2 * HEADER_MAX_BYTES)

struct validator {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct mail *mail;
	const struct dkim_key_options *options;
	struct arc_set *sets;
	struct arc_report *report;
};

/* The first reason stands. */
static void fail(struct validator *validator, enum arc_reason reason, unsigned instance)
{
	if (validator->report->reason == ARC_REASON_NONE) {
		validator->report->status = ARC_FAIL;
		validator->report->reason = reason;
		validator->report->instance = instance;
	}
}

/* The set of that instance, or NULL and a failure. */
static struct arc_set *set_of(struct validator *validator, unsigned instance)
{
	if (instance == 0) {
		fail(validator, ARC_REASON_INSTANCE, 0);
		return NULL;
	}
	if (instance > validator->report->set_count) {
		validator->report->set_count = instance;
	}
	return &validator->sets[instance - 1];
}

static void add_results(struct validator *validator, const struct arc_results *results)
{
	struct arc_set *set = set_of(validator, results->instance);
	if (set != NULL && set->results != NULL) {
		fail(validator, ARC_REASON_DUPLICATE, results->instance);
	} else if (set != NULL) {
		set->results = results;
	}
}

static void add_message(struct validator *validator, const struct mail_signature *message)
{
	struct arc_set *set = set_of(validator, message->text.instance);
	if (set != NULL && set->message != NULL) {
		fail(validator, ARC_REASON_DUPLICATE, message->text.instance);
	} else if (set != NULL) {
		set->message = message;
	}
}

static void add_seal(struct validator *validator, const struct mail_signature *seal)
{
	struct arc_set *set = set_of(validator, seal->text.instance);
	if (set != NULL && set->seal != NULL) {
		fail(validator, ARC_REASON_DUPLICATE, seal->text.instance);
	} else if (set != NULL) {
		set->seal = seal;
	}
}

static void collect(struct validator *validator)
{
	const struct mail *mail = validator->mail;
	for (size_t i = 0; i < mail->arc_results_count; i++) {
		add_results(validator, &mail->arc_results[i]);
	}
	for (size_t i = 0; i < mail->arc_message_count; i++) {
		add_message(validator, &mail->arc_messages[i]);
	}
	for (size_t i = 0; i < mail->arc_seal_count; i++) {
		add_seal(validator, &mail->arc_seals[i]);
	}
	if (mail->is_arc_cut || mail->message->header.is_cut) {
		fail(validator, ARC_REASON_LIMIT, 0);
	}
}

/* RFC 8617 5.2 steps 2 and 3 */
static void check_form(struct validator *validator)
{
	for (unsigned i = 1; i <= validator->report->set_count; i++) {
		const struct arc_set *set = &validator->sets[i - 1];
		if (set->results == NULL || set->message == NULL || set->seal == NULL) {
			fail(validator, ARC_REASON_MISSING, i);
			return;
		}
		bool is_newest = i == validator->report->set_count;
		enum arc_status expected = i == 1 ? ARC_NONE : ARC_PASS;
		if (set->seal->text.problem != DKIM_REASON_NONE) {
			validator->sets[i - 1].seal_reason = set->seal->text.problem;
			fail(validator, ARC_REASON_SEAL, i);
		} else if (is_newest && set->seal->text.chain == ARC_FAIL) {
			fail(validator, ARC_REASON_CHAIN_FAILED, i);
		} else if (set->seal->text.chain != expected) {
			fail(validator, ARC_REASON_CHAIN_VALUE, i);
		}
	}
}

static void note_unknown(struct validator *validator, enum dkim_reason reason)
{
	if (dkim_reason_result(reason) == DKIM_TEMPERROR) {
		validator->report->is_unknown = true;
	}
}

/* RFC 8617 5.2 step 4; a part of the body left unsigned is a change nobody would notice */
static void check_message(struct validator *validator)
{
	struct arc_report *report = validator->report;
	const struct mail_signature *message = validator->sets[report->set_count - 1].message;
	report->message_reason = dkim_check(validator->arena, validator->inquiry, validator->mail,
					    message, validator->options, &report->message_key);
	if (report->message_reason == DKIM_REASON_NONE && message->text.has_length) {
		const struct body_hasher *body = &validator->mail->body;
		uint64_t length = body->lengths[body->hashes[message->body_hash].form];
		report->message_reason =
			message->text.length < length ? DKIM_REASON_LENGTH_SHORT : DKIM_REASON_NONE;
	}
	note_unknown(validator, report->message_reason);
	if (report->message_reason != DKIM_REASON_NONE) {
		fail(validator, ARC_REASON_MESSAGE, (unsigned)report->set_count);
	}
}

void arc_set_write(const struct arc_set *set, struct buffer *text)
{
	canonical_field_write(CANONICAL_RELAXED, set->results->field->raw, text);
	canonical_field_write(CANONICAL_RELAXED, set->message->text.field->raw, text);
	canonical_field_write(CANONICAL_RELAXED, set->seal->text.field->raw, text);
}

/* RFC 8617 5.1.1: all sets up to the seal's own, and last the seal with an empty b= */
static void write_cover(const struct validator *validator, unsigned instance, struct buffer *text)
{
	const struct arc_set *set = &validator->sets[instance - 1];
	const struct dkim_signature *seal = &set->seal->text;
	buffer_clear(text);
	for (unsigned i = 1; i < instance; i++) {
		arc_set_write(&validator->sets[i - 1], text);
	}
	canonical_field_write(CANONICAL_RELAXED, set->results->field->raw, text);
	canonical_field_write(CANONICAL_RELAXED, set->message->text.field->raw, text);
	signed_header_write_own(seal->field->raw, tag_list_find(&seal->tags, SPAN("b"))->value,
				CANONICAL_RELAXED, text);
}

static enum dkim_reason check_seal(struct validator *validator, unsigned instance,
				   struct buffer *text)
{
	struct arc_set *set = &validator->sets[instance - 1];
	const struct dkim_signature *seal = &set->seal->text;
	struct digest_value digest;
	write_cover(validator, instance, text);
	if (text->is_failed ||
	    !digest_of(dkim_algorithm_digest(seal->algorithm), buffer_span(text), &digest)) {
		return DKIM_REASON_MEMORY;
	}
	set->seal_key = dkim_key_check(validator->arena, validator->inquiry, seal, &digest,
				       validator->options);
	return set->seal_key.reason;
}

/* RFC 8617 5.2 step 6: all of them, so that all keys are asked for at once */
static void check_seals(struct validator *validator)
{
	struct buffer text = buffer_new_for(validator->arena, COVER_MAX);
	for (unsigned i = (unsigned)validator->report->set_count; i > 0; i--) {
		enum dkim_reason reason = check_seal(validator, i, &text);
		validator->sets[i - 1].seal_reason = reason;
		note_unknown(validator, reason);
		if (reason != DKIM_REASON_NONE) {
			fail(validator, ARC_REASON_SEAL, i);
		}
	}
	buffer_free(&text);
}

static void validate(struct validator *validator)
{
	struct arc_report *report = validator->report;
	report->status = ARC_NONE;
	collect(validator);
	check_form(validator);
	if (report->set_count == 0 || report->reason != ARC_REASON_NONE) {
		return;
	}
	report->status = ARC_PASS;
	check_message(validator);
	check_seals(validator);
}

const struct arc_report *arc_validate(struct arena *arena, struct inquiry *inquiry,
				      const struct mail *mail,
				      const struct dkim_key_options *options)
{
	struct validator validator = {
		.arena = arena,
		.inquiry = inquiry,
		.mail = mail,
		.options = options,
		.report = arena_alloc(arena, sizeof(*validator.report)),
		.sets = arena_alloc(arena, ARC_MAX_INSTANCE * sizeof(*validator.sets)),
	};
	if (validator.report == NULL || validator.sets == NULL) {
		return NULL;
	}
	validator.report->sets = validator.sets;
	validate(&validator);
	return arena_has_failed(arena) ? NULL : validator.report;
}

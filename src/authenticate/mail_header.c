/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads the signatures of a header and hashes what they cover, as soon as the header is there. */
#include "authenticate/mail_header.h"

#include "authenticate/mail_domain.h"
#include "authenticate/signed_header.h"
#include "records/name.h"

/* Every field once, with room for the form's spaces. */
#define HEADER_TEXT_MAX (2 * HEADER_MAX_BYTES)

struct finder {
	struct arena *arena;
	const struct mail_options *options;
	struct mail *mail;
	struct buffer text;
};

/* The value of d=, roughly: enough to choose, not to judge. */
static struct span peek_domain(struct span value)
{
	struct span rest = value;
	struct span part;
	while (span_split(&rest, ';', &part)) {
		struct span tag = span_trim(part, TEXT_SPACE);
		size_t equals = span_find(tag, '=', 0);
		if (span_equal(span_trim(span_slice(tag, 0, equals), TEXT_SPACE), SPAN("d"))) {
			return span_trim(span_from(tag, equals + 1), TEXT_SPACE);
		}
	}
	return span_slice(value, 0, 0);
}

/* One domain is the other or ends with it behind a dot. */
static bool is_related(struct span a, struct span b)
{
	struct span longer = a.len >= b.len ? a : b;
	struct span shorter = a.len >= b.len ? b : a;
	size_t at = longer.len - shorter.len;
	return shorter.len > 0 && span_ends_with_nocase(longer, shorter) &&
	       (at == 0 || longer.ptr[at - 1] == '.');
}

/* A signature that can align with the author is worth more than the others. */
static bool is_near_author(const struct mail *mail, const struct header_field *field)
{
	struct span domain = peek_domain(field->value);
	const struct author *author = &mail->message->author;
	for (size_t i = 0; i < author->mailbox_count; i++) {
		if (is_related(domain, author->mailboxes[i].domain)) {
			return true;
		}
	}
	return false;
}

/* Hashes the octets the signature covers. */
static void hash_header(struct finder *finder, struct mail_signature *signature)
{
	const struct dkim_signature *text = &signature->text;
	struct signed_names names = {text->names, text->name_count};
	struct span own = tag_list_find(&text->tags, SPAN("b"))->value;
	buffer_clear(&finder->text);
	if (signed_header_write(finder->arena, &finder->mail->message->header, names, text->field,
				text->header_form, &finder->text)) {
		signed_header_write_own(text->field->raw, own, text->header_form, &finder->text);
		signature->has_header_digest =
			!finder->text.is_failed &&
			digest_of(dkim_algorithm_digest(text->algorithm),
				  buffer_span(&finder->text), &signature->header_digest);
	}
}

static struct mail_signature read_signature(struct finder *finder, enum signature_flavour flavour,
					    const struct header_field *field)
{
	struct mail_signature signature = {
		.text = dkim_signature_parse(finder->arena, flavour, field,
					     finder->options->allows_sha1),
		.body_hash = BODY_HASH_NONE,
	};
	const struct dkim_signature *text = &signature.text;
	if (text->problem == DKIM_REASON_NONE && flavour != FLAVOUR_ARC_SEAL) {
		uint64_t limit = text->has_length ? text->length : BODY_HASH_WHOLE;
		signature.body_hash =
			body_hasher_want(&finder->mail->body, text->body_form,
					 dkim_algorithm_digest(text->algorithm), limit);
		hash_header(finder, &signature);
	}
	return signature;
}

static void add_signature(struct finder *finder, const struct header_field *field)
{
	struct mail *mail = finder->mail;
	mail->signatures[mail->signature_count++] = read_signature(finder, FLAVOUR_DKIM, field);
}

static size_t max_signatures(const struct mail_options *options)
{
	return options->max_signatures > 0 ? options->max_signatures : MAIL_MAX_SIGNATURES;
}

static bool is_signature(const struct header_field *field)
{
	return span_equal_nocase(field->name, SPAN("DKIM-Signature"));
}

static size_t count_signatures(const struct header *header)
{
	size_t count = 0;
	for (size_t i = 0; i < header->field_count; i++) {
		count += is_signature(&header->fields[i]);
	}
	return count;
}

/* RFC 6376 8.4: with too many, those near the author first. */
static void find_signatures(struct finder *finder)
{
	struct mail *mail = finder->mail;
	const struct header *header = &mail->message->header;
	size_t max = max_signatures(finder->options);
	mail->signature_total = count_signatures(header);
	size_t room = mail->signature_total < max ? mail->signature_total : max;
	mail->signatures = arena_alloc(finder->arena, room * sizeof(*mail->signatures));
	for (int pass = 0; pass < 2 && mail->signatures != NULL; pass++) {
		for (size_t i = 0; i < header->field_count && mail->signature_count < room; i++) {
			const struct header_field *field = &header->fields[i];
			if (is_signature(field) && is_near_author(mail, field) == (pass == 0)) {
				add_signature(finder, field);
			}
		}
	}
}

/* RFC 8617 4.1.1: "i=" instance ";" in front of what RFC 8601 has */
static struct arc_results read_results(const struct header_field *field)
{
	struct arc_results results = {.field = field};
	size_t semicolon = span_find(field->value, ';', 0);
	size_t equals = span_find(field->value, '=', 0);
	uint64_t instance = 0;
	if (semicolon == field->value.len || equals > semicolon) {
		return results;
	}
	struct span name = span_trim(span_slice(field->value, 0, equals), TEXT_SPACE);
	struct span number =
		span_trim(span_slice(field->value, equals + 1, semicolon - equals - 1), TEXT_SPACE);
	if (span_equal(name, SPAN("i")) &&
	    number_parse_decimal(number, ARC_MAX_INSTANCE, &instance)) {
		results.instance = (unsigned)instance;
		results.results = span_from(field->value, semicolon + 1);
	}
	return results;
}

struct arc_lists {
	struct vector messages;
	struct vector seals;
	struct vector results;
};

static void add_arc_signature(struct finder *finder, struct vector *list,
			      enum signature_flavour flavour, const struct header_field *field)
{
	struct mail_signature *signature =
		VECTOR_PUSH(list, finder->arena, struct mail_signature, MAIL_MAX_ARC_FIELDS / 3);
	if (signature == NULL) {
		finder->mail->is_arc_cut = true;
		return;
	}
	*signature = read_signature(finder, flavour, field);
}

static void add_arc_results(struct finder *finder, struct vector *list,
			    const struct header_field *field)
{
	struct arc_results *results =
		VECTOR_PUSH(list, finder->arena, struct arc_results, MAIL_MAX_ARC_FIELDS / 3);
	if (results == NULL) {
		finder->mail->is_arc_cut = true;
		return;
	}
	*results = read_results(field);
}

static void find_arc(struct finder *finder)
{
	struct mail *mail = finder->mail;
	const struct header *header = &mail->message->header;
	struct arc_lists lists = {0};
	for (size_t i = 0; i < header->field_count; i++) {
		const struct header_field *field = &header->fields[i];
		if (span_equal_nocase(field->name, SPAN("ARC-Message-Signature"))) {
			add_arc_signature(finder, &lists.messages, FLAVOUR_ARC_MESSAGE, field);
		} else if (span_equal_nocase(field->name, SPAN("ARC-Seal"))) {
			add_arc_signature(finder, &lists.seals, FLAVOUR_ARC_SEAL, field);
		} else if (span_equal_nocase(field->name, SPAN("ARC-Authentication-Results"))) {
			add_arc_results(finder, &lists.results, field);
		}
	}
	mail->arc_messages = lists.messages.items;
	mail->arc_message_count = lists.messages.len;
	mail->arc_seals = lists.seals.items;
	mail->arc_seal_count = lists.seals.len;
	mail->arc_results = lists.results.items;
	mail->arc_results_count = lists.results.len;
}

/* draft-ietf-dkim-dkim2-spec: recognised, so that nobody takes its absence from the verdict for
 * absence from the message */
static void find_dkim2(struct mail *mail)
{
	const struct header *header = &mail->message->header;
	for (size_t i = 0; i < header->field_count; i++) {
		if (span_equal_nocase(header->fields[i].name, SPAN("DKIM2-Signature"))) {
			mail->dkim2 = mail->dkim2 == NULL ? &header->fields[i] : mail->dkim2;
			mail->dkim2_count++;
		}
	}
}

void mail_header_read(struct arena *arena, const struct mail_options *options, struct mail *mail)
{
	struct finder finder = {arena, options, mail, buffer_new_for(arena, HEADER_TEXT_MAX)};
	if (options->is_for_signing) {
		(void)body_hasher_want(&mail->body, CANONICAL_RELAXED, DIGEST_SHA256,
				       BODY_HASH_WHOLE);
		(void)body_hasher_want(&mail->body, CANONICAL_SIMPLE, DIGEST_SHA256,
				       BODY_HASH_WHOLE);
	}
	find_signatures(&finder);
	find_arc(&finder);
	find_dkim2(mail);
	buffer_free(&finder.text);
}

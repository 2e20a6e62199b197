/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes signature fields. Tags stand in the order of their names, but for version and instance. */
#include "authenticate/sign.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD_MAX ((size_t)64 << 10)
#define COVERED_MAX (2 * HEADER_MAX_BYTES)
/* RFC 5322 2.1.1: lines of 78 octets at most; base64 stands behind a tab. */
#define BASE64_LINE 72

/* is_closed: named once more than it occurs, so that none can be added. */
static const struct default_name {
	struct span name;
	bool is_closed;
} default_names[] = {
	{SPAN_INIT("From"), true},
	{SPAN_INIT("To"), true},
	{SPAN_INIT("Cc"), true},
	{SPAN_INIT("Subject"), true},
	{SPAN_INIT("Date"), true},
	{SPAN_INIT("Reply-To"), true},
	{SPAN_INIT("Sender"), true},
	{SPAN_INIT("Message-ID"), true},
	{SPAN_INIT("In-Reply-To"), false},
	{SPAN_INIT("References"), false},
	{SPAN_INIT("MIME-Version"), true},
	{SPAN_INIT("Content-Type"), true},
	{SPAN_INIT("Content-Transfer-Encoding"), true},
	{SPAN_INIT("List-Unsubscribe"), false},
	{SPAN_INIT("List-Unsubscribe-Post"), false},
	{SPAN_INIT("List-Id"), false},
};

static size_t count_fields(const struct header *header, struct span name)
{
	size_t count = 0;
	while (header_find(header, name, count) != NULL) {
		count++;
	}
	return count;
}

/* The name as often as the field occurs, and once more when is_closed. */
static void push_name(struct arena *arena, const struct header *header, struct span name,
		      bool is_closed, struct vector *names)
{
	size_t count = count_fields(header, name) + (is_closed ? 1 : 0);
	for (; count > 0; count--) {
		struct span *item = VECTOR_PUSH(names, arena, struct span, DKIM_MAX_NAMES);
		if (item == NULL) {
			return;
		}
		*item = name;
	}
}

struct signed_names sign_default_names(struct arena *arena, const struct header *header)
{
	struct vector names = {0};
	for (size_t i = 0; i < COUNT(default_names); i++) {
		push_name(arena, header, default_names[i].name, default_names[i].is_closed, &names);
	}
	return (struct signed_names){names.items, names.len};
}

struct signed_names sign_names(struct arena *arena, const struct header *header,
			       const struct span *wanted, size_t wanted_count, bool is_closed)
{
	struct vector names = {0};
	for (size_t i = 0; i < wanted_count; i++) {
		push_name(arena, header, wanted[i], is_closed, &names);
	}
	return (struct signed_names){names.items, names.len};
}

/* Behind "b=", which begins a line. */
static void write_base64_lines(struct span octets, bool is_whole, struct buffer *text)
{
	struct buffer base64 = buffer_new(FIELD_MAX);
	base64_encode(&base64, octets);
	struct span rest = buffer_span(&base64);
	size_t room = BASE64_LINE - 2;
	while (rest.len > room && !is_whole) {
		buffer_append(text, span_slice(rest, 0, room));
		buffer_puts(text, "\r\n\t");
		rest = span_from(rest, room);
		room = BASE64_LINE;
	}
	buffer_append(text, rest);
	text->is_failed = text->is_failed || base64.is_failed;
	buffer_free(&base64);
}

/* Where the empty value of b= is. */
static bool find_signature(struct arena *arena, struct span raw, struct span *ret_value)
{
	struct problems problems = {0};
	struct tag_list tags =
		tag_list_parse(arena, span_from(raw, span_find(raw, ':', 0) + 1), &problems);
	const struct tag *tag = tag_list_find(&tags, SPAN("b"));
	if (tag == NULL || tag->value.len > 0) {
		return false;
	}
	/* right behind the "=": what is empty has no place of its own */
	struct span rest = span_from(raw, (size_t)(tag->name.ptr - raw.ptr));
	*ret_value = span_slice(rest, span_find(rest, '=', 0) + 1, 0);
	return true;
}

static int sign_text(const struct private_key *key, struct span text, struct buffer *signature,
		     struct failure *reterr)
{
	struct digest_value digest;
	if (!digest_of(DIGEST_SHA256, text, &digest)) {
		return failure_set_memory(reterr, "sign a message");
	}
	return private_key_sign(key, DIGEST_SHA256, digest_value_span(&digest), signature, reterr);
}

static int fill_draft(const struct sign_draft *draft, struct span value, struct buffer *text,
		      struct buffer *field, struct failure *reterr)
{
	struct buffer signature = buffer_new(FIELD_MAX);
	size_t at = (size_t)(value.ptr - draft->raw.ptr);
	int result = sign_text(draft->key, buffer_span(text), &signature, reterr);
	if (result == 0) {
		buffer_append(field, span_slice(draft->raw, 0, at));
		write_base64_lines(buffer_span(&signature), draft->is_base64_whole, field);
		buffer_append(field, span_from(draft->raw, at));
		result = field->is_failed ? failure_set_memory(reterr, "sign a message") : 0;
	}
	buffer_free(&signature);
	return result;
}

int sign_field(struct arena *arena, const struct sign_draft *draft, struct buffer *field,
	       struct failure *reterr)
{
	struct span value;
	bool is_found = find_signature(arena, draft->raw, &value);
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "sign a message");
	}
	if (!is_found) {
		return failure_set(reterr, FAILURE_INTERNAL, "sign a message", "no empty b= tag");
	}
	struct buffer text = buffer_new(draft->covered.len + draft->raw.len + 2);
	buffer_append(&text, draft->covered);
	signed_header_write_own(draft->raw, value, draft->form, &text);
	int result = text.is_failed ? failure_set_memory(reterr, "sign a message")
				    : fill_draft(draft, value, &text, field, reterr);
	buffer_free(&text);
	return result;
}

/* Which flavour of field, and what only some of them have. */
struct tags_draft {
	const char *name;
	enum signature_flavour flavour;
	unsigned instance;
	enum arc_status chain;
};

static const char *algorithm_name(const struct sign_request *request)
{
	return dkim_algorithm_name(private_key_kind(request->key) == KEY_RSA ? DKIM_RSA_SHA256
									     : DKIM_ED25519_SHA256);
}

static enum canonical_form header_form(const struct sign_request *request)
{
	return request->is_simple_header ? CANONICAL_SIMPLE : CANONICAL_RELAXED;
}

static enum canonical_form body_form(const struct sign_request *request)
{
	return request->is_simple_body ? CANONICAL_SIMPLE : CANONICAL_RELAXED;
}

static const char *form_name(enum canonical_form form)
{
	return form == CANONICAL_SIMPLE ? "simple" : "relaxed";
}

static const struct body_hash *find_body_hash(const struct mail *mail, enum canonical_form form)
{
	for (size_t i = 0; i < mail->body.hash_count; i++) {
		const struct body_hash *hash = &mail->body.hashes[i];
		if (hash->form == form && hash->kind == DIGEST_SHA256 &&
		    hash->limit == BODY_HASH_WHOLE && hash->is_done) {
			return hash;
		}
	}
	return NULL;
}

static void write_body(const struct mail *mail, const struct sign_request *request,
		       struct buffer *text)
{
	enum canonical_form form = body_form(request);
	buffer_puts(text, ";\r\n\tbh=");
	base64_encode(text, digest_value_span(&find_body_hash(mail, form)->value));
	buffer_printf(text, ";\r\n\tc=%s/%s", form_name(header_form(request)), form_name(form));
}

static void write_names(struct signed_names names, struct buffer *text)
{
	buffer_puts(text, ";\r\n\th=");
	for (size_t i = 0; i < names.count; i++) {
		buffer_puts(text, i > 0 ? ":" : "");
		for (size_t at = 0; at < names.names[i].len; at++) {
			buffer_putc(text, text_lower(names.names[i].ptr[at]));
		}
	}
}

/* RFC 8617 asks for no order, but some look for the instance in front only. */
static void write_beginning(const struct sign_request *request, const struct tags_draft *draft,
			    struct buffer *text)
{
	buffer_printf(text, "%s: ", draft->name);
	if (draft->flavour == FLAVOUR_DKIM) {
		buffer_puts(text, "v=1; ");
	} else if (!request->is_as_in_suite) {
		buffer_printf(text, "i=%u; ", draft->instance);
	}
	buffer_printf(text, "a=%s;\r\n\tb=", algorithm_name(request));
}

/* The field with an empty b=. */
static void write_draft(const struct mail *mail, const struct sign_request *request,
			const struct tags_draft *draft, struct buffer *text)
{
	bool is_seal = draft->flavour == FLAVOUR_ARC_SEAL;
	write_beginning(request, draft, text);
	if (!is_seal) {
		write_body(mail, request, text);
	} else {
		buffer_printf(text, "; cv=%s", arc_status_name(draft->chain));
	}
	buffer_printf(text, "; d=%.*s", SPAN_ARG(request->domain));
	if (!is_seal) {
		write_names(request->names, text);
	}
	if (draft->flavour != FLAVOUR_DKIM && request->is_as_in_suite) {
		buffer_printf(text, "; i=%u", draft->instance);
	}
	buffer_printf(text, "; s=%.*s; t=%lld", SPAN_ARG(request->selector),
		      (long long)request->time);
	if (draft->flavour == FLAVOUR_DKIM && request->expiry > 0) {
		buffer_printf(text, "; x=%lld", (long long)request->expiry);
	}
	buffer_puts(text, "\r\n");
}

static struct sign_draft draft_of(const struct sign_request *request, enum canonical_form form,
				  const struct buffer *raw, const struct buffer *covered)
{
	return (struct sign_draft){
		.key = request->key,
		.raw = buffer_span(raw),
		.form = form,
		.covered = buffer_span(covered),
		.is_base64_whole = request->is_as_in_suite,
	};
}

/* A DKIM-Signature or an ARC-Message-Signature. */
static int sign_message(struct arena *arena, const struct mail *mail,
			const struct sign_request *request, const struct tags_draft *draft,
			struct buffer *field, struct failure *reterr)
{
	if (find_body_hash(mail, body_form(request)) == NULL || mail->message->header.is_cut) {
		return failure_set(reterr, FAILURE_INPUT, "sign a message",
				   "it was not read for signing, or its header is too large");
	}
	struct buffer raw = buffer_new(FIELD_MAX);
	struct buffer covered = buffer_new(COVERED_MAX);
	write_draft(mail, request, draft, &raw);
	int result = -1;
	if (raw.is_failed || !signed_header_write(arena, &mail->message->header, request->names,
						  NULL /* own */, header_form(request), &covered)) {
		result = failure_set_memory(reterr, "sign a message");
	} else {
		struct sign_draft whole = draft_of(request, header_form(request), &raw, &covered);
		result = sign_field(arena, &whole, field, reterr);
	}
	buffer_free(&raw);
	buffer_free(&covered);
	return result;
}

int sign_dkim(struct arena *arena, const struct mail *mail, const struct sign_request *request,
	      struct buffer *field, struct failure *reterr)
{
	struct tags_draft draft = {.name = "DKIM-Signature", .flavour = FLAVOUR_DKIM};
	return sign_message(arena, mail, request, &draft, field, reterr);
}

/* What the new set is made of. */
struct set_draft {
	struct buffer results;
	struct buffer message;
	struct buffer seal;
	struct buffer covered;
};

/* RFC 8617 5.1.2: with cv=fail a seal covers its own set only */
static int seal(struct arena *arena, const struct arc_report *chain,
		const struct sign_request *request, const struct tags_draft *draft,
		struct set_draft *set, struct failure *reterr)
{
	struct buffer raw = buffer_new(FIELD_MAX);
	write_draft(NULL /* mail */, request, draft, &raw);
	for (size_t i = 0; i < chain->set_count && draft->chain != ARC_FAIL; i++) {
		arc_set_write(&chain->sets[i], &set->covered);
	}
	canonical_field_write(CANONICAL_RELAXED, buffer_span(&set->results), &set->covered);
	canonical_field_write(CANONICAL_RELAXED, buffer_span(&set->message), &set->covered);
	struct sign_draft whole = draft_of(request, CANONICAL_RELAXED, &raw, &set->covered);
	int result = raw.is_failed || set->covered.is_failed
			     ? failure_set_memory(reterr, "seal a message")
			     : sign_field(arena, &whole, &set->seal, reterr);
	buffer_free(&raw);
	return result;
}

static int make_set(struct arena *arena, const struct mail *mail, const struct arc_report *chain,
		    const struct sign_request *request, struct set_draft *set,
		    struct failure *reterr)
{
	struct tags_draft draft = {
		.name = "ARC-Message-Signature",
		.flavour = FLAVOUR_ARC_MESSAGE,
		.instance = (unsigned)chain->set_count + 1,
		.chain = chain->status,
	};
	int result = sign_message(arena, mail, request, &draft, &set->message, reterr);
	if (result < 0) {
		return result;
	}
	draft.name = "ARC-Seal";
	draft.flavour = FLAVOUR_ARC_SEAL;
	return seal(arena, chain, request, &draft, set, reterr);
}

/* RFC 8617 5.1: a chain whose last seal says fail, or that is full, is left as it is */
static bool can_seal(const struct arc_report *chain)
{
	const struct arc_set *newest =
		chain->set_count > 0 ? &chain->sets[chain->set_count - 1] : NULL;
	bool has_failed =
		newest != NULL && newest->seal != NULL && newest->seal->text.chain == ARC_FAIL;
	return !has_failed && chain->set_count < ARC_MAX_INSTANCE;
}

int sign_arc(struct arena *arena, const struct mail *mail, const struct arc_report *chain,
	     struct span results, const struct sign_request *request, struct buffer *fields,
	     bool *ret_is_sealed, struct failure *reterr)
{
	if (!can_seal(chain)) {
		*ret_is_sealed = false;
		return 0;
	}
	struct set_draft set = {buffer_new(FIELD_MAX), buffer_new(FIELD_MAX), buffer_new(FIELD_MAX),
				buffer_new(COVERED_MAX)};
	buffer_printf(&set.results, "ARC-Authentication-Results: i=%zu; ", chain->set_count + 1);
	buffer_append(&set.results, span_trim(results, TEXT_SPACE));
	buffer_puts(&set.results, "\r\n");
	int result = set.results.is_failed ? failure_set_memory(reterr, "seal a message")
					   : make_set(arena, mail, chain, request, &set, reterr);
	if (result == 0) {
		buffer_append(fields, buffer_span(&set.seal));
		buffer_append(fields, buffer_span(&set.message));
		buffer_append(fields, buffer_span(&set.results));
		*ret_is_sealed = true;
		result = fields->is_failed ? failure_set_memory(reterr, "seal a message") : 0;
	}
	buffer_free(&set.results);
	buffer_free(&set.message);
	buffer_free(&set.seal);
	buffer_free(&set.covered);
	return result;
}

int sign_key_record(const struct private_key *key, struct buffer *text, struct failure *reterr)
{
	struct buffer octets = buffer_new(FIELD_MAX);
	int result = private_key_write_public(key, &octets, reterr);
	if (result == 0) {
		buffer_printf(text, "v=DKIM1; k=%s; p=",
			      private_key_kind(key) == KEY_RSA ? "rsa" : "ed25519");
		base64_encode(text, buffer_span(&octets));
		result = text->is_failed ? failure_set_memory(reterr, "write a key record") : 0;
	}
	buffer_free(&octets);
	return result;
}

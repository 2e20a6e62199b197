/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads signatures tag by tag; a table says which tags each kind of signature has. */
#include "authenticate/dkim_signature.h"

#include "authenticate/mail_domain.h"
#include "records/name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* RFC 6376 3.5: l= has at most 76 digits, t= and x= at most 12 */
#define LENGTH_MAX_DIGITS 76
#define TIME_MAX_DIGITS 12

#define IN_DKIM (1u << FLAVOUR_DKIM)
#define IN_AMS (1u << FLAVOUR_ARC_MESSAGE)
#define IN_SEAL (1u << FLAVOUR_ARC_SEAL)
#define IN_ALL (IN_DKIM | IN_AMS | IN_SEAL)

struct reader {
	struct arena *arena;
	struct dkim_signature *signature;
	bool allows_sha1;
};

struct tag_reader {
	struct span name;
	unsigned required_in;
	unsigned read_in;
	void (*read)(struct reader *reader, const struct tag *tag);
};

/* The first problem stands. */
static void refuse(struct reader *reader, enum dkim_reason reason, struct span offending)
{
	if (reader->signature->problem == DKIM_REASON_NONE) {
		reader->signature->problem = reason;
		reader->signature->offending = offending;
	}
}

static void read_version(struct reader *reader, const struct tag *tag)
{
	if (!span_equal(tag->value, SPAN("1"))) {
		refuse(reader, DKIM_REASON_VERSION, tag->value);
	}
}

static void read_algorithm(struct reader *reader, const struct tag *tag)
{
	struct dkim_signature *signature = reader->signature;
	if (span_equal(tag->value, SPAN("rsa-sha256"))) {
		signature->algorithm = DKIM_RSA_SHA256;
	} else if (span_equal(tag->value, SPAN("ed25519-sha256"))) {
		signature->algorithm = DKIM_ED25519_SHA256;
	} else if (span_equal(tag->value, SPAN("rsa-sha1"))) {
		signature->algorithm = DKIM_RSA_SHA1;
		if (!reader->allows_sha1) {
			refuse(reader, DKIM_REASON_SHA1, tag->value);
		}
	} else {
		refuse(reader, DKIM_REASON_ALGORITHM, tag->value);
	}
}

static struct span read_base64(struct reader *reader, const struct tag *tag)
{
	struct buffer octets = buffer_new_for(reader->arena, tag->value.len + 1);
	size_t bad_offset = 0;
	bool is_good = base64_decode(tag->value, &octets, &bad_offset);
	if (!is_good || octets.len == 0) {
		refuse(reader, DKIM_REASON_BASE64, span_from(tag->value, bad_offset));
	}
	struct span copy = arena_copy(reader->arena, buffer_span(&octets));
	buffer_free(&octets);
	return copy;
}

static void read_signature(struct reader *reader, const struct tag *tag)
{
	reader->signature->signature = read_base64(reader, tag);
}

static void read_body_hash(struct reader *reader, const struct tag *tag)
{
	reader->signature->body_hash = read_base64(reader, tag);
}

static bool read_form(struct span word, enum canonical_form *ret_form)
{
	if (span_equal(word, SPAN("relaxed"))) {
		*ret_form = CANONICAL_RELAXED;
		return true;
	}
	*ret_form = CANONICAL_SIMPLE;
	return span_equal(word, SPAN("simple"));
}

/* RFC 6376 3.5: header form, and after "/" that of the body, which is simple when not said */
static void read_forms(struct reader *reader, const struct tag *tag)
{
	struct dkim_signature *signature = reader->signature;
	size_t slash = span_find(tag->value, '/', 0);
	bool is_known = read_form(span_slice(tag->value, 0, slash), &signature->header_form);
	signature->body_form = CANONICAL_SIMPLE;
	if (slash < tag->value.len) {
		is_known = read_form(span_from(tag->value, slash + 1), &signature->body_form) &&
			   is_known;
	}
	if (!is_known) {
		refuse(reader, DKIM_REASON_CANONICAL, tag->value);
	}
}

static void read_domain(struct reader *reader, const struct tag *tag)
{
	if (!mail_domain_parse(reader->arena, tag->value, &reader->signature->domain)) {
		refuse(reader, DKIM_REASON_DOMAIN, tag->value);
	}
}

static void read_selector(struct reader *reader, const struct tag *tag)
{
	if (!mail_domain_parse(reader->arena, tag->value, &reader->signature->selector)) {
		refuse(reader, DKIM_REASON_SELECTOR, tag->value);
	}
}

/* RFC 5322 3.6.8: printable but for the colon */
static bool is_field_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (span_octet(name, i) <= ' ' || span_octet(name, i) > '~') {
			return false;
		}
	}
	return true;
}

static void check_name(struct reader *reader, struct span name)
{
	bool is_arc = reader->signature->flavour == FLAVOUR_ARC_MESSAGE;
	/* an empty name signs nothing; RFC 8617's readers pass over it */
	if (!is_field_name(name) || (name.len == 0 && !is_arc)) {
		refuse(reader, DKIM_REASON_SYNTAX, name);
	}
	/* RFC 8617 4.1.2: ARC-Seal must not be in h= */
	if (is_arc && span_equal_nocase(name, SPAN("ARC-Seal"))) {
		refuse(reader, DKIM_REASON_SEAL_SIGNED, name);
	}
}

static void read_names(struct reader *reader, const struct tag *tag)
{
	struct dkim_signature *signature = reader->signature;
	struct vector names = {0};
	struct span rest = tag->value;
	struct span part;
	while (span_split(&rest, ':', &part)) {
		struct span *name = VECTOR_PUSH(&names, reader->arena, struct span, DKIM_MAX_NAMES);
		if (name == NULL) {
			refuse(reader, DKIM_REASON_NAMES_LIMIT, part);
			break;
		}
		*name = span_trim(part, TEXT_SPACE);
		check_name(reader, *name);
	}
	signature->names = names.items;
	signature->name_count = names.len;
	/* RFC 6376 5.4: From must be signed */
	if (signature->flavour == FLAVOUR_DKIM &&
	    dkim_signature_name_count(signature, SPAN("From")) == 0) {
		refuse(reader, DKIM_REASON_FROM_UNSIGNED, tag->value);
	}
}

/* RFC 6376 2.11 dkim-quoted-printable; white space does not count */
static bool decode_identity(struct span text, struct buffer *decoded)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text_is_space(text.ptr[i])) {
			continue;
		}
		if (text.ptr[i] != '=') {
			buffer_putc(decoded, text.ptr[i]);
			continue;
		}
		int high = i + 2 < text.len ? text_hex_value(text.ptr[i + 1]) : -1;
		int low = i + 2 < text.len ? text_hex_value(text.ptr[i + 2]) : -1;
		if (high < 0 || low < 0) {
			return false;
		}
		buffer_putc(decoded, (char)(high * 16 + low));
		i += 2;
	}
	return true;
}

static size_t find_last(struct span text, char c)
{
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != c) {
		at--;
	}
	return at;
}

/* RFC 6376 3.5: [local part] "@" domain */
static void read_identity(struct reader *reader, const struct tag *tag)
{
	struct dkim_signature *signature = reader->signature;
	struct buffer decoded = buffer_new_for(reader->arena, tag->value.len + 1);
	bool is_good = decode_identity(tag->value, &decoded);
	struct span identity = arena_copy(reader->arena, buffer_span(&decoded));
	buffer_free(&decoded);
	size_t at = find_last(identity, '@');
	if (!is_good || at == 0 ||
	    !mail_domain_parse(reader->arena, span_from(identity, at),
			       &signature->identity_domain)) {
		refuse(reader, DKIM_REASON_IDENTITY, tag->value);
		return;
	}
	signature->identity = identity;
}

/* RFC 8617 4.2.1: 1 to 50 */
static void read_instance(struct reader *reader, const struct tag *tag)
{
	uint64_t instance = 0;
	if (!number_parse_decimal(tag->value, ARC_MAX_INSTANCE, &instance) || instance == 0) {
		refuse(reader, DKIM_REASON_INSTANCE, tag->value);
		return;
	}
	reader->signature->instance = (unsigned)instance;
}

static void read_identity_or_instance(struct reader *reader, const struct tag *tag)
{
	if (reader->signature->flavour == FLAVOUR_DKIM) {
		read_identity(reader, tag);
	} else {
		read_instance(reader, tag);
	}
}

static bool is_all_digits(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!text_is_digit(text.ptr[i])) {
			return false;
		}
	}
	return text.len > 0;
}

static void read_length(struct reader *reader, const struct tag *tag)
{
	struct dkim_signature *signature = reader->signature;
	if (!is_all_digits(tag->value) || tag->value.len > LENGTH_MAX_DIGITS) {
		refuse(reader, DKIM_REASON_LENGTH, tag->value);
		return;
	}
	signature->has_length = true;
	if (!number_parse_decimal(tag->value, UINT64_MAX, &signature->length)) {
		signature->length = UINT64_MAX;
	}
}

static bool read_seconds(struct reader *reader, const struct tag *tag, int64_t *ret_seconds)
{
	uint64_t seconds = 0;
	if (tag->value.len > TIME_MAX_DIGITS ||
	    !number_parse_decimal(tag->value, INT64_MAX, &seconds)) {
		refuse(reader, DKIM_REASON_TIME, tag->value);
		return false;
	}
	*ret_seconds = (int64_t)seconds;
	return true;
}

static void read_time(struct reader *reader, const struct tag *tag)
{
	reader->signature->has_time = read_seconds(reader, tag, &reader->signature->time);
}

static void read_expiry(struct reader *reader, const struct tag *tag)
{
	reader->signature->has_expiry = read_seconds(reader, tag, &reader->signature->expiry);
}

/* RFC 6376 3.5: methods in order of preference; unknown ones do not count */
static void read_query(struct reader *reader, const struct tag *tag)
{
	struct span rest = tag->value;
	struct span part;
	while (span_split(&rest, ':', &part)) {
		if (span_equal(span_trim(part, TEXT_SPACE), SPAN("dns/txt"))) {
			return;
		}
	}
	refuse(reader, DKIM_REASON_QUERY, tag->value);
}

static void read_chain(struct reader *reader, const struct tag *tag)
{
	static const struct span words[] = {
		[ARC_NONE] = SPAN_INIT("none"),
		[ARC_PASS] = SPAN_INIT("pass"),
		[ARC_FAIL] = SPAN_INIT("fail"),
	};
	for (size_t i = 0; i < COUNT(words); i++) {
		if (span_equal(tag->value, words[i])) {
			reader->signature->chain = (enum arc_status)i;
			return;
		}
	}
	refuse(reader, DKIM_REASON_CHAIN_VALUE, tag->value);
}

/* RFC 8617 4.1.3: a seal covers what it covers; with h= it is none */
static void refuse_names(struct reader *reader, const struct tag *tag)
{
	refuse(reader, DKIM_REASON_FORBIDDEN_TAG, tag->name);
}

static const struct tag_reader tag_readers[] = {
	{SPAN_INIT("v"), IN_DKIM, IN_DKIM, read_version},
	{SPAN_INIT("a"), IN_ALL, IN_ALL, read_algorithm},
	{SPAN_INIT("b"), IN_ALL, IN_ALL, read_signature},
	{SPAN_INIT("bh"), IN_DKIM | IN_AMS, IN_DKIM | IN_AMS, read_body_hash},
	{SPAN_INIT("c"), 0, IN_DKIM | IN_AMS, read_forms},
	{SPAN_INIT("cv"), IN_SEAL, IN_SEAL, read_chain},
	{SPAN_INIT("d"), IN_ALL, IN_ALL, read_domain},
	{SPAN_INIT("h"), IN_DKIM | IN_AMS, IN_DKIM | IN_AMS, read_names},
	{SPAN_INIT("h"), 0, IN_SEAL, refuse_names},
	{SPAN_INIT("i"), IN_AMS | IN_SEAL, IN_ALL, read_identity_or_instance},
	{SPAN_INIT("l"), 0, IN_DKIM | IN_AMS, read_length},
	{SPAN_INIT("q"), 0, IN_DKIM, read_query},
	{SPAN_INIT("s"), IN_ALL, IN_ALL, read_selector},
	{SPAN_INIT("t"), 0, IN_ALL, read_time},
	{SPAN_INIT("x"), 0, IN_DKIM | IN_AMS, read_expiry},
};

/* RFC 6376 3.2: ALPHA *(ALPHA / DIGIT / "_") */
static bool is_tag_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		bool is_word = text_is_alnum(name.ptr[i]) || name.ptr[i] == '_';
		if (!is_word || (i == 0 && !text_is_alpha(name.ptr[i]))) {
			return false;
		}
	}
	return name.len > 0;
}

/* RFC 6376 3.2: visible characters and folding; RFC 8616 4 adds UTF-8 */
static bool is_tag_value(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = span_octet(value, i);
		if ((c < ' ' && !text_is_space((char)c)) || c == 127) {
			return false;
		}
	}
	return true;
}

static void check_tags(struct reader *reader, const struct problems *problems)
{
	const struct tag_list *tags = &reader->signature->tags;
	for (size_t i = 0; i < tags->tag_count; i++) {
		const struct tag *tag = &tags->tags[i];
		if (tag->is_duplicate) {
			refuse(reader, DKIM_REASON_DUPLICATE_TAG, tag->name);
		}
		if (!is_tag_name(tag->name)) {
			refuse(reader, DKIM_REASON_SYNTAX, tag->name);
		}
		if (!is_tag_value(tag->value)) {
			refuse(reader, DKIM_REASON_SYNTAX, tag->value);
		}
	}
	if (problem_count(problems) > 0) {
		const struct problem *problem = problem_at(problems, 0);
		refuse(reader, DKIM_REASON_SYNTAX,
		       span_slice(reader->signature->field->value, problem->offset, problem->len));
	}
}

static void read_tags(struct reader *reader)
{
	unsigned flavour = 1u << reader->signature->flavour;
	for (size_t i = 0; i < COUNT(tag_readers); i++) {
		const struct tag_reader *row = &tag_readers[i];
		const struct tag *tag = tag_list_find(&reader->signature->tags, row->name);
		if (tag != NULL && (row->read_in & flavour) != 0) {
			row->read(reader, tag);
		} else if (tag == NULL && (row->required_in & flavour) != 0) {
			refuse(reader, DKIM_REASON_MISSING_TAG, reader->signature->field->name);
		}
	}
}

/* RFC 6376 3.5: i= is d= or below; x= is after t= */
static void check_together(struct reader *reader)
{
	struct dkim_signature *signature = reader->signature;
	if (signature->identity_domain.len == 0) {
		signature->identity_domain = signature->domain;
	}
	if (signature->problem == DKIM_REASON_NONE &&
	    !name_is_at_or_under(signature->identity_domain, signature->domain)) {
		refuse(reader, DKIM_REASON_IDENTITY,
		       tag_list_find(&signature->tags, SPAN("i"))->value);
	}
	if (signature->has_time && signature->has_expiry && signature->expiry <= signature->time) {
		refuse(reader, DKIM_REASON_EXPIRY_BEFORE_TIME,
		       tag_list_find(&signature->tags, SPAN("x"))->value);
	}
}

struct dkim_signature dkim_signature_parse(struct arena *arena, enum signature_flavour flavour,
					   const struct header_field *field, bool allows_sha1)
{
	struct dkim_signature signature = {.flavour = flavour, .field = field};
	struct reader reader = {arena, &signature, allows_sha1};
	struct problems problems = {0};
	if (flavour != FLAVOUR_DKIM) {
		/*
		 * RFC 8617 5.1.1: seals are always relaxed. For message signatures without c= it is
		 * silent, and the ARC suite and its signers take relaxed for both.
		 */
		signature.header_form = CANONICAL_RELAXED;
		signature.body_form = CANONICAL_RELAXED;
	}
	signature.tags = tag_list_parse(arena, field->value, &problems);
	check_tags(&reader, &problems);
	read_tags(&reader);
	check_together(&reader);
	return signature;
}

enum digest_kind dkim_algorithm_digest(enum dkim_algorithm algorithm)
{
	return algorithm == DKIM_RSA_SHA1 ? DIGEST_SHA1 : DIGEST_SHA256;
}

const char *dkim_algorithm_name(enum dkim_algorithm algorithm)
{
	static const char *const names[] = {
		[DKIM_RSA_SHA256] = "rsa-sha256",
		[DKIM_ED25519_SHA256] = "ed25519-sha256",
		[DKIM_RSA_SHA1] = "rsa-sha1",
	};
	return names[algorithm];
}

size_t dkim_signature_name_count(const struct dkim_signature *signature, struct span name)
{
	size_t count = 0;
	for (size_t i = 0; i < signature->name_count; i++) {
		count += span_equal_nocase(signature->names[i], name);
	}
	return count;
}

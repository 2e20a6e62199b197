/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes DKIM key records. */
#include "records/dkim_key.h"

#include "base/base64.h"
#include "base/text.h"
#include "records/dkim_key_rsa.h"
#include "records/tag_checks.h"

/* RFC 8032 5.1.5: an Ed25519 public key */
#define ED25519_KEY_LEN 32
/* A 16384-bit RSA key has 2 kB; what is longer than this is not decoded at all. */
#define PUBLIC_KEY_MAX 8192

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct reader {
	struct tag_checks checks;
	struct dkim_key *key;
};

static const struct span tag_names[] = {
	SPAN_INIT("v"), SPAN_INIT("k"), SPAN_INIT("h"), SPAN_INIT("s"),
	SPAN_INIT("t"), SPAN_INIT("n"), SPAN_INIT("p"),
};

/* Calls seen for each word of a colon-separated list (RFC 6376 3.6.1). */
static void for_each_word(struct reader *reader, const struct tag *tag,
			  void (*seen)(struct reader *reader, const struct tag *word))
{
	struct span rest = tag->value;
	struct span part;
	while (span_split(&rest, ':', &part)) {
		struct tag word = *tag;
		word.value = span_trim(part, TEXT_SPACE);
		word.value_offset += (size_t)(word.value.ptr - tag->value.ptr);
		seen(reader, &word);
	}
}

/* A list or word that must not be empty is. */
static bool check_not_empty(struct reader *reader, const struct tag *tag, const char *expected)
{
	if (tag->value.len > 0) {
		return true;
	}
	tag_checks_add(&reader->checks, PROBLEM_ERROR, tag->value_offset, 0,
		       arena_printf(reader->checks.arena, "%.*s is empty",
				    SPAN_ARG(problem_quote(reader->checks.arena, tag->name))),
		       span_of_string(expected));
	return false;
}

/* A word receivers do not know and therefore skip. */
static void warn_word(struct reader *reader, const struct tag *word, const char *expected)
{
	tag_checks_add(&reader->checks, PROBLEM_WARN, word->value_offset, word->value.len,
		       arena_printf(reader->checks.arena, "%.*s is unknown and ignored",
				    SPAN_ARG(problem_quote(reader->checks.arena, word->value))),
		       span_of_string(expected));
}

static void read_k(struct reader *reader, const struct tag *tag)
{
	reader->key->type = DKIM_KEY_UNKNOWN;
	if (!check_not_empty(reader, tag, "rsa or ed25519")) {
		return;
	}
	if (span_equal(tag->value, SPAN("rsa"))) {
		reader->key->type = DKIM_KEY_RSA;
	} else if (span_equal(tag->value, SPAN("ed25519"))) {
		reader->key->type = DKIM_KEY_ED25519;
	} else if (!tag_checks_glued(&reader->checks, tag)) {
		static const struct span words[] = {SPAN_INIT("rsa"), SPAN_INIT("ed25519")};
		tag_checks_bad_value(&reader->checks, tag, words, COUNT(words));
	}
}

static void see_hash(struct reader *reader, const struct tag *word)
{
	struct dkim_key *key = reader->key;
	if (span_equal(word->value, SPAN("sha256"))) {
		key->allows_sha256 = true;
		key->allows_sha1_only = false;
	} else if (!span_equal(word->value, SPAN("sha1"))) {
		key->allows_sha1_only = false;
		warn_word(reader, word, "sha256");
	}
}

static void read_h(struct reader *reader, const struct tag *tag)
{
	reader->key->allows_sha256 = false;
	if (!check_not_empty(reader, tag, "sha256, or no \"h\" tag") ||
	    tag_checks_glued(&reader->checks, tag)) {
		return;
	}
	reader->key->allows_sha1_only = true;
	for_each_word(reader, tag, see_hash);
}

static void see_service(struct reader *reader, const struct tag *word)
{
	bool is_email =
		span_equal(word->value, SPAN("email")) || span_equal(word->value, SPAN("*"));
	/* RFC 8460 3: for nothing but TLS reports */
	bool is_tls_report = span_equal(word->value, SPAN("tlsrpt"));
	reader->key->allows_email = reader->key->allows_email || is_email;
	reader->key->allows_tls_report =
		reader->key->allows_tls_report || is_email || is_tls_report;
	if (!is_email && !is_tls_report) {
		warn_word(reader, word, "email or *");
	}
}

static void read_s(struct reader *reader, const struct tag *tag)
{
	reader->key->allows_email = reader->key->allows_tls_report = false;
	if (check_not_empty(reader, tag, "email or *, or no \"s\" tag") &&
	    !tag_checks_glued(&reader->checks, tag)) {
		for_each_word(reader, tag, see_service);
	}
}

static void see_flag(struct reader *reader, const struct tag *word)
{
	if (span_equal(word->value, SPAN("y"))) {
		reader->key->is_testing = true;
	} else if (span_equal(word->value, SPAN("s"))) {
		reader->key->is_strict_identity = true;
	} else {
		warn_word(reader, word, "y or s");
	}
}

static void read_t(struct reader *reader, const struct tag *tag)
{
	if (check_not_empty(reader, tag, "y or s, or no \"t\" tag") &&
	    !tag_checks_glued(&reader->checks, tag)) {
		for_each_word(reader, tag, see_flag);
	}
}

/* What went wrong where the base64 of a key broke off, in the words that help most. */
static const struct problem *base64_fault(struct span value, size_t bad_offset)
{
	static const struct problem pem = {
		.what = SPAN_INIT("PEM frame around the key"),
		.expected = SPAN_INIT("the base64 alone, without \"-----BEGIN\" and \"-----END\""),
	};
	static const struct problem cut = {
		.what = SPAN_INIT("the key ends in the middle of a base64 group"),
		.expected = SPAN_INIT("the whole key; its length is a multiple of four characters"),
	};
	static const struct problem quoted = {
		.what = SPAN_INIT("quotation mark or backslash inside the key"),
		.expected =
			SPAN_INIT("one unbroken key; quotation marks that split a long key into "
				  "strings are zone-file syntax and no part of it"),
	};
	static const struct problem other = {
		.what = SPAN_INIT("character that is not base64 inside the key"),
		.expected = SPAN_INIT("letters, digits, \"+\", \"/\" and \"=\" at the end"),
	};
	if (span_search(value, SPAN("-----")) < value.len) {
		return &pem;
	}
	if (bad_offset >= value.len) {
		return &cut;
	}
	char bad = value.ptr[bad_offset];
	return bad == '"' || bad == '\\' ? &quoted : &other;
}

static void report_base64(struct reader *reader, const struct tag *tag, size_t bad_offset)
{
	const struct problem *fault = base64_fault(tag->value, bad_offset);
	tag_checks_add(&reader->checks, PROBLEM_ERROR, tag->value_offset + bad_offset,
		       bad_offset < tag->value.len, fault->what, fault->expected);
}

static void read_p(struct reader *reader, const struct tag *tag)
{
	struct dkim_key *key = reader->key;
	key->has_p = true;
	key->is_revoked = tag->value.len == 0; /* RFC 6376 3.6.1 */
	if (key->is_revoked || tag_checks_glued(&reader->checks, tag)) {
		return;
	}
	struct buffer octets = buffer_new_for(reader->checks.arena, PUBLIC_KEY_MAX);
	size_t bad_offset;
	if (base64_decode(tag->value, &octets, &bad_offset)) {
		key->public_key = arena_copy(reader->checks.arena, buffer_span(&octets));
	} else if (octets.is_failed) {
		tag_checks_add(
			&reader->checks, PROBLEM_ERROR, tag->value_offset, tag->value.len,
			SPAN("the key is too long to be one"),
			arena_printf(reader->checks.arena, "at most %d octets", PUBLIC_KEY_MAX));
	} else {
		report_base64(reader, tag, bad_offset);
	}
	buffer_free(&octets);
}

static const struct {
	struct span name;
	void (*read)(struct reader *reader, const struct tag *tag);
} tag_readers[] = {
	{SPAN_INIT("k"), read_k}, {SPAN_INIT("h"), read_h}, {SPAN_INIT("s"), read_s},
	{SPAN_INIT("t"), read_t}, {SPAN_INIT("p"), read_p},
};

/* RFC 4871 had g=; RFC 6376 dropped it, and old records still carry it. */
static bool is_dropped(struct span name)
{
	return span_equal(name, SPAN("g"));
}

static void read_tag(struct reader *reader, const struct tag *tag)
{
	if (!tag_checks_is_known(&reader->checks, tag->name)) {
		if (!is_dropped(tag->name)) {
			tag_checks_unknown(&reader->checks, tag);
		}
		return;
	}
	for (size_t i = 0; i < COUNT(tag_readers) && !tag->is_duplicate; i++) {
		if (span_equal(tag->name, tag_readers[i].name)) {
			tag_readers[i].read(reader, tag);
		}
	}
}

static void add_key_error(struct reader *reader, struct span what, const char *expected)
{
	const struct tag *tag = tag_list_find(&reader->key->tags, SPAN("p"));
	tag_checks_add(&reader->checks, PROBLEM_ERROR, tag->value_offset, tag->value.len, what,
		       span_of_string(expected));
}

static void decode_ed25519(struct reader *reader)
{
	struct dkim_key *key = reader->key;
	/* RFC 8463 4: the 32 octets themselves, not SubjectPublicKeyInfo */
	key->is_key_decoded = key->public_key.len == ED25519_KEY_LEN;
	if (!key->is_key_decoded) {
		add_key_error(reader,
			      arena_printf(reader->checks.arena, "the key has %zu octets",
					   key->public_key.len),
			      "the 32 octets of an Ed25519 key, without any wrapping");
	}
}

static unsigned bit_count(struct span number)
{
	unsigned bits = (unsigned)number.len * 8;
	for (unsigned mask = 0x80; number.len > 0 && (span_octet(number, 0) & mask) == 0;
	     mask >>= 1) {
		bits--;
	}
	return bits;
}

/* RFC 8017 3.1: e is odd and at least 3; n is odd, as a product of odd primes is */
static void check_rsa_numbers(struct reader *reader)
{
	struct span modulus = reader->key->rsa_modulus;
	struct span exponent = reader->key->rsa_exponent;
	bool is_one = exponent.len == 1 && span_octet(exponent, 0) == 1;
	if (is_one || (span_octet(exponent, exponent.len - 1) & 1) == 0) {
		add_key_error(reader, SPAN("the exponent of the key is 1 or even"),
			      "65537, as every key generator makes");
	} else if ((span_octet(modulus, modulus.len - 1) & 1) == 0) {
		add_key_error(reader, SPAN("the modulus of the key is even"),
			      "a key made by a key generator");
	}
}

static void decode_rsa(struct reader *reader)
{
	struct dkim_key *key = reader->key;
	bool is_bare = false;
	struct span announced;
	if (dkim_key_decode_rsa(key->public_key, &key->rsa_modulus, &key->rsa_exponent, &is_bare)) {
		key->is_key_decoded = true;
		key->rsa_bits = bit_count(key->rsa_modulus);
		check_rsa_numbers(reader);
	} else if (dkim_key_is_cut(key->public_key, &announced.len)) {
		add_key_error(reader,
			      arena_printf(reader->checks.arena,
					   "the key is cut off: %zu of %zu octets are there",
					   key->public_key.len, announced.len),
			      "the whole key; DNS strings of 255 octets must be joined");
	} else {
		add_key_error(reader, SPAN("the key is not an RSA public key"),
			      "an RSA public key as SubjectPublicKeyInfo (RFC 5280 4.1)");
	}
	if (is_bare) {
		tag_checks_add(&reader->checks, PROBLEM_WARN,
			       tag_list_find(&key->tags, SPAN("p"))->value_offset, 0,
			       SPAN("bare RSAPublicKey, which some receivers refuse"),
			       SPAN("SubjectPublicKeyInfo (RFC 5280 4.1)"));
	}
}

static void decode_key(struct reader *reader)
{
	if (reader->key->public_key.len == 0) {
		return;
	}
	switch (reader->key->type) {
	case DKIM_KEY_RSA:
		decode_rsa(reader);
		break;
	case DKIM_KEY_ED25519:
		decode_ed25519(reader);
		break;
	case DKIM_KEY_UNKNOWN:
		break;
	}
}

/* RFC 6376 3.6.1: v= is optional, but if there it comes first and is DKIM1 */
static void check_version(struct reader *reader)
{
	struct dkim_key *key = reader->key;
	const struct tag *tag = tag_list_find(&key->tags, SPAN("v"));
	key->is_version_first = tag == NULL || tag == key->tags.tags;
	if (tag != NULL) {
		tag_checks_version(&reader->checks, &key->tags, SPAN("DKIM1"));
	}
	if (!key->has_p) {
		tag_checks_add(&reader->checks, PROBLEM_ERROR, key->text.len, 0,
			       SPAN("no \"p\" tag"), SPAN("\"p=\" and the public key"));
	}
}

bool dkim_key_is_key(struct span text)
{
	if (tag_checks_has_version(text, SPAN("DKIM1"), true /* is_space_ok */)) {
		return true;
	}
	bool has_p = false;
	struct span rest = text;
	struct span part;
	while (text.len > 0 && span_split(&rest, ';', &part)) {
		size_t equals = span_find(part, '=', 0);
		struct span name = span_trim(span_slice(part, 0, equals), TEXT_SPACE);
		struct span value = span_trim(span_from(part, equals + 1), TEXT_SPACE);
		if (span_equal(name, SPAN("v")) && !span_equal_nocase(value, SPAN("DKIM1"))) {
			return false;
		}
		has_p = has_p || (equals < part.len && span_equal(name, SPAN("p")));
	}
	return has_p;
}

struct dkim_key *dkim_key_parse(struct arena *arena, struct span text)
{
	struct dkim_key *key = arena_alloc(arena, sizeof(*key));
	if (key == NULL) {
		return NULL;
	}
	*key = (struct dkim_key){
		.text = text,
		.type = DKIM_KEY_RSA, /* RFC 6376 3.6.1: the default of k= */
		.allows_sha256 = true,
		.allows_email = true,
		.allows_tls_report = true,
	};
	struct reader reader = {
		.checks = {arena, &key->problems, tag_names, COUNT(tag_names)},
		.key = key,
	};
	key->tags = tag_list_parse(arena, text, &key->problems);
	for (size_t i = 0; i < key->tags.tag_count; i++) {
		read_tag(&reader, &key->tags.tags[i]);
	}
	check_version(&reader);
	decode_key(&reader);
	problem_sort(&key->problems);
	return arena_has_failed(arena) ? NULL : key;
}

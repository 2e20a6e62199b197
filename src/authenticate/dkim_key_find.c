/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From a selector to a checked signature. */
#include "authenticate/dkim_key_find.h"

#include "crypto/public_key.h"
#include "records/name.h"
#include "records/txt.h"

static unsigned min_bits(const struct dkim_key_options *options)
{
	return options->allows_short_keys ? PUBLIC_KEY_LEGACY_MIN_BITS : PUBLIC_KEY_MIN_BITS;
}

static bool allows_sha1(const struct dkim_key *key)
{
	const struct tag *tag = tag_list_find(&key->tags, SPAN("h"));
	struct span rest = tag != NULL ? tag->value : SPAN("sha1");
	struct span part;
	while (span_split(&rest, ':', &part)) {
		if (span_equal(span_trim(part, TEXT_SPACE), SPAN("sha1"))) {
			return true;
		}
	}
	return false;
}

static bool allows_hash(const struct dkim_key *key, enum dkim_algorithm algorithm)
{
	return algorithm == DKIM_RSA_SHA1 ? allows_sha1(key) : key->allows_sha256;
}

/* RFC 6376 6.1.2: what the record allows, before any arithmetic. */
static enum dkim_reason check_record(const struct dkim_key *key,
				     const struct dkim_signature *signature, bool is_for_tls_report)
{
	bool is_ed25519 = signature->algorithm == DKIM_ED25519_SHA256;
	if (key->is_revoked) {
		return DKIM_REASON_KEY_REVOKED;
	}
	if (key->type != (is_ed25519 ? DKIM_KEY_ED25519 : DKIM_KEY_RSA)) {
		return DKIM_REASON_KEY_TYPE;
	}
	if (!allows_hash(key, signature->algorithm)) {
		return DKIM_REASON_KEY_HASH;
	}
	if (is_for_tls_report ? !key->allows_tls_report : !key->allows_email) {
		return DKIM_REASON_KEY_SERVICE;
	}
	if (key->is_strict_identity && !span_equal(signature->identity_domain, signature->domain)) {
		return DKIM_REASON_KEY_IDENTITY;
	}
	if (key->problems.error_count > 0 || !key->is_version_first) {
		return DKIM_REASON_KEY_SYNTAX;
	}
	return key->is_key_decoded ? DKIM_REASON_NONE : DKIM_REASON_KEY_SYNTAX;
}

static enum dkim_reason reason_of_key(enum public_key_status status)
{
	static const enum dkim_reason reasons[] = {
		[PUBLIC_KEY_OK] = DKIM_REASON_NONE,
		[PUBLIC_KEY_TOO_SHORT] = DKIM_REASON_KEY_SHORT,
		[PUBLIC_KEY_TOO_LONG] = DKIM_REASON_KEY_LONG,
		[PUBLIC_KEY_BAD_EXPONENT] = DKIM_REASON_KEY_NUMBERS,
		[PUBLIC_KEY_BAD_NUMBER] = DKIM_REASON_KEY_NUMBERS,
		[PUBLIC_KEY_NO_MEMORY] = DKIM_REASON_MEMORY,
	};
	return reasons[status];
}

static enum dkim_reason reason_of_signature(enum signature_status status)
{
	static const enum dkim_reason reasons[] = {
		[SIGNATURE_GOOD] = DKIM_REASON_NONE,
		[SIGNATURE_BAD] = DKIM_REASON_SIGNATURE,
		[SIGNATURE_NO_MEMORY] = DKIM_REASON_MEMORY,
	};
	return reasons[status];
}

static enum public_key_status make_key(const struct dkim_key *record,
				       const struct dkim_key_options *options,
				       struct public_key **ret_key)
{
	if (record->type == DKIM_KEY_ED25519) {
		return public_key_new_ed25519(record->public_key, ret_key);
	}
	return public_key_new_rsa(record->rsa_modulus, record->rsa_exponent, min_bits(options),
				  ret_key);
}

static enum dkim_reason verify(struct public_key *key, const struct dkim_signature *signature,
			       const struct digest_value *digest)
{
	return reason_of_signature(
		public_key_verify(key, dkim_algorithm_digest(signature->algorithm),
				  digest_value_span(digest), signature->signature));
}

/* With a key from the cache, or one that goes there. */
static enum dkim_reason check_signature(const struct dkim_key *record,
					const struct dkim_signature *signature,
					const struct digest_value *digest,
					const struct dkim_key_options *options)
{
	enum key_kind kind = record->type == DKIM_KEY_ED25519 ? KEY_ED25519 : KEY_RSA;
	struct public_key *known = options->cache != NULL
					   ? key_cache_get(options->cache, kind, record->public_key)
					   : NULL;
	if (known != NULL) {
		return verify(known, signature, digest);
	}
	struct public_key *key = NULL;
	enum dkim_reason reason = reason_of_key(make_key(record, options, &key));
	if (reason != DKIM_REASON_NONE) {
		return reason;
	}
	reason = verify(key, signature, digest);
	if (options->cache == NULL || !key_cache_put(options->cache, record->public_key, key)) {
		public_key_free(key);
	}
	return reason;
}

static enum dkim_reason check_size(const struct dkim_key *key,
				   const struct dkim_key_options *options)
{
	bool is_short = key->type == DKIM_KEY_RSA && key->rsa_bits < min_bits(options);
	return is_short && key->is_key_decoded ? DKIM_REASON_KEY_SHORT : DKIM_REASON_NONE;
}

static enum dkim_reason check_key(const struct dkim_key *key,
				  const struct dkim_signature *signature,
				  const struct digest_value *digest,
				  const struct dkim_key_options *options)
{
	enum dkim_reason reason = check_record(key, signature, options->is_for_tls_report);
	if (reason == DKIM_REASON_NONE) {
		reason = check_size(key, options);
	}
	return reason != DKIM_REASON_NONE ? reason
					  : check_signature(key, signature, digest, options);
}

/* A reason from a key that can be used says more than one from a key that cannot. */
static bool is_better(enum dkim_reason reason, const struct dkim_key_check *check)
{
	return check->key == NULL || reason == DKIM_REASON_NONE ||
	       (reason == DKIM_REASON_SIGNATURE && check->reason != DKIM_REASON_NONE);
}

static void try_record(struct arena *arena, struct span rdata, struct dkim_key_check *check,
		       const struct dkim_signature *signature, const struct digest_value *digest,
		       const struct dkim_key_options *options)
{
	struct txt txt;
	if (!txt_parse(arena, rdata, &txt) || !dkim_key_is_key(txt.text)) {
		return;
	}
	const struct dkim_key *key = dkim_key_parse(arena, txt.text);
	if (key == NULL) {
		check->reason = DKIM_REASON_MEMORY;
		return;
	}
	check->key_count++;
	enum dkim_reason reason = check_key(key, signature, digest, options);
	if (is_better(reason, check)) {
		check->reason = reason;
		check->key = key;
	}
}

struct dkim_key_check dkim_key_check(struct arena *arena, struct inquiry *inquiry,
				     const struct dkim_signature *signature,
				     const struct digest_value *digest,
				     const struct dkim_key_options *options)
{
	struct dkim_key_check check = {.reason = DKIM_REASON_SELECTOR};
	struct span below = name_join(arena, SPAN("_domainkey"), signature->domain);
	check.name = below.len > 0 ? name_join(arena, signature->selector, below) : below;
	if (check.name.len == 0) {
		return check;
	}
	check.fact = inquire_dns(inquiry, check.name, RR_TXT);
	if (!fact_is_present(check.fact)) {
		/* RFC 6376 6.1.2: no answer is not the answer no */
		check.reason = fact_is_absent(check.fact) ? DKIM_REASON_KEY_MISSING
							  : DKIM_REASON_KEY_UNAVAILABLE;
		return check;
	}
	check.reason = DKIM_REASON_KEY_NONE;
	check.record_count = check.fact->dns->record_count;
	for (size_t i = 0; i < check.record_count && check.key_count < DKIM_MAX_KEYS &&
			   check.reason != DKIM_REASON_NONE;
	     i++) {
		try_record(arena, check.fact->dns->records[i].rdata, &check, signature, digest,
			   options);
	}
	return check;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DKIM key records, and the octets of a key by themselves; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/dkim_key.h"

static void check_same(const struct dkim_key *a, const struct dkim_key *b)
{
	FUZZ_CHECK(a->type == b->type && span_equal(a->public_key, b->public_key));
	FUZZ_CHECK(a->has_p == b->has_p && a->is_revoked == b->is_revoked);
	FUZZ_CHECK(a->is_key_decoded == b->is_key_decoded && a->rsa_bits == b->rsa_bits);
	FUZZ_CHECK(a->is_testing == b->is_testing);
	FUZZ_CHECK(a->is_strict_identity == b->is_strict_identity);
	FUZZ_CHECK(a->allows_sha256 == b->allows_sha256);
	FUZZ_CHECK(a->allows_sha1_only == b->allows_sha1_only);
	FUZZ_CHECK(a->allows_email == b->allows_email);
}

static void check_number(struct span number, struct span der)
{
	FUZZ_CHECK(number.len > 0 && span_octet(number, 0) != 0);
	FUZZ_CHECK(number.ptr >= der.ptr && number.ptr + number.len <= der.ptr + der.len);
}

static void check_der(struct span der)
{
	struct span modulus;
	struct span exponent;
	bool is_bare;
	if (dkim_key_decode_rsa(der, &modulus, &exponent, &is_bare)) {
		check_number(modulus, der);
		check_number(exponent, der);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct dkim_key *key = dkim_key_parse(arena, text);
	FUZZ_CHECK(key != NULL);
	fuzz_check_problems(&key->problems, text);
	FUZZ_CHECK(!key->is_revoked || key->public_key.len == 0);
	FUZZ_CHECK(key->rsa_bits <= 8 * key->public_key.len);
	dkim_key_write(key, &written);
	FUZZ_CHECK(dkim_key_is_key(buffer_span(&written)));
	struct dkim_key *again = dkim_key_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL && again->is_version_first);
	check_same(key, again);
	check_der(text);
	buffer_free(&written);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One canonical stream a form, any number of hashes on it. */
#include "authenticate/body_hash.h"

/* Large enough that the hash function's own speed is what counts, small enough for the stack. */
#define STEP_BYTES 8192

void body_hasher_init(struct body_hasher *hasher)
{
	*hasher = (struct body_hasher){0};
	hasher->bodies[CANONICAL_SIMPLE] = canonical_body_new(CANONICAL_SIMPLE);
	hasher->bodies[CANONICAL_RELAXED] = canonical_body_new(CANONICAL_RELAXED);
}

size_t body_hasher_want(struct body_hasher *hasher, enum canonical_form form, enum digest_kind kind,
			uint64_t limit)
{
	for (size_t i = 0; i < hasher->hash_count; i++) {
		const struct body_hash *hash = &hasher->hashes[i];
		if (hash->form == form && hash->kind == kind && hash->limit == limit) {
			return i;
		}
	}
	if (hasher->hash_count == BODY_HASH_MAX) {
		return BODY_HASH_NONE;
	}
	struct digest *digest = digest_new(kind);
	if (digest == NULL) {
		hasher->is_failed = true;
		return BODY_HASH_NONE;
	}
	hasher->is_wanted[form] = true;
	hasher->hashes[hasher->hash_count] = (struct body_hash){
		.form = form,
		.kind = kind,
		.limit = limit,
		.digest = digest,
	};
	return hasher->hash_count++;
}

/* Canonical octets, which begin at the form's length so far. */
static void take(struct body_hasher *hasher, enum canonical_form form, struct span octets)
{
	for (size_t i = 0; i < hasher->hash_count; i++) {
		struct body_hash *hash = &hasher->hashes[i];
		uint64_t start = hasher->lengths[form];
		if (hash->form == form && start < hash->limit) {
			uint64_t room = hash->limit - start;
			size_t len = octets.len < room ? octets.len : (size_t)room;
			digest_update(hash->digest, span_slice(octets, 0, len));
		}
	}
	hasher->lengths[form] += octets.len;
}

static void feed_form(struct body_hasher *hasher, enum canonical_form form, struct span body)
{
	char out[STEP_BYTES];
	while (body.len > 0) {
		size_t len = canonical_body_next(&hasher->bodies[form], &body, out, sizeof(out));
		take(hasher, form, span_of(out, len));
	}
}

static void end_form(struct body_hasher *hasher, enum canonical_form form)
{
	char out[STEP_BYTES];
	for (size_t len; (len = canonical_body_end(&hasher->bodies[form], out, sizeof(out))) > 0;) {
		take(hasher, form, span_of(out, len));
	}
}

void body_hasher_feed(struct body_hasher *hasher, struct span body)
{
	for (int form = CANONICAL_SIMPLE; form <= CANONICAL_RELAXED; form++) {
		if (hasher->is_wanted[form]) {
			feed_form(hasher, form, body);
		}
	}
}

void body_hasher_end(struct body_hasher *hasher)
{
	for (int form = CANONICAL_SIMPLE; form <= CANONICAL_RELAXED; form++) {
		if (hasher->is_wanted[form]) {
			end_form(hasher, form);
		}
	}
	for (size_t i = 0; i < hasher->hash_count; i++) {
		struct body_hash *hash = &hasher->hashes[i];
		hash->is_done = digest_finish(hash->digest, &hash->value);
		hasher->is_failed = hasher->is_failed || !hash->is_done;
	}
}

void body_hasher_close(struct body_hasher *hasher)
{
	for (size_t i = 0; i < hasher->hash_count; i++) {
		digest_free(hasher->hashes[i].digest);
		hasher->hashes[i].digest = NULL;
	}
}

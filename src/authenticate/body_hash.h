/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Hashes of the body in all the forms that signatures ask for, made while the body passes by. */
#ifndef MAILSEAL_AUTHENTICATE_BODY_HASH_H
#define MAILSEAL_AUTHENTICATE_BODY_HASH_H

#include "crypto/digest.h"
#include "message/canonical.h"

/* Two forms and whole bodies need two; every distinct l= needs one more. */
#define BODY_HASH_MAX 16
#define BODY_HASH_NONE SIZE_MAX
#define BODY_HASH_WHOLE UINT64_MAX

struct body_hash {
	enum canonical_form form;
	enum digest_kind kind;
	uint64_t limit; /* octets of the canonical body that count, or BODY_HASH_WHOLE */
	struct digest *digest;
	bool is_done; /* value holds */
	struct digest_value value;
};

struct body_hasher {
	struct body_hash hashes[BODY_HASH_MAX];
	size_t hash_count;
	struct canonical_body bodies[2]; /* by form */
	bool is_wanted[2];		 /* by form */
	uint64_t lengths[2];		 /* canonical octets, by form; where wanted */
	bool is_failed;			 /* memory was out: a hash is missing */
};

void body_hasher_init(struct body_hasher *hasher);
/* Before any octet of the body: asks for a hash. Its index, or BODY_HASH_NONE when there are too
 * many or memory is out. */
size_t body_hasher_want(struct body_hasher *hasher, enum canonical_form form, enum digest_kind kind,
			uint64_t limit);
void body_hasher_feed(struct body_hasher *hasher, struct span body);
/* Nothing follows: the values and lengths hold. */
void body_hasher_end(struct body_hasher *hasher);
/* Gives the digests back; the values stay. */
void body_hasher_close(struct body_hasher *hasher);

#endif

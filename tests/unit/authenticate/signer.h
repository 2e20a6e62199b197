/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes signed messages with any tags, and has them verified in a world made of text. */
#ifndef MAILSEAL_TESTS_AUTHENTICATE_SIGNER_H
#define MAILSEAL_TESTS_AUTHENTICATE_SIGNER_H

#include "authenticate/sign.h"
#include "facts/settle.h"
#include "world.h"

#define SIGNER_ARENA_BYTES ((size_t)8 << 20)
#define SIGNER_NOW INT64_C(1795392000)

struct signer {
	struct arena *arena;
	struct world *world;
	struct private_key *key; /* Ed25519 */
	struct span record;	 /* what the key publishes */
	struct dkim_options options;
	struct mail_options mail_options;
};

/* Everything freed by signer_free(). */
struct signer signer_new(void);
void signer_free(struct signer *signer);
/* Publishes a record at s1._domainkey.x.example, or at another name. */
void signer_publish(struct signer *signer, const char *name, struct span text);
/*
 * A whole message: a signature with these tags and bh= and b= behind them, then header and body.
 * limit: octets of the canonical body that bh= covers.
 */
struct span signer_sign(struct signer *signer, const char *tags, struct span header,
			struct span body, uint64_t limit);
/* The report on a message; chain may be NULL. */
const struct dkim_report *signer_verify(struct signer *signer, struct span text,
					const struct arc_report **ret_chain);

#endif

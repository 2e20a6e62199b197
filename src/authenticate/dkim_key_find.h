/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the keys of a signature in DNS and checks a digest with them; for DKIM and ARC. */
#ifndef MAILSEAL_AUTHENTICATE_DKIM_KEY_FIND_H
#define MAILSEAL_AUTHENTICATE_DKIM_KEY_FIND_H

#include "authenticate/dkim_signature.h"
#include "crypto/key_cache.h"
#include "facts/wants.h"
#include "records/dkim_key.h"

/*
 * RFC 6376 3.6.2.2 leaves several records at one name undefined. All are tried, up to this many,
 * in the order DNS gives them; one that verifies is enough.
 */
#define DKIM_MAX_KEYS 4

struct dkim_key_options {
	struct key_cache *cache; /* may be NULL */
	bool allows_short_keys;	 /* 512 bits; for test data from before RFC 8301 only */
	bool is_for_tls_report;	 /* RFC 8460 3: the message carries one, and s=tlsrpt is for that */
};

struct dkim_key_check {
	enum dkim_reason reason;    /* DKIM_REASON_NONE when the signature holds */
	struct span name;	    /* where the key was looked for */
	const struct fact *fact;    /* NULL when nothing was asked */
	const struct dkim_key *key; /* the key that decided; NULL without one */
	size_t record_count;	    /* TXT records at the name */
	size_t key_count;	    /* those of them that are keys and were tried */
};

/*
 * Asks for the key, and when it is there checks the signature over the digest. The signature's text
 * must be without problems.
 */
struct dkim_key_check dkim_key_check(struct arena *arena, struct inquiry *inquiry,
				     const struct dkim_signature *signature,
				     const struct digest_value *digest,
				     const struct dkim_key_options *options);

#endif

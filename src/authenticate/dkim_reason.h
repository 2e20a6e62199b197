/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results of a DKIM signature (RFC 8601 2.7.1) and the reasons for them. */
#ifndef MAILSEAL_AUTHENTICATE_DKIM_REASON_H
#define MAILSEAL_AUTHENTICATE_DKIM_REASON_H

#include "base/base.h"

enum dkim_result {
	DKIM_PASS,
	DKIM_FAIL,	/* the signature or the body hash does not match */
	DKIM_POLICY,	/* it matches, but what it covers is not enough */
	DKIM_NEUTRAL,	/* outside of the time it was made for */
	DKIM_TEMPERROR, /* the key could not be had; ask again later */
	DKIM_PERMERROR, /* signature or key cannot be used */
};

enum dkim_reason {
	DKIM_REASON_NONE, /* all is well */
	/* the signature's text */
	DKIM_REASON_SYNTAX,
	DKIM_REASON_DUPLICATE_TAG,
	DKIM_REASON_MISSING_TAG,
	DKIM_REASON_FORBIDDEN_TAG, /* h= in an ARC-Seal */
	DKIM_REASON_VERSION,
	DKIM_REASON_ALGORITHM,
	DKIM_REASON_SHA1,
	DKIM_REASON_CANONICAL,
	DKIM_REASON_DOMAIN,
	DKIM_REASON_SELECTOR,
	DKIM_REASON_BASE64,
	DKIM_REASON_QUERY,
	DKIM_REASON_FROM_UNSIGNED,
	DKIM_REASON_SEAL_SIGNED, /* h= of an ARC-Message-Signature names ARC-Seal */
	DKIM_REASON_IDENTITY,
	DKIM_REASON_LENGTH,
	DKIM_REASON_TIME,
	DKIM_REASON_EXPIRY_BEFORE_TIME,
	DKIM_REASON_INSTANCE,
	DKIM_REASON_CHAIN_VALUE,
	/* our limits */
	DKIM_REASON_NAMES_LIMIT,
	DKIM_REASON_HEADER_LIMIT,
	DKIM_REASON_BODY_LIMIT,
	/* the key */
	DKIM_REASON_KEY_UNAVAILABLE,
	DKIM_REASON_KEY_MISSING,
	DKIM_REASON_KEY_NONE,
	DKIM_REASON_KEY_SYNTAX,
	DKIM_REASON_KEY_REVOKED,
	DKIM_REASON_KEY_TYPE,
	DKIM_REASON_KEY_HASH,
	DKIM_REASON_KEY_SERVICE,
	DKIM_REASON_KEY_IDENTITY,
	DKIM_REASON_KEY_SHORT,
	DKIM_REASON_KEY_LONG,
	DKIM_REASON_KEY_NUMBERS,
	/* the message */
	DKIM_REASON_LENGTH_BEYOND,
	DKIM_REASON_BODY_HASH,
	DKIM_REASON_SIGNATURE,
	DKIM_REASON_LENGTH_SHORT,
	DKIM_REASON_EXPIRED,
	DKIM_REASON_FUTURE,
	DKIM_REASON_MEMORY,
	DKIM_REASON_COUNT,
};

/* What the reason makes of the signature. */
enum dkim_result dkim_reason_result(enum dkim_reason reason);
/* A stable word: "key-revoked". Static. */
const char *dkim_reason_name(enum dkim_reason reason);
/* The paragraph that says so: "RFC 6376 3.5". Static. */
const char *dkim_reason_reference(enum dkim_reason reason);
/* One sentence for people. Static. */
const char *dkim_reason_explain(enum dkim_reason reason);
/* "pass", "temperror", ... as in RFC 8601 2.7.1. Static. */
const char *dkim_result_name(enum dkim_result result);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words for every reason. */
#include "authenticate/dkim_reason.h"

struct reason_words {
	enum dkim_result result;
	const char *name;
	const char *reference;
	const char *explain;
};

static const struct reason_words words[DKIM_REASON_COUNT] = {
	[DKIM_REASON_NONE] = {DKIM_PASS, "ok", "RFC 6376 6.1.3", "The signature holds."},
	[DKIM_REASON_SYNTAX] = {DKIM_PERMERROR, "syntax", "RFC 6376 3.2",
				"The signature is not a list of tags."},
	[DKIM_REASON_DUPLICATE_TAG] = {DKIM_PERMERROR, "duplicate-tag", "RFC 6376 3.2",
				       "A tag is there twice."},
	[DKIM_REASON_MISSING_TAG] = {DKIM_PERMERROR, "missing-tag", "RFC 6376 3.5",
				     "A tag is missing that every signature must have."},
	[DKIM_REASON_FORBIDDEN_TAG] = {DKIM_PERMERROR, "forbidden-tag", "RFC 8617 4.1.3",
				       "A tag is there that must not be."},
	[DKIM_REASON_VERSION] = {DKIM_PERMERROR, "version", "RFC 6376 3.5",
				 "The version is not 1."},
	[DKIM_REASON_ALGORITHM] = {DKIM_PERMERROR, "algorithm", "RFC 6376 3.3",
				   "The algorithm is unknown."},
	[DKIM_REASON_SHA1] = {DKIM_PERMERROR, "sha1", "RFC 8301 3.1",
			      "SHA-1 must not be used for signatures."},
	[DKIM_REASON_CANONICAL] = {DKIM_PERMERROR, "canonicalization", "RFC 6376 3.4",
				   "The canonicalization is unknown."},
	[DKIM_REASON_DOMAIN] = {DKIM_PERMERROR, "domain", "RFC 6376 3.5",
				"The signing domain is not a domain name."},
	[DKIM_REASON_SELECTOR] = {DKIM_PERMERROR, "selector", "RFC 6376 3.1",
				  "The selector is not a part of a domain name."},
	[DKIM_REASON_BASE64] = {DKIM_PERMERROR, "base64", "RFC 6376 3.5",
				"A hash or signature is not base64, or is empty."},
	[DKIM_REASON_QUERY] = {DKIM_PERMERROR, "query", "RFC 6376 3.5",
			       "The key is not to be found in DNS."},
	[DKIM_REASON_FROM_UNSIGNED] = {DKIM_PERMERROR, "from-unsigned", "RFC 6376 5.4",
				       "The From field is not signed."},
	[DKIM_REASON_SEAL_SIGNED] = {DKIM_PERMERROR, "seal-signed", "RFC 8617 4.1.2",
				     "The message signature covers an ARC-Seal field."},
	[DKIM_REASON_IDENTITY] = {DKIM_PERMERROR, "identity", "RFC 6376 3.5",
				  "The identity (i=) is not in the signing domain."},
	[DKIM_REASON_LENGTH] = {DKIM_PERMERROR, "length", "RFC 6376 3.5",
				"The body length (l=) is not a number."},
	[DKIM_REASON_TIME] = {DKIM_PERMERROR, "time", "RFC 6376 3.5",
			      "A time (t= or x=) is not a number of seconds."},
	[DKIM_REASON_EXPIRY_BEFORE_TIME] = {DKIM_PERMERROR, "expiry-before-time", "RFC 6376 3.5",
					    "The signature expired before it was made."},
	[DKIM_REASON_INSTANCE] = {DKIM_PERMERROR, "instance", "RFC 8617 4.2.1",
				  "The instance (i=) is not a number from 1 to 50."},
	[DKIM_REASON_CHAIN_VALUE] = {DKIM_PERMERROR, "chain-value", "RFC 8617 4.1.3",
				     "The chain status (cv=) is not none, pass or fail."},
	[DKIM_REASON_NAMES_LIMIT] = {DKIM_PERMERROR, "names-limit", "RFC 6376 8.4",
				     "The signature names more header fields than are looked at."},
	[DKIM_REASON_HEADER_LIMIT] = {DKIM_PERMERROR, "header-limit", "RFC 6376 8.4",
				      "The header is larger than is read."},
	[DKIM_REASON_BODY_LIMIT] =
		{DKIM_PERMERROR, "body-limit", "RFC 6376 8.4",
		 "The signatures ask for more kinds of body hash than are made."},
	[DKIM_REASON_KEY_UNAVAILABLE] = {DKIM_TEMPERROR, "key-unavailable", "RFC 6376 6.1.2",
					 "The key could not be asked for."},
	[DKIM_REASON_KEY_MISSING] = {DKIM_PERMERROR, "key-missing", "RFC 6376 6.1.2",
				     "There is no key at the selector."},
	[DKIM_REASON_KEY_NONE] = {DKIM_PERMERROR, "key-none", "RFC 6376 6.1.2",
				  "The text at the selector is no DKIM key."},
	[DKIM_REASON_KEY_SYNTAX] = {DKIM_PERMERROR, "key-syntax", "RFC 6376 3.6.1",
				    "The key record has an error."},
	[DKIM_REASON_KEY_REVOKED] = {DKIM_PERMERROR, "key-revoked", "RFC 6376 3.6.1",
				     "The key has been revoked."},
	[DKIM_REASON_KEY_TYPE] = {DKIM_PERMERROR, "key-type", "RFC 6376 3.6.1",
				  "The key is of another type than the signature."},
	[DKIM_REASON_KEY_HASH] = {DKIM_PERMERROR, "key-hash", "RFC 6376 3.6.1",
				  "The key does not allow this hash."},
	[DKIM_REASON_KEY_SERVICE] = {DKIM_PERMERROR, "key-service", "RFC 6376 3.6.1",
				     "The key is not for mail."},
	[DKIM_REASON_KEY_IDENTITY] = {DKIM_PERMERROR, "key-identity", "RFC 6376 3.6.1",
				      "The key does not allow an identity in a subdomain (t=s)."},
	[DKIM_REASON_KEY_SHORT] = {DKIM_PERMERROR, "key-short", "RFC 8301 3.2",
				   "The key has fewer than 1024 bits."},
	[DKIM_REASON_KEY_LONG] = {DKIM_PERMERROR, "key-long", "RFC 8301 3.2",
				  "The key has more bits than are used."},
	[DKIM_REASON_KEY_NUMBERS] = {DKIM_PERMERROR, "key-numbers", "RFC 8017 3.1",
				     "The numbers of the key cannot be those of a key."},
	[DKIM_REASON_LENGTH_BEYOND] = {DKIM_PERMERROR, "length-beyond", "RFC 6376 3.5",
				       "The body is shorter than the signed length (l=)."},
	[DKIM_REASON_BODY_HASH] = {DKIM_FAIL, "body-hash", "RFC 6376 6.1.3",
				   "The body is not the one that was signed."},
	[DKIM_REASON_SIGNATURE] = {DKIM_FAIL, "signature", "RFC 6376 6.1.3",
				   "The header is not the one that was signed, or another key "
				   "signed it."},
	[DKIM_REASON_LENGTH_SHORT] = {DKIM_POLICY, "length-short", "RFC 6376 8.2",
				      "A part of the body is not signed (l=)."},
	[DKIM_REASON_EXPIRED] = {DKIM_NEUTRAL, "expired", "RFC 6376 3.5",
				 "The signature has expired."},
	[DKIM_REASON_FUTURE] = {DKIM_NEUTRAL, "future", "RFC 6376 3.5",
				"The signature was made in the future."},
	[DKIM_REASON_MEMORY] = {DKIM_TEMPERROR, "memory", "RFC 6376 6.1",
				"There was not enough memory to check."},
};

enum dkim_result dkim_reason_result(enum dkim_reason reason)
{
	return words[reason].result;
}

const char *dkim_reason_name(enum dkim_reason reason)
{
	return words[reason].name;
}

const char *dkim_reason_reference(enum dkim_reason reason)
{
	return words[reason].reference;
}

const char *dkim_reason_explain(enum dkim_reason reason)
{
	return words[reason].explain;
}

const char *dkim_result_name(enum dkim_result result)
{
	static const char *const names[] = {
		[DKIM_PASS] = "pass",		[DKIM_FAIL] = "fail",
		[DKIM_POLICY] = "policy",	[DKIM_NEUTRAL] = "neutral",
		[DKIM_TEMPERROR] = "temperror", [DKIM_PERMERROR] = "permerror",
	};
	return names[result];
}

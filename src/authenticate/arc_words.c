/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words for the states of an ARC chain. */
#include "authenticate/arc.h"

struct arc_words {
	const char *name;
	const char *reference;
	const char *explain;
};

static const struct arc_words words[ARC_REASON_COUNT] = {
	[ARC_REASON_NONE] = {"ok", "RFC 8617 5.2", "Nothing is wrong with the chain."},
	[ARC_REASON_LIMIT] = {"limit", "RFC 8617 4.2.1", "There are more ARC fields than allowed."},
	[ARC_REASON_INSTANCE] = {"instance", "RFC 8617 4.2.1",
				 "An ARC field has no valid instance (i=)."},
	[ARC_REASON_DUPLICATE] = {"duplicate", "RFC 8617 5.2",
				  "A set has two ARC fields of a kind."},
	[ARC_REASON_MISSING] = {"missing", "RFC 8617 5.2", "A set lacks an ARC field."},
	[ARC_REASON_CHAIN_VALUE] = {"chain-value", "RFC 8617 5.2",
				    "The chain status (cv=) does not fit the place in the chain."},
	[ARC_REASON_CHAIN_FAILED] = {"chain-failed", "RFC 8617 5.2",
				     "The last handler found the chain broken."},
	[ARC_REASON_MESSAGE] = {"message-signature", "RFC 8617 5.2",
				"The message is not as the last handler left it."},
	[ARC_REASON_SEAL] = {"seal", "RFC 8617 5.2", "A seal does not hold."},
};

const char *arc_status_name(enum arc_status status)
{
	static const char *const names[] = {
		[ARC_NONE] = "none",
		[ARC_PASS] = "pass",
		[ARC_FAIL] = "fail",
	};
	return names[status];
}

const char *arc_reason_name(enum arc_reason reason)
{
	return words[reason].name;
}

const char *arc_reason_reference(enum arc_reason reason)
{
	return words[reason].reference;
}

const char *arc_reason_explain(enum arc_reason reason)
{
	return words[reason].explain;
}

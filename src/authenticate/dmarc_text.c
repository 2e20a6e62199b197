/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for the outcomes of a DMARC evaluation. */
#include "authenticate/dmarc_evaluate.h"

struct cause_text {
	const char *name;
	const char *explain;
	const char *reference;
};

static const struct cause_text causes[] = {
	[DMARC_CAUSE_ALIGNED] = {"aligned", "an authenticated domain is aligned with the author's",
				 "RFC 9989 4.4"},
	[DMARC_CAUSE_NO_RECORD] = {"no-record", "no DMARC record counts for the author's domain",
				   "RFC 9989 4.10.1"},
	[DMARC_CAUSE_UNUSABLE_RECORD] = {"unusable-record",
					 "the DMARC record has neither a valid policy nor a valid "
					 "address for reports",
					 "RFC 9989 4.10.1"},
	[DMARC_CAUSE_NOT_AUTHENTICATED] = {"not-authenticated", "neither SPF nor DKIM passes",
					   "RFC 9989 5.3.5"},
	[DMARC_CAUSE_NOT_ALIGNED] = {"not-aligned",
				     "what passes is for domains that are not aligned with the "
				     "author's",
				     "RFC 9989 4.4"},
	[DMARC_CAUSE_POLICY_UNKNOWN] = {"policy-unknown",
					"an answer is missing that decides which policy counts",
					"RFC 9989 4.10"},
	[DMARC_CAUSE_ALIGNMENT_UNKNOWN] = {"alignment-unknown",
					   "an answer is missing that decides whether a domain is "
					   "aligned",
					   "RFC 9989 4.10.2"},
	[DMARC_CAUSE_IDENTIFIER_UNKNOWN] = {"identifier-unknown",
					    "SPF or DKIM could not be decided for an aligned "
					    "domain",
					    "RFC 9989 5.3.5"},
};

const char *dmarc_result_name(enum dmarc_result result)
{
	static const char *const names[] = {
		[DMARC_RESULT_NONE] = "none",		[DMARC_RESULT_PASS] = "pass",
		[DMARC_RESULT_FAIL] = "fail",		[DMARC_RESULT_TEMPERROR] = "temperror",
		[DMARC_RESULT_PERMERROR] = "permerror",
	};
	return names[result];
}

const char *dmarc_cause_name(enum dmarc_cause cause)
{
	return causes[cause].name;
}

const char *dmarc_cause_explain(enum dmarc_cause cause)
{
	return causes[cause].explain;
}

const char *dmarc_cause_reference(enum dmarc_cause cause)
{
	return causes[cause].reference;
}

const char *dmarc_alignment_outcome_name(enum dmarc_alignment_outcome outcome)
{
	static const char *const names[] = {
		[DMARC_ALIGNED_SAME] = "same",	     [DMARC_ALIGNED_RELAXED] = "relaxed",
		[DMARC_ALIGNED_NOT] = "not",	     [DMARC_ALIGNED_UNKNOWN] = "unknown",
		[DMARC_ALIGNED_SKIPPED] = "skipped",
	};
	return names[outcome];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for the outcomes of an SPF check. */
#include "authenticate/spf_check.h"

struct cause_text {
	const char *name;
	const char *explain;
	const char *reference;
};

static const struct cause_text causes[] = {
	[SPF_CAUSE_TERM] = {"term", "a term of the record matches", "RFC 7208 4.6.2"},
	[SPF_CAUSE_DEFAULT] = {"default", "no term of the record matches", "RFC 7208 4.7"},
	[SPF_CAUSE_NO_DOMAIN] = {"no-domain", "there is no full domain name to check",
				 "RFC 7208 4.3"},
	[SPF_CAUSE_NONEXISTENT] = {"nonexistent", "the domain does not exist", "RFC 7208 4.3"},
	[SPF_CAUSE_NO_RECORD] = {"no-record", "the domain has no SPF record", "RFC 7208 4.5"},
	[SPF_CAUSE_SEVERAL_RECORDS] = {"several-records", "there is more than one SPF record",
				       "RFC 7208 4.5"},
	[SPF_CAUSE_SYNTAX] = {"syntax", "the record has a syntax error", "RFC 7208 4.6"},
	[SPF_CAUSE_LOOKUPS] = {"lookups", "the record needs more than 10 look-ups",
			       "RFC 7208 4.6.4"},
	[SPF_CAUSE_VOIDS] = {"voids", "more than 2 look-ups found nothing", "RFC 7208 4.6.4"},
	[SPF_CAUSE_MX_HOSTS] = {"mx-hosts", "an mx has more than 10 hosts", "RFC 7208 4.6.4"},
	[SPF_CAUSE_TARGET] = {"target", "include or redirect leads to no SPF record",
			      "RFC 7208 5.2"},
	[SPF_CAUSE_DNS] = {"dns", "an answer of DNS is missing", "RFC 7208 2.6.6"},
};

const char *spf_result_name(enum spf_result result)
{
	static const char *const names[] = {
		[SPF_RESULT_NONE] = "none",	      [SPF_RESULT_NEUTRAL] = "neutral",
		[SPF_RESULT_PASS] = "pass",	      [SPF_RESULT_FAIL] = "fail",
		[SPF_RESULT_SOFTFAIL] = "softfail",   [SPF_RESULT_TEMPERROR] = "temperror",
		[SPF_RESULT_PERMERROR] = "permerror",
	};
	return names[result];
}

const char *spf_identity_name(enum spf_identity identity)
{
	return identity == SPF_HELO ? "helo" : "mailfrom";
}

const char *spf_cause_name(enum spf_cause cause)
{
	return causes[cause].name;
}

const char *spf_cause_explain(enum spf_cause cause)
{
	return causes[cause].explain;
}

const char *spf_cause_reference(enum spf_cause cause)
{
	return causes[cause].reference;
}

const char *spf_step_kind_name(enum spf_step_kind kind)
{
	static const char *const names[] = {
		[SPF_STEP_RECORD] = "record", [SPF_STEP_NO_MATCH] = "no-match",
		[SPF_STEP_MATCH] = "match",   [SPF_STEP_DESCEND] = "descend",
		[SPF_STEP_RETURN] = "return", [SPF_STEP_END] = "end",
		[SPF_STEP_STOP] = "stop",
	};
	return names[kind];
}

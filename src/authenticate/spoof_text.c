/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for the attempts of a stranger, and what becomes of them. */
#include "authenticate/spoof_report.h"

struct vector_text {
	const char *name;
	const char *explain;
};

static const struct vector_text vectors[] = {
	[SPOOF_EXACT] = {"exact", "the domain in From and MAIL FROM, from a stranger's address"},
	[SPOOF_STRANGER_ENVELOPE] = {"stranger-envelope",
				     "the domain in From, the stranger's own domain in MAIL FROM"},
	[SPOOF_NULL_SENDER] = {"null-sender",
			       "the domain in From and HELO, with an empty MAIL FROM"},
	[SPOOF_WIDE_RANGE] = {"wide-range",
			      "from an address inside a very wide range that SPF authorises"},
	[SPOOF_SHARED_PROVIDER] = {"shared-provider",
				   "from a service whose customers share addresses"},
	[SPOOF_SUBDOMAIN_ENVELOPE] = {"subdomain-envelope",
				      "the domain in From, one of its subdomains in MAIL FROM"},
	[SPOOF_SUBDOMAIN] = {"subdomain", "an existing subdomain in From"},
	[SPOOF_NONEXISTENT] = {"nonexistent", "an invented subdomain in From"},
	[SPOOF_ORGANISATION] = {"organisation",
				"a neighbour in MAIL FROM that only one standard sets apart"},
	[SPOOF_TAKEOVER] = {"takeover", "through a name in SPF, or of a CNAME, that anybody can "
					"register"},
	[SPOOF_KEY_TAKEOVER] = {"key-takeover",
				"with a DKIM key at a name that anybody can register"},
	[SPOOF_OLDER_RECEIVERS] = {"older-receivers", "at receivers that still follow RFC 7489"},
	[SPOOF_SAMPLED] = {"sampled", "the share of mail that pct leaves alone"},
	[SPOOF_WEAK_KEY] = {"weak-key", "with a DKIM key that is too short"},
	[SPOOF_TEST_KEY] = {"test-key", "with a forged signature under a DKIM key in test mode"},
	[SPOOF_SHARED_KEY] = {"shared-key", "with a DKIM key that others sign with too"},
	[SPOOF_DISPLAY_NAME] = {"display-name",
				"another address, with the domain's name shown beside it"},
	[SPOOF_LOOK_ALIKE] = {"look-alike", "another domain that looks like this one"},
};

enum spoof_outcome spoof_outcome_of(enum spf_result spf, enum dmarc_result result,
				    enum dmarc_policy disposition)
{
	if (result == DMARC_RESULT_PASS) {
		return SPOOF_PASSES;
	}
	if (result == DMARC_RESULT_TEMPERROR) {
		return SPOOF_UNKNOWN;
	}
	if (disposition == DMARC_POLICY_REJECT) {
		return SPOOF_STOPPED;
	}
	/* RFC 7208 8.4: without a policy, some receivers act on an SPF fail alone */
	bool is_doubtful = disposition == DMARC_POLICY_QUARANTINE || spf == SPF_RESULT_FAIL;
	return is_doubtful ? SPOOF_SUSPECT : SPOOF_DELIVERED;
}

enum dmarc_policy spoof_sampled_policy(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_REJECT ? DMARC_POLICY_QUARANTINE : DMARC_POLICY_NONE;
}

const char *spoof_vector_name(enum spoof_vector vector)
{
	return vectors[vector].name;
}

const char *spoof_vector_explain(enum spoof_vector vector)
{
	return vectors[vector].explain;
}

const char *spoof_outcome_name(enum spoof_outcome outcome)
{
	static const char *const names[] = {
		[SPOOF_NOT_THERE] = "not-there", [SPOOF_OUT_OF_REACH] = "out-of-reach",
		[SPOOF_STOPPED] = "stopped",	 [SPOOF_UNKNOWN] = "unknown",
		[SPOOF_SUSPECT] = "suspect",	 [SPOOF_DELIVERED] = "delivered",
		[SPOOF_PASSES] = "passes",
	};
	return names[outcome];
}

const char *spoof_cause_name(enum spoof_cause cause)
{
	static const char *const names[] = {
		[SPOOF_CAUSE_NOTHING] = "nothing",
		[SPOOF_CAUSE_UNKNOWN] = "unknown",
		[SPOOF_CAUSE_SPF] = "spf",
		[SPOOF_CAUSE_DKIM] = "dkim",
		[SPOOF_CAUSE_NO_DMARC] = "no-dmarc",
		[SPOOF_CAUSE_UNUSABLE_DMARC] = "unusable-dmarc",
		[SPOOF_CAUSE_POLICY_NONE] = "policy-none",
		[SPOOF_CAUSE_REPORT_ONLY] = "report-only",
		[SPOOF_CAUSE_TESTING] = "testing",
		[SPOOF_CAUSE_SAMPLED] = "sampled",
		[SPOOF_CAUSE_QUARANTINE] = "quarantine",
		[SPOOF_CAUSE_REJECT] = "reject",
		[SPOOF_CAUSE_OUT_OF_REACH] = "out-of-reach",
	};
	return names[cause];
}

const char *spoof_receivers_name(enum spoof_receivers receivers)
{
	static const char *const names[] = {
		[SPOOF_BY_RFC9989] = "rfc9989",
		[SPOOF_BY_RFC7489] = "rfc7489",
		[SPOOF_BY_SHORT_KEYS] = "before-rfc8301",
	};
	return names[receivers];
}

const char *spoof_answer_name(enum spoof_answer answer)
{
	static const char *const names[] = {
		[SPOOF_ANSWER_NO] = "no",
		[SPOOF_ANSWER_UNKNOWN] = "unknown",
		[SPOOF_ANSWER_PARTLY] = "partly",
		[SPOOF_ANSWER_YES] = "yes",
	};
	return names[answer];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 9990 3.1.1 with what RFC 7489 appendix C and its drafts have besides. */
#include "reports/aggregate_rules.h"

#define OPEN(n, s)                                                                                 \
	{                                                                                          \
		.name = SPAN_INIT(n), .action = ACTION_OPEN, .section = (s)                        \
	}
#define KEEP(n, a, type, member)                                                                   \
	{                                                                                          \
		.name = SPAN_INIT(n), .action = (a), .offset = offsetof(struct type, member)       \
	}
#define WORD(n, list, type, member)                                                                \
	{                                                                                          \
		.name = SPAN_INIT(n), .action = ACTION_WORD, .words = &(list),                     \
		.offset = offsetof(struct type, member)                                            \
	}
#define CODE(n, a)                                                                                 \
	{                                                                                          \
		.name = SPAN_INIT(n), .action = (a)                                                \
	}
#define END_OF_RULES                                                                               \
	{                                                                                          \
		.action = ACTION_OPEN                                                              \
	}

static const struct aggregate_rule top_rules[] = {
	OPEN("record", SECTION_RECORD),
	OPEN("feedback", SECTION_TOP),
	OPEN("report_metadata", SECTION_METADATA),
	OPEN("policy_published", SECTION_POLICY),
	OPEN("extension", SECTION_SKIPPED),
	KEEP("version", ACTION_TEXT, aggregate_report, version),
	END_OF_RULES,
};

static const struct aggregate_rule metadata_rules[] = {
	KEEP("org_name", ACTION_TEXT, aggregate_report, organisation),
	KEEP("email", ACTION_TEXT, aggregate_report, contact),
	KEEP("extra_contact_info", ACTION_TEXT, aggregate_report, extra_contact),
	KEEP("report_id", ACTION_TEXT, aggregate_report, identity.id),
	OPEN("date_range", SECTION_DATE_RANGE),
	CODE("error", ACTION_ERROR),
	{.name = SPAN_INIT("generator"),
	 .action = ACTION_TEXT,
	 .offset = offsetof(struct aggregate_report, generator),
	 .is_rfc9990 = true},
	END_OF_RULES,
};

static const struct aggregate_rule date_range_rules[] = {
	CODE("begin", ACTION_BEGIN),
	CODE("end", ACTION_END),
	END_OF_RULES,
};

static const struct aggregate_rule policy_rules[] = {
	KEEP("domain", ACTION_DOMAIN, aggregate_policy, domain),
	WORD("p", report_policies, aggregate_policy, p),
	WORD("sp", report_policies, aggregate_policy, sp),
	WORD("adkim", report_alignments, aggregate_policy, adkim),
	WORD("aspf", report_alignments, aggregate_policy, aspf),
	CODE("pct", ACTION_PCT),
	KEEP("fo", ACTION_TEXT, aggregate_policy, fo),
	/* np was sent before RFC 9990 already (RFC 9091) */
	WORD("np", report_policies, aggregate_policy, np),
	{.name = SPAN_INIT("testing"), .action = ACTION_TESTING, .is_rfc9990 = true},
	{.name = SPAN_INIT("t"), .action = ACTION_TESTING, .is_rfc9990 = true},
	{.name = SPAN_INIT("discovery_method"),
	 .action = ACTION_WORD,
	 .words = &report_discoveries,
	 .offset = offsetof(struct aggregate_policy, discovery),
	 .is_rfc9990 = true},
	END_OF_RULES,
};

static const struct aggregate_rule record_rules[] = {
	OPEN("row", SECTION_ROW),
	OPEN("identifiers", SECTION_IDENTIFIERS),
	OPEN("auth_results", SECTION_AUTH),
	/* RFC 7489 appendix C prints both names; unipi.it sends this one */
	OPEN("identities", SECTION_IDENTIFIERS),
	END_OF_RULES,
};

static const struct aggregate_rule row_rules[] = {
	CODE("source_ip", ACTION_SOURCE),
	CODE("count", ACTION_COUNT),
	OPEN("policy_evaluated", SECTION_EVALUATED),
	END_OF_RULES,
};

static const struct aggregate_rule evaluated_rules[] = {
	WORD("disposition", report_dispositions, aggregate_row, disposition),
	WORD("dkim", report_results, aggregate_row, dkim_evaluated),
	WORD("spf", report_results, aggregate_row, spf_evaluated),
	OPEN("reason", SECTION_REASON),
	END_OF_RULES,
};

static const struct aggregate_rule reason_rules[] = {
	WORD("type", report_reasons, aggregate_reason, type),
	KEEP("comment", ACTION_TEXT, aggregate_reason, comment),
	END_OF_RULES,
};

static const struct aggregate_rule identifiers_rules[] = {
	KEEP("header_from", ACTION_DOMAIN, aggregate_row, header_from),
	KEEP("envelope_from", ACTION_DOMAIN, aggregate_row, envelope_from),
	KEEP("envelope_to", ACTION_DOMAIN, aggregate_row, envelope_to),
	END_OF_RULES,
};

static const struct aggregate_rule auth_rules[] = {
	OPEN("dkim", SECTION_DKIM),
	OPEN("spf", SECTION_SPF),
	END_OF_RULES,
};

static const struct aggregate_rule dkim_rules[] = {
	KEEP("domain", ACTION_DOMAIN, aggregate_dkim, domain),
	KEEP("selector", ACTION_TEXT, aggregate_dkim, selector),
	WORD("result", report_results, aggregate_dkim, result),
	KEEP("human_result", ACTION_TEXT, aggregate_dkim, human_result),
	END_OF_RULES,
};

static const struct aggregate_rule spf_rules[] = {
	KEEP("domain", ACTION_DOMAIN, aggregate_spf, domain),
	WORD("result", report_results, aggregate_spf, result),
	WORD("scope", report_scopes, aggregate_spf, scope),
	KEEP("human_result", ACTION_TEXT, aggregate_spf, human_result),
	END_OF_RULES,
};

static const struct aggregate_rule no_rules[] = {END_OF_RULES};

static const struct aggregate_rule *const rules_of[SECTION_COUNT] = {
	[SECTION_TOP] = top_rules,
	[SECTION_METADATA] = metadata_rules,
	[SECTION_DATE_RANGE] = date_range_rules,
	[SECTION_POLICY] = policy_rules,
	[SECTION_RECORD] = record_rules,
	[SECTION_ROW] = row_rules,
	[SECTION_EVALUATED] = evaluated_rules,
	[SECTION_REASON] = reason_rules,
	[SECTION_IDENTIFIERS] = identifiers_rules,
	[SECTION_AUTH] = auth_rules,
	[SECTION_DKIM] = dkim_rules,
	[SECTION_SPF] = spf_rules,
	[SECTION_SKIPPED] = no_rules,
};

/* Almost all reporters write the names as the schema does; the others cost a second look. */
const struct aggregate_rule *aggregate_rule_find(enum aggregate_section section, struct span name)
{
	for (const struct aggregate_rule *rule = rules_of[section]; rule->name.len > 0; rule++) {
		if (rule->name.len == name.len && memcmp(rule->name.ptr, name.ptr, name.len) == 0) {
			return rule;
		}
	}
	for (const struct aggregate_rule *rule = rules_of[section]; rule->name.len > 0; rule++) {
		if (span_equal_nocase(rule->name, name)) {
			return rule;
		}
	}
	return NULL;
}

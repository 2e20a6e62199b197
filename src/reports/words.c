/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tables of the words that RFC 7489, 9990, 8460, 5965 and 9991 list, and of those seen instead. */
#include "reports/words.h"

#define WORDS(name, absent_value, other_value)                                                     \
	{                                                                                          \
		.words = (name), .count = sizeof(name) / sizeof((name)[0]),                        \
		.absent = (absent_value), .other = (other_value)                                   \
	}

/* RFC 9990 3.1.1.12 and RFC 8601 2.7; "hardfail" (docomo), "unknown" and "error" of old drafts */
static const struct report_word result_words[] = {
	{SPAN_INIT("pass"), REPORT_RESULT_PASS},
	{SPAN_INIT("fail"), REPORT_RESULT_FAIL},
	{SPAN_INIT("none"), REPORT_RESULT_NONE},
	{SPAN_INIT("softfail"), REPORT_RESULT_SOFTFAIL},
	{SPAN_INIT("neutral"), REPORT_RESULT_NEUTRAL},
	{SPAN_INIT("policy"), REPORT_RESULT_POLICY},
	{SPAN_INIT("temperror"), REPORT_RESULT_TEMPERROR},
	{SPAN_INIT("permerror"), REPORT_RESULT_PERMERROR},
	{SPAN_INIT("hardfail"), REPORT_RESULT_FAIL},
	{SPAN_INIT("unknown"), REPORT_RESULT_TEMPERROR},
	{SPAN_INIT("error"), REPORT_RESULT_TEMPERROR},
};
const struct report_words report_results =
	WORDS(result_words, REPORT_RESULT_ABSENT, REPORT_RESULT_OTHER);

static const struct report_word disposition_words[] = {
	{SPAN_INIT("none"), REPORT_DISPOSITION_NONE},
	{SPAN_INIT("pass"), REPORT_DISPOSITION_PASS},
	{SPAN_INIT("quarantine"), REPORT_DISPOSITION_QUARANTINE},
	{SPAN_INIT("reject"), REPORT_DISPOSITION_REJECT},
};
const struct report_words report_dispositions =
	WORDS(disposition_words, REPORT_DISPOSITION_ABSENT, REPORT_DISPOSITION_OTHER);

static const struct report_word reason_words[] = {
	{SPAN_INIT("local_policy"), REPORT_REASON_LOCAL_POLICY},
	{SPAN_INIT("mailing_list"), REPORT_REASON_MAILING_LIST},
	{SPAN_INIT("trusted_forwarder"), REPORT_REASON_TRUSTED_FORWARDER},
	{SPAN_INIT("policy_test_mode"), REPORT_REASON_POLICY_TEST_MODE},
	{SPAN_INIT("forwarded"), REPORT_REASON_FORWARDED},
	{SPAN_INIT("sampled_out"), REPORT_REASON_SAMPLED_OUT},
	{SPAN_INIT("other"), REPORT_REASON_OTHER},
};
const struct report_words report_reasons =
	WORDS(reason_words, REPORT_REASON_ABSENT, REPORT_REASON_OTHER);

static const struct report_word policy_words[] = {
	{SPAN_INIT("none"), REPORT_POLICY_NONE},
	{SPAN_INIT("quarantine"), REPORT_POLICY_QUARANTINE},
	{SPAN_INIT("reject"), REPORT_POLICY_REJECT},
	{SPAN_INIT("nil"), REPORT_POLICY_ABSENT},
};
const struct report_words report_policies =
	WORDS(policy_words, REPORT_POLICY_ABSENT, REPORT_POLICY_OTHER);

static const struct report_word alignment_words[] = {
	{SPAN_INIT("r"), REPORT_ALIGNMENT_RELAXED},
	{SPAN_INIT("s"), REPORT_ALIGNMENT_STRICT},
	{SPAN_INIT("relaxed"), REPORT_ALIGNMENT_RELAXED},
	{SPAN_INIT("strict"), REPORT_ALIGNMENT_STRICT},
};
const struct report_words report_alignments =
	WORDS(alignment_words, REPORT_ALIGNMENT_ABSENT, REPORT_ALIGNMENT_OTHER);

static const struct report_word scope_words[] = {
	{SPAN_INIT("mfrom"), REPORT_SCOPE_MFROM},
	{SPAN_INIT("helo"), REPORT_SCOPE_HELO},
};
const struct report_words report_scopes =
	WORDS(scope_words, REPORT_SCOPE_ABSENT, REPORT_SCOPE_OTHER);

static const struct report_word discovery_words[] = {
	{SPAN_INIT("psl"), REPORT_DISCOVERY_PSL},
	{SPAN_INIT("treewalk"), REPORT_DISCOVERY_TREEWALK},
};
const struct report_words report_discoveries =
	WORDS(discovery_words, REPORT_DISCOVERY_ABSENT, REPORT_DISCOVERY_OTHER);

/* RFC 8460 4.4 */
static const struct report_word tls_policy_words[] = {
	{SPAN_INIT("sts"), TLS_POLICY_STS},
	{SPAN_INIT("tlsa"), TLS_POLICY_TLSA},
	{SPAN_INIT("no-policy-found"), TLS_POLICY_NONE_FOUND},
};
const struct report_words report_tls_policies =
	WORDS(tls_policy_words, TLS_POLICY_ABSENT, TLS_POLICY_OTHER);

/* RFC 8460 4.3 */
static const struct report_word tls_result_words[] = {
	{SPAN_INIT("starttls-not-supported"), TLS_RESULT_STARTTLS_NOT_SUPPORTED},
	{SPAN_INIT("certificate-host-mismatch"), TLS_RESULT_CERTIFICATE_HOST_MISMATCH},
	{SPAN_INIT("certificate-expired"), TLS_RESULT_CERTIFICATE_EXPIRED},
	{SPAN_INIT("certificate-not-trusted"), TLS_RESULT_CERTIFICATE_NOT_TRUSTED},
	{SPAN_INIT("validation-failure"), TLS_RESULT_VALIDATION_FAILURE},
	{SPAN_INIT("tlsa-invalid"), TLS_RESULT_TLSA_INVALID},
	{SPAN_INIT("dnssec-invalid"), TLS_RESULT_DNSSEC_INVALID},
	{SPAN_INIT("dane-required"), TLS_RESULT_DANE_REQUIRED},
	{SPAN_INIT("sts-policy-fetch-error"), TLS_RESULT_STS_POLICY_FETCH_ERROR},
	{SPAN_INIT("sts-policy-invalid"), TLS_RESULT_STS_POLICY_INVALID},
	{SPAN_INIT("sts-webpki-invalid"), TLS_RESULT_STS_WEBPKI_INVALID},
};
const struct report_words report_tls_results =
	WORDS(tls_result_words, TLS_RESULT_ABSENT, TLS_RESULT_OTHER);

/* RFC 5965 3.2.1 and RFC 6591 3.1 */
static const struct report_word feedback_words[] = {
	{SPAN_INIT("auth-failure"), FAILURE_FEEDBACK_AUTH_FAILURE},
	{SPAN_INIT("abuse"), FAILURE_FEEDBACK_ABUSE},
	{SPAN_INIT("fraud"), FAILURE_FEEDBACK_FRAUD},
	{SPAN_INIT("not-spam"), FAILURE_FEEDBACK_NOT_SPAM},
	{SPAN_INIT("virus"), FAILURE_FEEDBACK_VIRUS},
	{SPAN_INIT("other"), FAILURE_FEEDBACK_OTHER},
};
const struct report_words report_feedbacks =
	WORDS(feedback_words, FAILURE_FEEDBACK_ABSENT, FAILURE_FEEDBACK_OTHER);

int report_word_read(const struct report_words *words, struct span text)
{
	if (text.len == 0) {
		return words->absent;
	}
	for (size_t i = 0; i < words->count; i++) {
		if (span_equal_nocase(words->words[i].word, text)) {
			return words->words[i].value;
		}
	}
	return words->other;
}

const char *report_word_name(const struct report_words *words, int value)
{
	if (value == words->absent) {
		return "";
	}
	for (size_t i = 0; i < words->count; i++) {
		if (words->words[i].value == value) {
			return words->words[i].word.ptr;
		}
	}
	return "other";
}

const char *report_result_name(enum report_result result)
{
	return report_word_name(&report_results, (int)result);
}

const char *report_disposition_name(enum report_disposition disposition)
{
	return report_word_name(&report_dispositions, (int)disposition);
}

const char *report_reason_name(enum report_reason_type type)
{
	return report_word_name(&report_reasons, (int)type);
}

const char *report_policy_name(enum report_policy policy)
{
	return report_word_name(&report_policies, (int)policy);
}

const char *report_alignment_name(enum report_alignment alignment)
{
	return report_word_name(&report_alignments, (int)alignment);
}

const char *report_scope_name(enum report_spf_scope scope)
{
	return report_word_name(&report_scopes, (int)scope);
}

const char *report_discovery_name(enum report_discovery discovery)
{
	return report_word_name(&report_discoveries, (int)discovery);
}

const char *tls_policy_type_name(enum tls_policy_type type)
{
	return report_word_name(&report_tls_policies, (int)type);
}

const char *tls_result_type_name(enum tls_result_type type)
{
	return report_word_name(&report_tls_results, (int)type);
}

const char *failure_feedback_name(enum failure_feedback feedback)
{
	return report_word_name(&report_feedbacks, (int)feedback);
}

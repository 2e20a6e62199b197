/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC aggregate reports: RFC 7489 with its drafts, and RFC 9990. */
#ifndef MAILSEAL_REPORTS_AGGREGATE_H
#define MAILSEAL_REPORTS_AGGREGATE_H

#include "records/network.h"
#include "reports/identity.h"
#include "reports/limits.h"

/* Result words of auth_results and policy_evaluated, in any case of letters. */
enum report_result {
	REPORT_RESULT_ABSENT, /* the element is missing or empty */
	REPORT_RESULT_NONE,
	REPORT_RESULT_PASS,
	REPORT_RESULT_FAIL, /* also "hardfail" */
	REPORT_RESULT_SOFTFAIL,
	REPORT_RESULT_NEUTRAL,
	REPORT_RESULT_POLICY,
	REPORT_RESULT_TEMPERROR, /* also "unknown" and "error" of old drafts */
	REPORT_RESULT_PERMERROR,
	REPORT_RESULT_OTHER,
};

enum report_disposition {
	REPORT_DISPOSITION_ABSENT,
	REPORT_DISPOSITION_NONE,
	REPORT_DISPOSITION_PASS, /* RFC 9990 */
	REPORT_DISPOSITION_QUARANTINE,
	REPORT_DISPOSITION_REJECT,
	REPORT_DISPOSITION_OTHER,
};

/* Why the receiver did something else than the policy says. */
enum report_reason_type {
	REPORT_REASON_ABSENT,
	REPORT_REASON_LOCAL_POLICY,
	REPORT_REASON_MAILING_LIST,
	REPORT_REASON_TRUSTED_FORWARDER,
	REPORT_REASON_POLICY_TEST_MODE, /* RFC 9990 */
	REPORT_REASON_FORWARDED,	/* RFC 7489 */
	REPORT_REASON_SAMPLED_OUT,	/* RFC 7489 */
	REPORT_REASON_OTHER,
};

enum report_policy {
	REPORT_POLICY_ABSENT, /* missing, empty or "nil" */
	REPORT_POLICY_NONE,
	REPORT_POLICY_QUARANTINE,
	REPORT_POLICY_REJECT,
	REPORT_POLICY_OTHER,
};

enum report_alignment {
	REPORT_ALIGNMENT_ABSENT,
	REPORT_ALIGNMENT_RELAXED,
	REPORT_ALIGNMENT_STRICT,
	REPORT_ALIGNMENT_OTHER,
};

enum report_spf_scope {
	REPORT_SCOPE_ABSENT,
	REPORT_SCOPE_MFROM,
	REPORT_SCOPE_HELO,
	REPORT_SCOPE_OTHER,
};

enum report_discovery {
	REPORT_DISCOVERY_ABSENT,
	REPORT_DISCOVERY_PSL,
	REPORT_DISCOVERY_TREEWALK,
	REPORT_DISCOVERY_OTHER,
};

enum aggregate_schema {
	AGGREGATE_RFC7489, /* no namespace and nothing that only RFC 9990 has */
	AGGREGATE_RFC9990, /* its namespace, or an element that only it has */
};

/* policy_published. Domain names are lower case without a trailing dot, U-labels as they came. */
struct aggregate_policy {
	struct span domain;
	enum report_policy p;
	enum report_policy sp;
	enum report_policy np;
	enum report_alignment adkim;
	enum report_alignment aspf;
	bool has_pct;
	unsigned pct; /* 0..100 */
	bool is_testing;
	enum report_discovery discovery;
	struct span fo;
};

/* All spans live until the callback returns. Missing texts are empty spans. */
struct aggregate_report {
	struct report_identity identity;
	enum aggregate_schema schema;
	struct span version; /* as written: "1.0", "0.1", ... */
	struct span organisation;
	struct span contact; /* the e-mail address */
	struct span extra_contact;
	struct span generator; /* RFC 9990 */
	struct span errors[REPORT_MAX_ERRORS];
	size_t error_count;
	struct aggregate_policy policy;
	/* Totals so far; of the whole report at its end. */
	uint64_t row_count;
	uint64_t lost_row_count; /* rows that could not be delivered */
	uint64_t message_count;	 /* sum of the known counts */
};

struct aggregate_dkim {
	struct span domain;
	struct span selector;
	enum report_result result;
	struct span human_result;
};

struct aggregate_spf {
	struct span domain;
	enum report_spf_scope scope;
	enum report_result result;
	struct span human_result;
};

struct aggregate_reason {
	enum report_reason_type type;
	struct span comment;
};

/* One record. It lives until the callback returns. */
struct aggregate_row {
	uint64_t number; /* 1-based, in the order of the document */
	bool has_source;
	struct network source; /* v4-mapped addresses are given as IPv4 */
	bool has_count;
	uint64_t count;
	enum report_disposition disposition;
	/* What the receiver says about *aligned* DKIM and SPF; it may contradict the lists. */
	enum report_result dkim_evaluated;
	enum report_result spf_evaluated;
	struct span header_from;
	bool is_header_from_guessed; /* the policy domain stands in */
	struct span envelope_from;
	struct span envelope_to;
	struct aggregate_reason reasons[REPORT_MAX_REASONS];
	size_t reason_count;
	struct aggregate_dkim dkim[REPORT_MAX_DKIM];
	size_t dkim_count;
	struct aggregate_spf spf[REPORT_MAX_SPF];
	size_t spf_count;
	struct report_hash hash; /* of all the above but number */
};

/* The RFC's words; "" for ABSENT, "other" for OTHER. Static. */
const char *report_result_name(enum report_result result);
const char *report_disposition_name(enum report_disposition disposition);
const char *report_reason_name(enum report_reason_type type);
const char *report_policy_name(enum report_policy policy);
const char *report_alignment_name(enum report_alignment alignment);
const char *report_scope_name(enum report_spf_scope scope);
const char *report_discovery_name(enum report_discovery discovery);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP TLS reports (RFC 8460): sessions that worked and those that did not, by policy. */
#ifndef MAILSEAL_REPORTS_TLS_H
#define MAILSEAL_REPORTS_TLS_H

#include "records/network.h"
#include "reports/identity.h"
#include "reports/limits.h"

enum tls_policy_type {
	TLS_POLICY_ABSENT,
	TLS_POLICY_STS,
	TLS_POLICY_TLSA,
	TLS_POLICY_NONE_FOUND, /* "no-policy-found" */
	TLS_POLICY_OTHER,
};

/* RFC 8460 4.3 */
enum tls_result_type {
	TLS_RESULT_ABSENT,
	TLS_RESULT_STARTTLS_NOT_SUPPORTED,
	TLS_RESULT_CERTIFICATE_HOST_MISMATCH,
	TLS_RESULT_CERTIFICATE_EXPIRED,
	TLS_RESULT_CERTIFICATE_NOT_TRUSTED,
	TLS_RESULT_VALIDATION_FAILURE,
	TLS_RESULT_TLSA_INVALID,
	TLS_RESULT_DNSSEC_INVALID,
	TLS_RESULT_DANE_REQUIRED,
	TLS_RESULT_STS_POLICY_FETCH_ERROR,
	TLS_RESULT_STS_POLICY_INVALID,
	TLS_RESULT_STS_WEBPKI_INVALID,
	TLS_RESULT_OTHER,
};

/* identity.domain is the first policy's; it is settled at the end. Spans live until the callback
 * returns. */
struct tls_report {
	struct report_identity identity;
	struct span organisation;
	struct span contact;
	/* Totals so far; of the whole report at its end. */
	uint64_t policy_count;
	uint64_t lost_policy_count;
	uint64_t success_count;
	uint64_t failure_count;
};

struct tls_policy {
	uint64_t number; /* 1-based */
	enum tls_policy_type type;
	struct span type_text; /* as written */
	struct span domain;
	bool is_domain_guessed;
	struct span strings[REPORT_MAX_LIST];
	size_t string_count;
	struct span mx[REPORT_MAX_LIST];
	size_t mx_count;
	bool has_success_count;
	uint64_t success_count;
	bool has_failure_count;
	uint64_t failure_count;
};

/* An entry of "failure-details". */
struct tls_failure {
	enum tls_result_type type;
	struct span type_text;
	bool has_sending_ip;
	struct network sending_ip;
	bool has_receiving_ip;
	struct network receiving_ip;
	struct span receiving_mx;
	struct span receiving_helo;
	struct span information_uri; /* untrusted: never fetch it by itself */
	struct span reason_code;
	bool has_count;
	uint64_t count; /* failed sessions */
};

/* The RFC's words; "" for ABSENT, "other" for OTHER. Static. */
const char *tls_policy_type_name(enum tls_policy_type type);
const char *tls_result_type_name(enum tls_result_type type);

#endif

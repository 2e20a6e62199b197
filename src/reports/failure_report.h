/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Failure reports: ARF (RFC 5965) with RFC 6591 and RFC 9991, and the plain texts that some send
 * instead. They hold other people's personal data: by default addresses keep only their domain,
 * and subject, display names and message text are never given out.
 */
#ifndef MAILSEAL_REPORTS_FAILURE_REPORT_H
#define MAILSEAL_REPORTS_FAILURE_REPORT_H

#include "records/network.h"
#include "reports/identity.h"
#include "reports/limits.h"

enum failure_feedback {
	FAILURE_FEEDBACK_ABSENT,
	FAILURE_FEEDBACK_AUTH_FAILURE,
	FAILURE_FEEDBACK_ABUSE,
	FAILURE_FEEDBACK_FRAUD,
	FAILURE_FEEDBACK_NOT_SPAM,
	FAILURE_FEEDBACK_VIRUS,
	FAILURE_FEEDBACK_OTHER,
};

/* The Message-ID of the sample is the identity's id; domain is the first reported domain. */
struct failure_report {
	struct report_identity identity;
	enum failure_feedback feedback;
	struct span feedback_text;
	struct span user_agent;
	bool has_arrival;
	int64_t arrival; /* when the message came in; else the date of the report */
	bool is_arrival_guessed;
	uint64_t incidents; /* 1 when not said */
	bool has_source;
	struct network source;
	bool is_source_guessed; /* from Authentication-Results or Received */
	struct span reported_domains[REPORT_MAX_LIST];
	size_t reported_domain_count;
	struct span auth_failures[REPORT_MAX_LIST]; /* lower case: "dmarc", "dkim", "spf", ... */
	size_t auth_failure_count;
	struct span identity_alignment; /* "none", "dkim", "spf", "dkim, spf" */
	struct span delivery_result;
	struct span authentication_results; /* unfolded; addresses inside it redacted */
	struct span dkim_domain;
	struct span dkim_identity; /* redacted */
	struct span dkim_selector;
	struct span spf_dns;
	struct span mail_from; /* redacted: "@example.com" */
	struct span rcpt_to;   /* redacted */
	struct span reporting_mta;
	/* The enclosed message, as far as it says who sent it. */
	bool has_sample; /* with a header or a body that can be told from nothing */
	bool is_sample_headers_only;
	struct span sample_from; /* redacted */
	struct span sample_message_id;
	struct span sample_subject; /* empty when redacted */
	bool is_redacted;
};

const char *failure_feedback_name(enum failure_feedback feedback);

#endif

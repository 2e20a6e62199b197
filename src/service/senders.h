/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Who sends as a domain, from its stored reports. */
#ifndef MAILSEAL_SERVICE_SENDERS_H
#define MAILSEAL_SERVICE_SENDERS_H

#include "service/flow.h"

/* More are added up as one "others" per class. */
#define SENDER_MAX 2000
#define SENDER_SAMPLES 64
#define SENDERS_MAX_BYTES ((size_t)1 << 30)

/* A source and what is counted for it. */
struct sender_sample {
	struct span text;
	uint64_t messages;
	/* Of a source, when asked for and known: see reverse.h and owners.h. */
	struct span host;
	struct span owner;
	struct span country;
};

struct sender {
	enum mail_class class;
	enum mail_evidence evidence; /* of most of its messages */
	struct span name;	     /* of the provider, an organisation or a network */
	const struct provider *provider;
	uint64_t messages;
	uint64_t recent_messages;
	uint64_t both_pass;
	uint64_t dkim_pass;
	uint64_t spf_pass;
	uint64_t failing;
	uint64_t quarantined;
	uint64_t rejected;
	uint64_t causes[CAUSE_COUNT];
	uint64_t evidence_messages[EVIDENCE_COUNT];
	int64_t first_day;
	int64_t last_day;
	bool is_new;		 /* not seen before the recent days, and reports go back further */
	struct vector sources;	 /* of struct sender_sample: addresses, the first seen */
	struct vector selectors; /* likewise: keys of the domain it signs with */
	struct vector froms;	 /* likewise: From domains */
	uint64_t source_count;	 /* distinct flows' addresses, at most what was kept apart */
};

struct class_total {
	uint64_t messages;
	uint64_t failing;
	uint64_t recent_messages;
	uint64_t recent_failing;
};

struct published_policy {
	struct span domain;
	struct span text;
	int64_t first_at;
	int64_t last_at;
	uint64_t reports;
	uint64_t messages;
};

struct tls_line {
	struct span policy;
	struct span result;
	struct span mx;
	struct span reason;
	struct span reporter;
	uint64_t sessions;
	int64_t first_day;
	int64_t last_day;
};

/* What failure reports tell, added up; people's addresses were never kept. */
struct failure_line {
	struct span checks; /* "dkim spf" */
	struct span from;   /* domains */
	struct span mail_from;
	struct span dkim;
	struct span source; /* an address */
	struct span delivery;
	struct span reporter;
	uint64_t incidents;
	int64_t first_day;
	int64_t last_day;
};

struct senders_options {
	const struct public_suffix_list *suffixes;
	const struct provider_table *providers;
	int64_t now;
	unsigned days;	      /* to look back */
	unsigned recent_days; /* what counts as recent */
	/* What if alignment were strict? Taken from the newest published policy when not set. */
	bool has_alignment;
	bool is_dkim_strict;
	bool is_spf_strict;
};

/* Everything lives in the arena. */
struct senders_report {
	struct arena *arena;
	struct flows flows; /* what the senders were gathered from */
	struct flow_options flow_options;
	struct store_scope scope;
	int64_t recent_day;
	int64_t now;
	struct class_total classes[MAIL_CLASS_COUNT];
	uint64_t messages;
	uint64_t left_out;	 /* messages of flows that were too many */
	struct sender **senders; /* by class, then by messages */
	size_t sender_count;
	struct vector days;		/* of struct store_day */
	struct vector reporters;	/* of struct store_reporter */
	struct vector left_out_reports; /* of struct store_authenticity_line */
	struct vector repetitions;	/* of struct store_repetition */
	struct vector policies;		/* of struct published_policy */
	struct vector tls;		/* of struct tls_line */
	struct vector failures;		/* of struct failure_line, the most incidents first */
	int64_t last_report_at;		/* end of the newest aggregate report; 0 for none */
};

int senders_find(struct store *store, struct span domain, const struct senders_options *options,
		 struct senders_report *ret_report, struct failure *reterr) MUST_CHECK;
void senders_report_free(struct senders_report *report);
/* Who a reporter is, whatever name it gives itself: the organisation of its contact address, else
 * of the host it is named after, else its name. */
struct span senders_reporter_organisation(const struct senders_report *report,
					  const struct store_reporter *reporter);
/* Reports, by what is known of where they come from. */
struct origin_totals {
	uint64_t proved_reports;
	uint64_t unknown_reports;
	uint64_t left_out_reports; /* not their senders', or proved not to be their reporters' */
	uint64_t left_out_messages;
	uint64_t false_reports; /* of those left out: proved to be an impostor's */
	uint64_t false_messages;
};

struct origin_totals senders_origin_totals(const struct senders_report *report);
/* The newest policy that reporters saw at the domain itself; NULL when none. */
const struct published_policy *senders_newest_policy(const struct senders_report *report);
/* A tag's value in a stored policy text ("p=none; sp=reject"); empty when it is not there. */
struct span stored_policy_tag(struct span policy, struct span tag);

#endif

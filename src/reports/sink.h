/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a reader tells its caller, in this order for each document (a report, or a thing that might
 * have been one):
 *
 *   document_begin
 *     aggregate_begin  aggregate_row*                     aggregate_end
 *     tls_begin        (tls_policy tls_failure*)*         tls_end
 *     failure
 *     warning (any time in between)
 *   document_end       how it went, and why when it was refused
 *
 * Each document ends as taken, repaired, partial, refused or ignored; nothing vanishes. What
 * *_begin says is provisional, since elements come in any order: identity and totals are settled at
 * *_end. A store opens a transaction at *_begin and decides at *_end. When reading stops in the
 * middle (a limit, broken text), *_end still comes with what was read, then document_end.
 *
 * A callback may be NULL. It returns 0, or a negative enum failure_code with *reterr filled, which
 * stops all reading at once and is handed back. All pointers and spans are valid only in the call;
 * the spans of origin->mail until document_end.
 */
#ifndef MAILSEAL_REPORTS_SINK_H
#define MAILSEAL_REPORTS_SINK_H

#include "reports/aggregate.h"
#include "reports/failure_report.h"
#include "reports/tls.h"
#include "reports/warning.h"

enum report_kind {
	REPORT_KIND_UNKNOWN,
	REPORT_KIND_AGGREGATE,
	REPORT_KIND_TLS,
	REPORT_KIND_FAILURE,
};

enum report_outcome {
	REPORT_TAKEN,	 /* as it should be */
	REPORT_REPAIRED, /* with warnings, nothing lost */
	REPORT_PARTIAL,	 /* something was lost; the warnings say what */
	REPORT_REFUSED,	 /* nothing could be used; refusal says why */
	REPORT_IGNORED,	 /* no report and no sign of one: a text part, a folder, a picture */
};

enum report_refusal {
	REPORT_NOT_REFUSED,
	REPORT_REFUSED_EMPTY,	     /* nothing in it */
	REPORT_REFUSED_UNKNOWN,	     /* neither XML, JSON, mail nor archive of one */
	REPORT_REFUSED_NOT_A_REPORT, /* XML, JSON or a mail, but of something else */
	REPORT_REFUSED_BROKEN,	     /* broken before anything could be read */
	REPORT_REFUSED_DOCTYPE,	     /* a DTD: entities are never expanded */
	REPORT_REFUSED_RATIO,	     /* unpacks to far more than any report does */
	REPORT_REFUSED_SIZE,	     /* larger than max_*_bytes */
	REPORT_REFUSED_NESTING,	     /* archives or mails too deep, or XML elements */
	REPORT_REFUSED_MEMBERS,	     /* too many members or parts */
	REPORT_REFUSED_ROWS,	     /* more rows than max_rows */
	REPORT_REFUSED_ENCRYPTED,    /* a zip with a password */
	REPORT_REFUSED_READ,	     /* the file cannot be read */
	REPORT_REFUSAL_COUNT,
};

/* The mail a report came in; texts are untrusted and not redacted. */
struct report_mail {
	struct span message_id;
	struct span from;	 /* the address */
	struct span from_domain; /* lower case */
	struct span to;
	struct span subject;
	bool has_date;
	int64_t date;
	uint64_t number; /* 1-based in an mbox; else 1 */
	bool is_inside;	 /* of another mail, whose receiver vouches for nothing in it */
	struct span raw; /* the whole mail as it was read; empty when it is inside another */
};

struct report_origin {
	struct span path;   /* of the file: as given to the reader */
	struct span member; /* the way inside: "message 3/part 2/a.zip/b.xml"; may be empty */
	const struct report_mail *mail; /* the innermost mail around it, or NULL */
};

struct report_ending {
	enum report_kind kind;
	enum report_outcome outcome;
	enum report_refusal refusal;
	struct span detail; /* why, for people: where the text broke, which limit */
	uint64_t warning_count;
};

struct report_sink {
	void *context;
	int (*document_begin)(void *context, const struct report_origin *origin,
			      struct failure *reterr);
	int (*aggregate_begin)(void *context, const struct aggregate_report *report,
			       struct failure *reterr);
	int (*aggregate_row)(void *context, const struct aggregate_report *report,
			     const struct aggregate_row *row, struct failure *reterr);
	int (*aggregate_end)(void *context, const struct aggregate_report *report,
			     struct failure *reterr);
	int (*tls_begin)(void *context, const struct tls_report *report, struct failure *reterr);
	int (*tls_policy)(void *context, const struct tls_report *report,
			  const struct tls_policy *policy, struct failure *reterr);
	int (*tls_failure)(void *context, const struct tls_policy *policy,
			   const struct tls_failure *failure, struct failure *reterr);
	int (*tls_end)(void *context, const struct tls_report *report, struct failure *reterr);
	int (*failure)(void *context, const struct failure_report *report, struct failure *reterr);
	int (*warning)(void *context, const struct report_warning *warning, struct failure *reterr);
	int (*document_end)(void *context, const struct report_origin *origin,
			    const struct report_ending *ending, struct failure *reterr);
};

/* "aggregate", "taken", "not-a-report", ...: stable. Static. */
const char *report_kind_name(enum report_kind kind);
const char *report_outcome_name(enum report_outcome outcome);
const char *report_refusal_name(enum report_refusal refusal);
/* One short sentence. Static. */
const char *report_refusal_text(enum report_refusal refusal);

#endif

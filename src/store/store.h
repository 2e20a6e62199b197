/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * store: what reports said, kept. SQLite (a path) and PostgreSQL (postgresql://...) behind one
 * interface; the contract tests run the same cases against both.
 *
 * Writing is in batches: store_begin(), reports with their rows, store_commit(). A report and its
 * rows become visible together or not at all; what was not committed when the program died is
 * gone, and reading the same reports again gives the same rows, once:
 *
 *   the identity of a report is (kind, reporter, id, domain, period) and what its rows say. The
 *   same report again is SAME and changes nothing. Under the same identity with other rows it is
 *   MERGED: rows that are not held yet are added.
 *
 * A report that is not shown to be its sender's, or proved not to be its reporter's (enum
 * store_authenticity), is kept with its rows
 * and counts for nothing: it is in no sum and in no answer but store_left_out(). When the
 * same report comes again with better proof, that proof counts from then on.
 *
 * Days are whole days since 1970-01-01 UTC, at most STORE_DAY_MAX. A report belongs to the day of
 * its period's middle.
 * Text is UTF-8; domains are canonical. One thread at a time may use a store.
 */
#ifndef MAILSEAL_STORE_STORE_H
#define MAILSEAL_STORE_STORE_H

#include "base/base.h"

/* Longer texts of a report are cut: an honest identifier has a few dozen octets. */
#define STORE_TEXT_MAX 1024
/* All results of one row's checks; 100 signatures (RFC 9990 3.1.1.11) fit. */
#define STORE_EVIDENCE_MAX 32768
#define STORE_DAY_SECONDS 86400
#define STORE_DAY_MAX 3660000
/* Streams of one reading; what is beyond them, the smallest, is added up as one without texts. */
#define STORE_STREAMS_MAX 1000000

struct store;

/* Opens, creates when new, and brings the tables up to date. A database of a later version is
 * refused. */
int store_open(const char *location, struct store **ret_store, struct failure *reterr) MUST_CHECK;

/* How far a database of an earlier version is on its way to this one. */
struct store_forward {
	size_t step; /* from 1 */
	size_t steps;
	size_t done; /* of `all` weeks of domains in this step; 0 of 0 where that is not known */
	size_t all;
};

typedef void store_forward_fn(void *context, const struct store_forward *forward);

/*
 * The same, told how far it is; never for a new database. All is one transaction: a program that is
 * killed in it leaves the database as it was, and the next one starts again.
 */
int store_open_telling(const char *location, store_forward_fn *forward, void *context,
		       struct store **ret_store, struct failure *reterr) MUST_CHECK;
void store_close(struct store *store);
/* True for postgresql:// and postgres://. */
bool store_location_is_postgresql(const char *location);

/* ---- writing ---- */

enum store_kind {
	STORE_AGGREGATE = 1,
	STORE_TLS = 2,
	STORE_FAILURE = 3,
};

/*
 * What is known of where a report comes from. The numbers are kept and never changed; a higher one
 * takes the place of a lower when the same report is read again. From _UNALIGNED to below _PROVED
 * lies what is left out of all counts.
 */
enum store_authenticity {
	STORE_AUTHENTICITY_NOT_JUDGED = 0, /* nobody said whose word counts */
	STORE_AUTHENTICITY_NO_MAIL = 1,	   /* a file without the mail it came in */
	STORE_AUTHENTICITY_PASSED_ON = 2,  /* inside somebody else's mail */
	STORE_AUTHENTICITY_NO_RESULTS = 3, /* our host wrote nothing into the mail */
	STORE_AUTHENTICITY_UNDECIDED = 4,  /* what it wrote, or a look now, decides nothing */
	STORE_AUTHENTICITY_UNSIGNED = 5,   /* a TLS report without its reporter's signature */
	STORE_AUTHENTICITY_OTHER_NAME = 6, /* proved to be somebody's whom it does not name */
	STORE_AUTHENTICITY_UNALIGNED = 20, /* neither DKIM nor SPF is the sender's: true or not */
	STORE_AUTHENTICITY_IMPOSTOR = 21,  /* proved to be another's than the known reporter's */
	STORE_AUTHENTICITY_PROVED = 30,
	STORE_AUTHENTICITY_ACCEPTED = 31, /* the administrator vouches for who brings it */
	STORE_AUTHENTICITY_LAST = STORE_AUTHENTICITY_ACCEPTED,
};

static inline bool store_is_left_out(enum store_authenticity authenticity)
{
	return authenticity >= STORE_AUTHENTICITY_UNALIGNED &&
	       authenticity < STORE_AUTHENTICITY_PROVED;
}

struct store_report {
	enum store_kind kind;
	enum store_authenticity authenticity;
	struct span mail_from; /* domain of the author of the mail it came in */
	struct span reporter;
	struct span id;
	struct span domain;
	int64_t begin_at;
	int64_t end_at;
	struct span contact; /* of the reporter */
	struct span policy;  /* as published: "p=none; sp=none; pct=100" */
	struct span origin;  /* where it was read: a path, a mailbox */
	struct span content; /* 16 octets: a hash of all rows, in any order */
	int64_t stored_at;
};

enum store_outcome {
	STORE_NEW,
	STORE_SAME,   /* held already */
	STORE_MERGED, /* another content under the same identity: what was new in it was added */
};

/* What became of a report. */
struct store_settled {
	enum store_kind kind;
	enum store_outcome outcome;
	enum store_authenticity authenticity;
	/* As the report has them, held before or not. */
	uint64_t rows;
	uint64_t messages;
};

typedef void store_settled_fn(void *context, const struct store_settled *settled);

/* What a receiver says it did. */
enum store_disposition {
	STORE_DISPOSITION_UNKNOWN,
	STORE_DISPOSITION_NONE, /* delivered; also "pass" */
	STORE_DISPOSITION_QUARANTINE,
	STORE_DISPOSITION_REJECT,
};

enum store_result {
	STORE_RESULT_UNKNOWN,
	STORE_RESULT_PASS, /* and aligned */
	STORE_RESULT_FAIL,
};

/* One row of an aggregate report. Spans need to live during the call only. */
struct store_row {
	struct span source; /* 4 or 16 octets; empty when the report did not say */
	uint64_t messages;
	enum store_disposition disposition;
	enum store_result dkim;
	enum store_result spf;
	struct span header_from;
	struct span envelope_from;
	struct span envelope_to;
	struct span evidence; /* results of the checks, in the caller's own canonical text */
	struct span reasons;  /* overrides, likewise */
};

/* What the six words of a detail are, by kind of report. */
enum store_tls_word {
	STORE_TLS_POLICY, /* "sts", "tlsa", "no-policy-found" */
	STORE_TLS_RESULT, /* a failure type, or "success" */
	STORE_TLS_MX,
	STORE_TLS_RECEIVING_IP,
	STORE_TLS_SENDING_IP,
	STORE_TLS_REASON,
};

enum store_failure_word {
	STORE_FAILURE_CHECKS, /* "dkim spf" */
	STORE_FAILURE_FROM,   /* domains only: people's addresses are not kept */
	STORE_FAILURE_MAIL_FROM,
	STORE_FAILURE_SOURCE,
	STORE_FAILURE_DKIM, /* "d= s=" */
	STORE_FAILURE_DELIVERY,
};

#define STORE_DETAIL_WORDS 6

/* One line of a TLS report (a policy's success count or one failure) or a failure report. */
struct store_detail {
	struct span words[STORE_DETAIL_WORDS];
	uint64_t count; /* sessions or incidents */
};

/* Who is told of each report what became of it; until the commit that may still be taken back. */
void store_tell_settled(struct store *store, store_settled_fn *settled, void *context);

int store_begin(struct store *store, struct failure *reterr) MUST_CHECK;
/* Durable when this returns 0. */
int store_commit(struct store *store, struct failure *reterr) MUST_CHECK;
/* Forgets the batch. */
void store_rollback(struct store *store);

/*
 * Between begin and commit: one report at a time, its rows, and its end. What the beginning says
 * may be provisional; what the end says counts.
 */
int store_report_begin(struct store *store, const struct store_report *report,
		       struct failure *reterr) MUST_CHECK;
int store_row_add(struct store *store, const struct store_row *row,
		  struct failure *reterr) MUST_CHECK;
int store_detail_add(struct store *store, const struct store_detail *detail,
		     struct failure *reterr) MUST_CHECK;
/* ret_outcome may be NULL: reports are then settled many together, which is faster. */
int store_report_end(struct store *store, const struct store_report *report,
		     enum store_outcome *ret_outcome, struct failure *reterr) MUST_CHECK;
/* Instead of the end: as if the report had not begun. */
int store_report_discard(struct store *store, struct failure *reterr) MUST_CHECK;

/* ---- reading ---- */

/* A domain and everything below it, from first_day to last_day inclusive. */
struct store_scope {
	struct span domain;
	int64_t first_day;
	int64_t last_day;
};

/* Rows that say the same but for the day and the count, added up. */
struct store_stream {
	struct store_row row;	  /* messages: in the whole scope */
	int64_t pattern;	  /* equal for streams that differ in the source only; 0: unknown */
	uint64_t recent_messages; /* from the asked day on */
	uint64_t active_days;
	int64_t first_day;
	int64_t last_day;
};

struct store_day {
	int64_t day;
	uint64_t reports;
	uint64_t messages;
	uint64_t both_pass; /* DKIM and SPF, aligned */
	uint64_t dkim_pass; /* DKIM only */
	uint64_t spf_pass;  /* SPF only */
	uint64_t quarantined;
	uint64_t rejected;
};

/* A published policy as reporters saw it. */
struct store_policy {
	struct span domain;
	struct span policy;
	int64_t first_at;
	int64_t last_at;
	uint64_t reports;
	uint64_t messages;
};

struct store_reporter {
	struct span name;
	struct span contact;
	enum store_kind kind;
	uint64_t reports;
	uint64_t proved; /* of them, to be its own */
	uint64_t messages;
	int64_t first_at;
	int64_t last_at;
};

/* Reports of one reporter and kind that came the same way and are left out. */
struct store_authenticity_line {
	struct span reporter;
	struct span mail_from;
	enum store_kind kind;
	enum store_authenticity authenticity;
	uint64_t reports;
	uint64_t messages;
	int64_t first_at;
	int64_t last_at;
};

/* Reports of one reporter that speak of the same time twice. */
struct store_repetition {
	struct span reporter;
	uint64_t reports;     /* all of it on one domain */
	uint64_t overlapping; /* that begin before another one of the same domain has ended */
	uint64_t same_id;     /* that have the id, domain and period of another, and other rows */
};

struct store_tls_stream {
	struct store_detail detail; /* count: in the whole scope */
	struct span reporter;
	int64_t first_day;
	int64_t last_day;
};

struct store_total {
	uint64_t reports;
	uint64_t rows;
	uint64_t messages;
};

/* Called for each result; spans live during the call. A negative return ends the reading and is
 * handed through. */
/* A domain's canonical name. */
typedef int store_name_fn(void *context, struct span name);
typedef int store_stream_fn(void *context, const struct store_stream *stream);
typedef int store_day_fn(void *context, const struct store_day *day);
typedef int store_policy_fn(void *context, const struct store_policy *policy);
typedef int store_reporter_fn(void *context, const struct store_reporter *reporter);
typedef int store_authenticity_fn(void *context, const struct store_authenticity_line *line);
typedef int store_repetition_fn(void *context, const struct store_repetition *repetition);
typedef int store_tls_fn(void *context, const struct store_tls_stream *stream);

/* The largest first. */
int store_streams(struct store *store, const struct store_scope *scope, int64_t recent_day,
		  store_stream_fn *each, void *context, struct failure *reterr) MUST_CHECK;
/* In order of day. */
int store_days(struct store *store, const struct store_scope *scope, store_day_fn *each,
	       void *context, struct failure *reterr) MUST_CHECK;
/* In order of domain and first sight. */
int store_policies(struct store *store, const struct store_scope *scope, store_policy_fn *each,
		   void *context, struct failure *reterr) MUST_CHECK;
int store_reporters(struct store *store, const struct store_scope *scope, store_reporter_fn *each,
		    void *context, struct failure *reterr) MUST_CHECK;
/* What is left out, of all kinds; the most reports first. */
int store_left_out(struct store *store, const struct store_scope *scope,
		   store_authenticity_fn *each, void *context, struct failure *reterr) MUST_CHECK;
/* Aggregate reports that began in the scope, those left out too; only reporters with a repetition,
 * once for each domain. */
int store_repetitions(struct store *store, const struct store_scope *scope,
		      store_repetition_fn *each, void *context, struct failure *reterr) MUST_CHECK;
int store_tls_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
		      void *context, struct failure *reterr) MUST_CHECK;
/* The same of failure reports: words as in enum store_failure_word, count the incidents. */
int store_failure_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
			  void *context, struct failure *reterr) MUST_CHECK;
/* All that is held of a kind. */
/* The domains that any report is about, in no certain order. */
int store_reported_names(struct store *store, store_name_fn *each, void *context,
			 struct failure *reterr) MUST_CHECK;
int store_total(struct store *store, enum store_kind kind, struct store_total *ret_total,
		struct failure *reterr) MUST_CHECK;

#endif

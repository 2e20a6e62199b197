/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The store from inside: shared by its own files only. */
#ifndef MAILSEAL_STORE_INTERNAL_H
#define MAILSEAL_STORE_INTERNAL_H

#include "store/driver.h"
#include "store/notices.h"
#include "store/store.h"

/* Domains at or below $1. */
#define SCOPE_DOMAINS                                                                              \
	"(SELECT id FROM domain WHERE name = $1 OR (length(name) > length($1) AND"                 \
	" substr(name, length(name) - length($1)) = '.' || $1))"

/* Reports that count, by enum store_authenticity. */
#define COUNTS(report) report ".authenticity NOT BETWEEN 20 AND 29"

/* Words known without asking: forgotten at this number, so that memory stays bounded. */
#define WORDS_MAX_ENTRIES 100000
#define WORDS_MAX_BYTES ((size_t)24 << 20)

/* Text -> id, for ids that are in the database or in this batch. */
struct word_cache {
	struct arena *arena;
	struct map ids;
	const char *insert_sql;
};

/* The texts of a row, as words, and its flags: equal for most rows of a sender. */
#define PATTERN_WORDS 5

struct pattern {
	int64_t words[PATTERN_WORDS]; /* header_from, envelope_from, envelope_to, evidence, reasons
				       */
	int64_t flags;
};

/* Sums of one report's facts. */
struct report_sum {
	int64_t row_count;
	int64_t messages;
	int64_t both_pass;
	int64_t dkim_pass;
	int64_t spf_pass;
	int64_t quarantined;
	int64_t rejected;
};

/* The report that is being written. */
struct open_report {
	bool is_open;
	enum store_kind kind;
	int64_t id;
	int64_t day;
	int64_t domain;
	int64_t next_seq;
	size_t mark;
	struct report_sum sum;
};

struct store {
	struct driver *driver;
	struct word_cache words;
	struct word_cache domains;
	struct word_cache patterns;
	int64_t next_report_id;
	int64_t report_ids_left;
	/* Reports of this batch from here to next_report_id are not in the sums yet; 0: none. */
	int64_t first_unsummed;
	bool is_in_batch;
	struct open_report report;
};

int store_query(struct store *store, const struct driver_query *query,
		struct failure *reterr) MUST_CHECK;
/* Adds the rows of the batch's reports, which have all ended, to the sums by week. */
int store_rollup(struct store *store, struct failure *reterr) MUST_CHECK;
/* Makes the sums of the week and domain anew from its rows. */
int store_rollup_again(struct store *store, int64_t day, int64_t domain,
		       struct failure *reterr) MUST_CHECK;
/* The id of a text, made when new; 0 for an empty one. Octets that are not UTF-8 and NULs are
 * replaced. */
int store_word(struct store *store, struct word_cache *cache, struct span text, size_t max_len,
	       int64_t *ret_id, struct failure *reterr) MUST_CHECK;
/* Likewise of a pattern. */
int store_pattern(struct store *store, const struct pattern *pattern, int64_t *ret_id,
		  struct failure *reterr) MUST_CHECK;
/* Ids of a batch that was taken back are worth nothing. */
void store_words_forget(struct store *store);
int store_words_prepare(struct store *store, struct failure *reterr) MUST_CHECK;
/* Text as both databases take it: valid UTF-8 without NUL, at most max_len octets. In the buffer
 * when it had to be changed. */
struct span store_clean_text(struct span text, size_t max_len, struct buffer *scratch);

typedef int store_work_fn(struct store *store, void *context, struct failure *reterr);
/*
 * Runs the work in a transaction of its own. When the connection broke, or the database chose it to
 * end a deadlock, it is run again from the start: it must not have done anything outside.
 */
int store_transact(struct store *store, store_work_fn *work, void *context,
		   struct failure *reterr) MUST_CHECK;

/* Inside a transaction: adds what was not said of the same domain within the repeat window. */
int store_notices_put(struct store *store, const struct notice *notices, size_t count,
		      int64_t repeat_after_seconds, struct failure *reterr) MUST_CHECK;

#endif

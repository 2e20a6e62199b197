/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The store from inside: shared by its own files only. */
#ifndef MAILSEAL_STORE_INTERNAL_H
#define MAILSEAL_STORE_INTERNAL_H

#include "store/driver.h"
#include "store/notices.h"
#include "store/row_patterns.h"
#include "store/store.h"

/* A number's macro as SQL writes it: it stands in one place. */
#define SQL_NUMBER(number) SQL_NUMBER_EXPANDED(number)
#define SQL_NUMBER_EXPANDED(number) #number

/* Domains at or below $1, which is a place: store_place(). '/' is what comes after '.'. */
#define SCOPE_DOMAINS                                                                              \
	"(SELECT id FROM domain WHERE place = $1 OR (place > $1 || '.' AND place < $1 || '/'))"

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
	bool has_place; /* $2 is the text's place */
};

/* An address; what a caller gives beyond is cut. */
#define STORE_SOURCE_MAX 16

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
	bool is_spilled; /* its rows so far are in the database, under the provisional key */
	enum store_kind kind;
	int64_t id; /* 0: not yet */
	int64_t day;
	int64_t domain;
	int64_t next_seq; /* of the next row that is written */
	struct report_sum sum;
};

/* A row that waits to be written. */
struct pending_fact {
	struct row_pattern *pattern;
	int64_t messages;
	uint8_t source_len;
	char source[STORE_SOURCE_MAX];
};

/* What waits to be written together: reports that have ended, and rows. */
struct batch {
	struct arena *arena;   /* texts of the reports */
	struct vector reports; /* of struct ledger_entry */
	struct pending_fact *facts;
	size_t fact_count;
	size_t open_from; /* facts from here on are the open report's */
};

/* The rows of a domain's week. */
struct part_week {
	int64_t week;
	int64_t domain;
};

/* So many weeks of domains are tidied up by one commit; more wait until they are written to
 * again. */
#define OPEN_PARTS_MAX 1024

/* Where this batch left parts with room in them. */
struct open_parts {
	size_t count;
	struct part_week places[OPEN_PARTS_MAX];
};

struct store {
	struct driver *driver;
	struct word_cache words;
	struct word_cache domains;
	struct row_patterns patterns;
	struct batch batch;
	struct open_parts open_parts;
	int64_t next_report_id;
	int64_t report_ids_left;
	bool is_in_batch;
	struct open_report report;
	store_settled_fn *settled;
	void *settled_context;
	store_forward_fn *forward; /* NULL but while an older database is brought up to date */
	void *forward_context;
	struct store_forward at;
};

int store_query(struct store *store, const struct driver_query *query,
		struct failure *reterr) MUST_CHECK;
/* A name's labels in reverse, "org.example.www": so all names below one stand together in an index.
 * Into the buffer, which is cleared before. */
struct span store_place(struct span name, struct buffer *place);
/* Fills in the query's values: $1 is the place of the scope's domain, $2 and $3 its first and last
 * day. */
int store_query_scope(struct store *store, const struct store_scope *scope,
		      const struct driver_query *query, struct failure *reterr) MUST_CHECK;
int store_query_many(struct store *store, const struct driver_many *many,
		     struct failure *reterr) MUST_CHECK;
/* The id of a text, made when new; 0 for an empty one. Octets that are not UTF-8 and NULs are
 * replaced. */
int store_word(struct store *store, struct word_cache *cache, struct span text, size_t max_len,
	       int64_t *ret_id, struct failure *reterr) MUST_CHECK;
/* The id if it is known without asking; 0 otherwise. */
int64_t store_word_known(const struct word_cache *cache, struct span text);
void store_word_remember(struct word_cache *cache, struct span text, int64_t id);
int64_t store_clip_count(uint64_t count);
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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The list of reports that are held: it tells a new report from one that was read before. */
#ifndef MAILSEAL_STORE_LEDGER_H
#define MAILSEAL_STORE_LEDGER_H

#include "store/internal.h"

/* A report that has ended. */
struct ledger_entry {
	enum store_kind kind;
	enum store_outcome outcome; /* once it was added */
	enum store_authenticity authenticity;
	int64_t id;
	int64_t day;
	int64_t domain;
	int64_t reporter;
	int64_t contact;
	int64_t policy;
	int64_t mail_from;
	int64_t begin_at;
	int64_t end_at;
	int64_t stored_at;
	struct span external_id;
	struct span origin;
	struct span content;
	struct report_sum sum;
	/* Its rows, which wait in the batch. */
	size_t first_fact;
	size_t fact_count;
};

/* Days before 1970 and after the year 12000 are nobody's: they are kept at the ends. */
int64_t ledger_day_of(const struct store_report *report);
/* An id that nobody else will use. */
int ledger_next_id(struct store *store, int64_t *ret_id, struct failure *reterr) MUST_CHECK;
/* What the report says of itself, with texts in the arena. */
int ledger_entry_make(struct store *store, const struct store_report *report, struct arena *arena,
		      struct ledger_entry *ret_entry, struct failure *reterr) MUST_CHECK;
/* Adds them in this order, and sets their outcomes. */
int ledger_add(struct store *store, struct ledger_entry *entries, size_t count,
	       struct failure *reterr) MUST_CHECK;

/* Tells whoever wants to know what became of it; read: as it was before merging. */
void store_settled_tell(struct store *store, const struct ledger_entry *entry,
			const struct report_sum *read);

/* ---- merging: ledger_merge.c ---- */

/* The entry's rows, all in the database, without those that earlier reports of its identity have
 * too; its sum is made anew. */
int ledger_merge(struct store *store, struct ledger_entry *entry,
		 struct failure *reterr) MUST_CHECK;
/* Rows that were written under another day or domain. */
int ledger_move_rows(struct store *store, const struct ledger_entry *entry, int64_t old_day,
		     int64_t old_domain, struct failure *reterr) MUST_CHECK;
/* How many rows and messages the entry has in the database. */
int ledger_sum_rows(struct store *store, struct ledger_entry *entry,
		    struct failure *reterr) MUST_CHECK;
int ledger_delete_rows(struct store *store, const struct ledger_entry *entry,
		       struct failure *reterr) MUST_CHECK;

/* ---- the same report again, with another proof: ledger_proof.c ---- */

enum ledger_change {
	LEDGER_AS_BEFORE,
	LEDGER_COUNTS, /* an aggregate report that did not before */
	LEDGER_IS_LEFT_OUT,
};

/* The entry is held already: better proof takes the place of what was known. When that changes
 * whether the report counts, the entry's id is that of the one that is held. */
int ledger_judge_again(struct store *store, struct ledger_entry *entry,
		       enum ledger_change *ret_change, struct failure *reterr) MUST_CHECK;

#endif

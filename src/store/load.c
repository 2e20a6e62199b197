/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports and their rows into the database, each report once. */
#include "store/batch.h"
#include "store/details.h"
#include "store/parts.h"

int store_begin(struct store *store, struct failure *reterr)
{
	int r = store_words_prepare(store, reterr);
	if (r == 0) {
		r = batch_prepare(&store->batch, reterr);
	}
	if (r == 0) {
		r = store->driver->class->script(store->driver, store->driver->class->begin_sql,
						 reterr);
	}
	if (r == 0) {
		store->is_in_batch = true;
		store->open_parts.count = 0;
		r = store->driver->class->script(store->driver, store->driver->class->writer_sql,
						 reterr);
	}
	if (r == 0) {
		/* SQLite's ids are counted on from the table, which another program may have
		 * changed. */
		store->report_ids_left = store->driver->class->ids_per_block == INT64_MAX
						 ? 0
						 : store->report_ids_left;
	}
	return r;
}

int store_commit(struct store *store, struct failure *reterr)
{
	int r = batch_settle(store, /* ret_outcome */ NULL, reterr);
	if (r == 0) {
		r = parts_join_noted(store, reterr);
	}
	if (r == 0) {
		r = store->driver->class->facts_flush(store->driver, reterr);
	}
	if (r == 0) {
		r = store->driver->class->script(store->driver, "COMMIT", reterr);
	}
	if (r < 0) {
		store_rollback(store);
	}
	store->is_in_batch = false;
	return r;
}

void store_rollback(struct store *store)
{
	struct failure ignored;
	batch_forget(&store->batch);
	store->open_parts.count = 0;
	store->driver->class->facts_forget(store->driver);
	(void)store->driver->class->script(store->driver, "ROLLBACK", &ignored);
	store->report.is_open = false;
	store->is_in_batch = false;
	store_words_forget(store);
}

void store_tell_settled(struct store *store, store_settled_fn *settled, void *context)
{
	store->settled = settled;
	store->settled_context = context;
}

int store_report_begin(struct store *store, const struct store_report *report,
		       struct failure *reterr)
{
	struct open_report *open = &store->report;
	*open = (struct open_report){
		.is_open = true,
		.kind = report->kind,
		.day = ledger_day_of(report),
	};
	int r = store_word(store, &store->domains, report->domain, LIMIT_NAME_TEXT, &open->domain,
			   reterr);
	return r == 0 && report->kind != STORE_AGGREGATE ? details_begin(store, reterr) : r;
}

static void add_to_sum(struct report_sum *sum, const struct store_row *row, int64_t messages)
{
	bool has_dkim = row->dkim == STORE_RESULT_PASS;
	bool has_spf = row->spf == STORE_RESULT_PASS;
	sum->row_count++;
	sum->messages += messages;
	sum->both_pass += has_dkim && has_spf ? messages : 0;
	sum->dkim_pass += has_dkim && !has_spf ? messages : 0;
	sum->spf_pass += has_spf && !has_dkim ? messages : 0;
	sum->quarantined += row->disposition == STORE_DISPOSITION_QUARANTINE ? messages : 0;
	sum->rejected += row->disposition == STORE_DISPOSITION_REJECT ? messages : 0;
}

int store_row_add(struct store *store, const struct store_row *row, struct failure *reterr)
{
	int64_t messages = store_clip_count(row->messages);
	add_to_sum(&store->report.sum, row, messages);
	return batch_row_add(store, row, messages, reterr);
}

int store_report_discard(struct store *store, struct failure *reterr)
{
	int r = store->report.kind == STORE_AGGREGATE ? batch_report_discard(store, reterr)
						      : details_discard(store, reterr);
	store->report.is_open = false;
	return r;
}

static int end_aggregate(struct store *store, const struct store_report *report,
			 enum store_outcome *ret_outcome, struct failure *reterr)
{
	struct ledger_entry entry;
	int r = ledger_entry_make(store, report, store->batch.arena, &entry, reterr);
	return r == 0 ? batch_report_end(store, &entry, ret_outcome, reterr) : r;
}

int store_report_end(struct store *store, const struct store_report *report,
		     enum store_outcome *ret_outcome, struct failure *reterr)
{
	enum store_outcome outcome;
	int r = report->kind == STORE_AGGREGATE
			? end_aggregate(store, report, ret_outcome, reterr)
			: details_end(store, report, ret_outcome != NULL ? ret_outcome : &outcome,
				      reterr);
	store->report.is_open = false;
	return r;
}

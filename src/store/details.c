/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Details are written as they come, under what the beginning of their report said. */
#include "store/details.h"

#include "store/ledger.h"

#define TEXTS_MAX_BYTES ((size_t)64 << 10)

int details_begin(struct store *store, struct failure *reterr)
{
	return ledger_next_id(store, &store->report.id, reterr);
}

int store_detail_add(struct store *store, const struct store_detail *detail, struct failure *reterr)
{
	struct open_report *open = &store->report;
	struct driver_value values[5 + STORE_DETAIL_WORDS] = {
		driver_integer(open->day), driver_integer(open->domain), driver_integer(open->id),
		driver_integer(open->next_seq++)};
	int r = 0;
	for (size_t i = 0; r == 0 && i < STORE_DETAIL_WORDS; i++) {
		int64_t id = 0;
		r = store_word(store, &store->words, detail->words[i], STORE_TEXT_MAX, &id, reterr);
		values[4 + i] = driver_integer(id);
	}
	int64_t count = store_clip_count(detail->count);
	values[4 + STORE_DETAIL_WORDS] = driver_integer(count);
	open->sum.row_count++;
	open->sum.messages += count;
	struct driver_query query = {
		.sql = "INSERT INTO detail (day, domain, report, seq, word0, word1, word2, word3,"
		       " word4, word5, amount)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		.values = values,
		.count = sizeof(values) / sizeof(values[0])};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

int details_discard(struct store *store, struct failure *reterr)
{
	const struct open_report *open = &store->report;
	struct ledger_entry entry = {
		.kind = open->kind, .id = open->id, .day = open->day, .domain = open->domain};
	return ledger_delete_rows(store, &entry, reterr);
}

static int settle(struct store *store, struct ledger_entry *entry, struct failure *reterr)
{
	const struct open_report *open = &store->report;
	int r = open->day != entry->day || open->domain != entry->domain
			? ledger_move_rows(store, entry, open->day, open->domain, reterr)
			: 0;
	if (r == 0) {
		r = ledger_add(store, entry, 1, reterr);
	}
	if (r == 0 && entry->outcome == STORE_SAME) {
		enum ledger_change change;
		r = ledger_delete_rows(store, entry, reterr);
		return r == 0 ? ledger_judge_again(store, entry, &change, reterr) : r;
	}
	if (r == 0 && entry->outcome == STORE_MERGED) {
		r = ledger_merge(store, entry, reterr);
	}
	return r;
}

int details_end(struct store *store, const struct store_report *report,
		enum store_outcome *ret_outcome, struct failure *reterr)
{
	const struct open_report *open = &store->report;
	struct ledger_entry entry = {0};
	struct arena *arena = arena_new(TEXTS_MAX_BYTES);
	int r = arena != NULL ? ledger_entry_make(store, report, arena, &entry, reterr)
			      : failure_set_memory(reterr, "database");
	if (r == 0) {
		entry.id = open->id;
		entry.sum = open->sum;
		r = settle(store, &entry, reterr);
	}
	if (r == 0) {
		store_settled_tell(store, &entry, &open->sum);
		*ret_outcome = entry.outcome;
	}
	arena_free(arena);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Waiting, spilling, settling. */
#include "store/batch.h"

#include <stdlib.h>

#include "store/parts.h"

/* 2.6 MB of rows. */
#define FACTS_MAX 65536
#define REPORTS_MAX 2000
#define TEXTS_MAX_BYTES ((size_t)8 << 20)
/* What an open report may have waiting when room is made. */
#define OPEN_FACTS_MAX (FACTS_MAX / 2)

int batch_prepare(struct batch *batch, struct failure *reterr)
{
	if (batch->arena == NULL) {
		batch->arena = arena_new(TEXTS_MAX_BYTES);
	}
	if (batch->facts == NULL) {
		batch->facts = calloc(FACTS_MAX, sizeof(*batch->facts));
	}
	return batch->arena != NULL && batch->facts != NULL
		       ? 0
		       : failure_set_memory(reterr, "database");
}

void batch_free(struct batch *batch)
{
	arena_free(batch->arena);
	free(batch->facts);
}

static void forget_reports(struct batch *batch)
{
	batch->reports = (struct vector){0};
	if (batch->arena != NULL) {
		arena_reset(batch->arena);
	}
}

void batch_forget(struct batch *batch)
{
	forget_reports(batch);
	batch->fact_count = 0;
	batch->open_from = 0;
}

static struct ledger_entry *entry_at(const struct batch *batch, size_t i)
{
	return VECTOR_AT(&batch->reports, struct ledger_entry, i);
}

/* ---- writing ---- */

/* Rows that wait, and the number of the first of them in its report. */
struct fact_range {
	size_t first;
	size_t count;
	int64_t first_seq;
};

/* To where they are kept; to parts too unless parts is NULL. */
static int write_facts(struct store *store, const struct part_place *place,
		       const struct fact_range *range, struct part_writer *parts,
		       struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	int r = 0;
	for (size_t i = 0; r == 0 && i < range->count; i++) {
		const struct pending_fact *pending = &store->batch.facts[range->first + i];
		struct driver_fact fact = {
			.day = place->day,
			.domain = place->domain,
			.report = place->report,
			.seq = range->first_seq + (int64_t)i,
			.source = span_of(pending->source, pending->source_len),
			.messages = pending->messages,
			.pattern = pending->pattern->id,
		};
		r = class->fact_add(store->driver, &fact, reterr);
		if (r == 0 && parts != NULL) {
			r = part_add(parts, place, &fact, reterr);
		}
	}
	return r;
}

static struct part_place place_of(const struct ledger_entry *entry)
{
	return (struct part_place){entry->day, entry->domain, entry->id};
}

/* The entry's rows to parts only. */
static int pack_entry(struct store *store, const struct ledger_entry *entry,
		      struct part_writer *parts, struct failure *reterr)
{
	struct part_place place = place_of(entry);
	int r = 0;
	for (size_t i = 0; r == 0 && i < entry->fact_count; i++) {
		const struct pending_fact *pending = &store->batch.facts[entry->first_fact + i];
		struct driver_fact fact = {
			.source = span_of(pending->source, pending->source_len),
			.messages = pending->messages,
			.pattern = pending->pattern->id,
		};
		r = part_add(parts, &place, &fact, reterr);
	}
	return r;
}

static int write_entry(struct store *store, const struct ledger_entry *entry,
		       struct failure *reterr)
{
	struct part_place place = place_of(entry);
	struct fact_range range = {entry->first_fact, entry->fact_count, 0};
	return write_facts(store, &place, &range, /* parts */ NULL, reterr);
}

static const char add_day_sql[] =
	"INSERT INTO day_total (domain, day, reports, row_count, messages, both_pass, dkim_pass,"
	" spf_pass, quarantined, rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" ON CONFLICT (domain, day) DO UPDATE SET reports = day_total.reports + excluded.reports,"
	" row_count = day_total.row_count + excluded.row_count,"
	" messages = day_total.messages + excluded.messages,"
	" both_pass = day_total.both_pass + excluded.both_pass,"
	" dkim_pass = day_total.dkim_pass + excluded.dkim_pass,"
	" spf_pass = day_total.spf_pass + excluded.spf_pass,"
	" quarantined = day_total.quarantined + excluded.quarantined,"
	" rejected = day_total.rejected + excluded.rejected";

/* Reports of one domain and day. */
struct day_sum {
	int64_t domain;
	int64_t day;
	int64_t reports;
	struct report_sum sum;
};

static int write_day(struct store *store, const struct day_sum *day, struct failure *reterr)
{
	const struct report_sum *sum = &day->sum;
	struct driver_value values[] = {
		driver_integer(day->domain),	  driver_integer(day->day),
		driver_integer(day->reports),	  driver_integer(sum->row_count),
		driver_integer(sum->messages),	  driver_integer(sum->both_pass),
		driver_integer(sum->dkim_pass),	  driver_integer(sum->spf_pass),
		driver_integer(sum->quarantined), driver_integer(sum->rejected),
	};
	struct driver_query query = {
		.sql = add_day_sql, .values = values, .count = sizeof(values) / sizeof(values[0])};
	return day->reports != 0 ? store_query(store, &query, reterr) : 0;
}

/* sign: 1, or -1 to take the report out again. */
static int add_to_day(struct store *store, struct day_sum *day, const struct ledger_entry *entry,
		      int sign, struct failure *reterr)
{
	const struct report_sum *more = &entry->sum;
	struct report_sum *sum = &day->sum;
	int r = 0;
	if (day->domain != entry->domain || day->day != entry->day) {
		r = write_day(store, day, reterr);
		*day = (struct day_sum){.domain = entry->domain, .day = entry->day};
	}
	day->reports += sign;
	sum->row_count += sign * more->row_count;
	sum->messages += sign * more->messages;
	sum->both_pass += sign * more->both_pass;
	sum->dkim_pass += sign * more->dkim_pass;
	sum->spf_pass += sign * more->spf_pass;
	sum->quarantined += sign * more->quarantined;
	sum->rejected += sign * more->rejected;
	return r;
}

static int add_day(struct store *store, const struct ledger_entry *entry, int sign,
		   struct failure *reterr)
{
	struct day_sum day = {.reports = 0};
	int r = add_to_day(store, &day, entry, sign, reterr);
	return r == 0 ? write_day(store, &day, reterr) : r;
}

static int compare_keys(const void *left, const void *right)
{
	const struct ledger_entry *a = *(const struct ledger_entry *const *)left;
	const struct ledger_entry *b = *(const struct ledger_entry *const *)right;
	if (a->day != b->day) {
		return a->day < b->day ? -1 : 1;
	}
	if (a->domain != b->domain) {
		return a->domain < b->domain ? -1 : 1;
	}
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_weeks(const void *left, const void *right)
{
	const struct ledger_entry *a = *(const struct ledger_entry *const *)left;
	const struct ledger_entry *b = *(const struct ledger_entry *const *)right;
	int64_t week = a->day / PART_WEEK_DAYS;
	int64_t other = b->day / PART_WEEK_DAYS;
	if (week != other) {
		return week < other ? -1 : 1;
	}
	if (a->domain != b->domain) {
		return a->domain < b->domain ? -1 : 1;
	}
	return compare_keys(left, right);
}

/* Rows of one domain and week follow each other. Changes the order. */
static int pack_new(struct store *store, const struct ledger_entry **order, size_t count,
		    struct failure *reterr)
{
	struct part_writer parts = part_writer_new(store);
	int r = 0;
	qsort(order, count, sizeof(order[0]), compare_weeks);
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!store_is_left_out(order[i]->authenticity)) {
			r = pack_entry(store, order[i], &parts, reterr);
		}
	}
	return r == 0 ? part_writer_finish(&parts, reterr) : r;
}

/* New reports in the order of their keys. */
static int write_new(struct store *store, struct failure *reterr)
{
	const struct batch *batch = &store->batch;
	const struct ledger_entry *order[REPORTS_MAX];
	struct day_sum day = {.reports = 0};
	size_t count = 0;
	for (size_t i = 0; i < batch->reports.len; i++) {
		order[count] = entry_at(batch, i);
		count += order[count]->outcome == STORE_NEW ? 1 : 0;
	}
	qsort(order, count, sizeof(order[0]), compare_keys);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = write_entry(store, order[i], reterr);
		if (r == 0 && !store_is_left_out(order[i]->authenticity)) {
			r = add_to_day(store, &day, order[i], +1, reterr);
		}
	}
	if (r == 0) {
		r = write_day(store, &day, reterr);
	}
	return r == 0 ? pack_new(store, order, count, reterr) : r;
}

static int merge_entry(struct store *store, struct ledger_entry *entry, struct failure *reterr)
{
	struct part_place place = place_of(entry);
	int r = write_entry(store, entry, reterr);
	if (r == 0) {
		r = store->driver->class->facts_flush(store->driver, reterr);
	}
	if (r == 0) {
		r = ledger_merge(store, entry, reterr);
	}
	if (r < 0 || store_is_left_out(entry->authenticity)) {
		return r;
	}
	r = parts_write_report(store, &place, reterr);
	return r == 0 ? add_day(store, entry, +1, reterr) : r;
}

static int clear_day(struct store *store, const struct ledger_entry *entry, struct failure *reterr)
{
	struct driver_value key[] = {driver_integer(entry->day), driver_integer(entry->domain)};
	struct driver_query clear = {
		.sql = "DELETE FROM day_total WHERE day = $1 AND domain = $2 AND reports = 0",
		.values = key,
		.count = 2};
	return store_query(store, &clear, reterr);
}

/* A report that is held already. Its proof may bring it into the sums of its day and week, or take
 * it out of them. */
static int judge_again(struct store *store, struct ledger_entry *entry, struct failure *reterr)
{
	enum ledger_change change;
	int r = ledger_judge_again(store, entry, &change, reterr);
	if (r < 0 || change == LEDGER_AS_BEFORE) {
		return r;
	}
	r = store->driver->class->facts_flush(store->driver, reterr);
	if (r == 0) {
		r = change == LEDGER_COUNTS ? ledger_merge(store, entry, reterr)
					    : ledger_sum_rows(store, entry, reterr);
	}
	if (r == 0) {
		r = add_day(store, entry, change == LEDGER_COUNTS ? +1 : -1, reterr);
	}
	if (r == 0) {
		r = clear_day(store, entry, reterr);
	}
	return r == 0 ? parts_write_week(store, entry->day, entry->domain, reterr) : r;
}

/* ---- settling ---- */

/* The open report's rows come first now. */
static void forget_settled(struct batch *batch)
{
	memmove(batch->facts, batch->facts + batch->open_from,
		(batch->fact_count - batch->open_from) * sizeof(batch->facts[0]));
	batch->fact_count -= batch->open_from;
	batch->open_from = 0;
	forget_reports(batch);
}

int batch_settle(struct store *store, enum store_outcome *ret_outcome, struct failure *reterr)
{
	struct batch *batch = &store->batch;
	size_t count = batch->reports.len;
	if (count == 0) {
		return 0;
	}
	int r = row_patterns_settle(store, reterr);
	if (r == 0) {
		r = ledger_add(store, entry_at(batch, 0), count, reterr);
	}
	if (r == 0) {
		r = write_new(store, reterr);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct ledger_entry *entry = entry_at(batch, i);
		struct report_sum read = entry->sum;
		if (entry->outcome == STORE_MERGED) {
			r = merge_entry(store, entry, reterr);
		} else if (entry->outcome == STORE_SAME) {
			r = judge_again(store, entry, reterr);
		}
		if (r == 0) {
			store_settled_tell(store, entry, &read);
		}
	}
	if (r == 0 && ret_outcome != NULL) {
		*ret_outcome = entry_at(batch, count - 1)->outcome;
	}
	forget_settled(batch);
	return r;
}

/* ---- the open report ---- */

static struct part_place provisional_place(const struct open_report *open)
{
	return (struct part_place){open->day, open->domain, open->id};
}

/* Its rows so far into the database. No other report waits. */
static int spill(struct store *store, struct failure *reterr)
{
	struct open_report *open = &store->report;
	struct batch *batch = &store->batch;
	struct fact_range range = {0, batch->fact_count, open->next_seq};
	struct part_writer parts = part_writer_new(store);
	int r = row_patterns_settle(store, reterr);
	if (r == 0 && open->id == 0) {
		r = ledger_next_id(store, &open->id, reterr);
	}
	if (r == 0) {
		struct part_place place = provisional_place(open);
		r = write_facts(store, &place, &range, &parts, reterr);
	}
	open->is_spilled = true;
	open->next_seq += (int64_t)batch->fact_count;
	batch->fact_count = 0;
	return r == 0 ? part_writer_finish(&parts, reterr) : r;
}

static int make_room(struct store *store, size_t open_facts_max, struct failure *reterr)
{
	int r = batch_settle(store, /* ret_outcome */ NULL, reterr);
	return r == 0 && store->batch.fact_count > open_facts_max ? spill(store, reterr) : r;
}

/* A full memory of patterns starts anew, when no row that waits needs it any more. */
static int find_pattern(struct store *store, const struct store_row *row,
			struct row_pattern **ret_pattern, struct failure *reterr)
{
	int r = 0;
	*ret_pattern = row_patterns_find(&store->patterns, row);
	if (*ret_pattern == NULL) {
		r = make_room(store, /* open_facts_max */ 0, reterr);
		if (r == 0 && row_patterns_start(&store->patterns)) {
			*ret_pattern = row_patterns_find(&store->patterns, row);
		}
	}
	return r == 0 && *ret_pattern == NULL ? failure_set_memory(reterr, "database") : r;
}

int batch_row_add(struct store *store, const struct store_row *row, int64_t messages,
		  struct failure *reterr)
{
	struct batch *batch = &store->batch;
	struct row_pattern *pattern;
	struct span source = span_slice(row->source, 0, STORE_SOURCE_MAX);
	int r = batch->fact_count == FACTS_MAX ? make_room(store, OPEN_FACTS_MAX, reterr) : 0;
	if (r == 0) {
		r = find_pattern(store, row, &pattern, reterr);
	}
	if (r < 0) {
		return r;
	}
	struct pending_fact *fact = &batch->facts[batch->fact_count++];
	*fact = (struct pending_fact){pattern, messages, (uint8_t)source.len, {0}};
	if (source.len > 0) {
		memcpy(fact->source, source.ptr, source.len);
	}
	return 0;
}

static int forget_spilled(struct store *store, const struct ledger_entry *entry,
			  struct failure *reterr)
{
	struct part_place place = place_of(entry);
	int r = store->driver->class->facts_flush(store->driver, reterr);
	if (r == 0) {
		r = ledger_delete_rows(store, entry, reterr);
	}
	return r == 0 ? parts_delete_report(store, &place, reterr) : r;
}

/* Where the rows are is where the entry says. */
static int move_spilled(struct store *store, const struct ledger_entry *entry, bool *ret_has_moved,
			struct failure *reterr)
{
	const struct open_report *open = &store->report;
	struct part_place old = provisional_place(open);
	int r = store->driver->class->facts_flush(store->driver, reterr);
	*ret_has_moved = open->day != entry->day || open->domain != entry->domain;
	if (r == 0 && *ret_has_moved) {
		r = ledger_move_rows(store, entry, open->day, open->domain, reterr);
		if (r == 0) {
			r = parts_delete_report(store, &old, reterr);
		}
	}
	return r;
}

/* The parts of a spilled report that are not right any more. */
static int renew_parts(struct store *store, const struct ledger_entry *entry,
		       struct failure *reterr)
{
	struct part_place place = place_of(entry);
	int r = parts_delete_report(store, &place, reterr);
	return r == 0 ? parts_write_report(store, &place, reterr) : r;
}

/* What the ledger's answer asks for. */
static int follow_ledger(struct store *store, struct ledger_entry *entry, bool has_moved,
			 struct failure *reterr)
{
	struct part_place place = place_of(entry);
	int r = 0;
	if (entry->outcome == STORE_SAME) {
		r = forget_spilled(store, entry, reterr);
		return r == 0 ? judge_again(store, entry, reterr) : r;
	}
	if (entry->outcome == STORE_MERGED) {
		r = ledger_merge(store, entry, reterr);
	}
	if (r == 0 && store_is_left_out(entry->authenticity)) {
		return parts_delete_report(store, &place, reterr);
	}
	if (r == 0 && (has_moved || entry->outcome == STORE_MERGED)) {
		r = renew_parts(store, entry, reterr);
	}
	return r == 0 ? add_day(store, entry, +1, reterr) : r;
}

/* No other report waits: those that did were settled when this one was spilled. */
static int settle_spilled(struct store *store, struct ledger_entry *entry,
			  enum store_outcome *ret_outcome, struct failure *reterr)
{
	bool has_moved = false;
	struct report_sum read = entry->sum;
	int r = spill(store, reterr);
	if (r == 0) {
		r = move_spilled(store, entry, &has_moved, reterr);
	}
	if (r == 0) {
		r = ledger_add(store, entry, 1, reterr);
	}
	if (r == 0) {
		r = follow_ledger(store, entry, has_moved, reterr);
	}
	if (r == 0) {
		store_settled_tell(store, entry, &read);
	}
	if (r == 0 && ret_outcome != NULL) {
		*ret_outcome = entry->outcome;
	}
	forget_reports(&store->batch);
	return r;
}

int batch_report_end(struct store *store, struct ledger_entry *entry,
		     enum store_outcome *ret_outcome, struct failure *reterr)
{
	struct batch *batch = &store->batch;
	entry->id = store->report.id;
	entry->sum = store->report.sum;
	if (store->report.is_spilled) {
		return settle_spilled(store, entry, ret_outcome, reterr);
	}
	int r = entry->id == 0 ? ledger_next_id(store, &entry->id, reterr) : 0;
	entry->first_fact = batch->open_from;
	entry->fact_count = batch->fact_count - batch->open_from;
	batch->open_from = batch->fact_count;
	struct ledger_entry *kept =
		VECTOR_PUSH(&batch->reports, batch->arena, struct ledger_entry, REPORTS_MAX);
	if (r < 0) {
		return r;
	}
	if (kept == NULL) {
		return failure_set_memory(reterr, "database");
	}
	*kept = *entry;
	bool is_full = batch->reports.len == REPORTS_MAX;
	return ret_outcome != NULL || is_full ? batch_settle(store, ret_outcome, reterr) : 0;
}

int batch_report_discard(struct store *store, struct failure *reterr)
{
	const struct open_report *open = &store->report;
	struct ledger_entry entry = {
		.kind = STORE_AGGREGATE, .id = open->id, .day = open->day, .domain = open->domain};
	store->batch.fact_count = store->batch.open_from;
	return open->is_spilled ? forget_spilled(store, &entry, reterr) : 0;
}

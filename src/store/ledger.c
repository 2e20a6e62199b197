/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports into the ledger, many with one going to and fro. */
#include "store/ledger.h"

#define ENTRIES_TOGETHER 100
#define COLUMNS 17
/* Of messages: what is beyond is nobody's. */
#define COUNT_MAX INT64_C(1000000000000)

int64_t store_clip_count(uint64_t count)
{
	return count > (uint64_t)COUNT_MAX ? COUNT_MAX : (int64_t)count;
}

int64_t ledger_day_of(const struct store_report *report)
{
	int64_t day =
		(report->begin_at + (report->end_at - report->begin_at) / 2) / STORE_DAY_SECONDS;
	return day < 0 ? 0 : day > STORE_DAY_MAX ? STORE_DAY_MAX : day;
}

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

int ledger_next_id(struct store *store, int64_t *ret_id, struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	if (store->report_ids_left == 0) {
		struct driver_query query = {.sql = class->next_ids_sql,
					     .each = take_integer,
					     .context = &store->next_report_id};
		int r = store_query(store, &query, reterr);
		if (r < 0) {
			return r;
		}
		store->report_ids_left = class->ids_per_block;
	}
	store->report_ids_left--;
	*ret_id = store->next_report_id++;
	return 0;
}

static struct span keep_clean(struct arena *arena, struct span text)
{
	struct buffer scratch = buffer_new_for(arena, STORE_TEXT_MAX + 8);
	struct span kept = arena_copy(arena, store_clean_text(text, STORE_TEXT_MAX, &scratch));
	buffer_free(&scratch);
	return kept;
}

int ledger_entry_make(struct store *store, const struct store_report *report, struct arena *arena,
		      struct ledger_entry *ret_entry, struct failure *reterr)
{
	struct ledger_entry entry = {
		.kind = report->kind,
		.authenticity = report->authenticity,
		.day = ledger_day_of(report),
		.begin_at = report->begin_at,
		.end_at = report->end_at,
		.stored_at = report->stored_at,
		.external_id = keep_clean(arena, report->id),
		.origin = keep_clean(arena, report->origin),
		.content = arena_copy(arena, report->content),
	};
	const struct {
		struct word_cache *cache;
		struct span text;
		size_t max_len;
		int64_t *id;
	} words[] = {
		{&store->domains, report->domain, LIMIT_NAME_TEXT, &entry.domain},
		{&store->words, report->reporter, STORE_TEXT_MAX, &entry.reporter},
		{&store->words, report->contact, STORE_TEXT_MAX, &entry.contact},
		{&store->words, report->policy, STORE_TEXT_MAX, &entry.policy},
		{&store->words, report->mail_from, STORE_TEXT_MAX, &entry.mail_from},
	};
	int r = arena_has_failed(arena) ? failure_set_memory(reterr, "database") : 0;
	for (size_t i = 0; r == 0 && i < sizeof(words) / sizeof(words[0]); i++) {
		r = store_word(store, words[i].cache, words[i].text, words[i].max_len, words[i].id,
			       reterr);
	}
	if (r == 0) {
		*ret_entry = entry;
	}
	return r;
}

/* version: how many reports of the same identity were there before. */
static const char add_sql[] =
	"INSERT INTO report (domain, begin_at, end_at, kind, reporter, external_id, content, id,"
	" day, row_count, message_count, contact, policy, origin, stored_at, authenticity,"
	" mail_from, version)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
	" (SELECT count(*) FROM report r WHERE r.domain = $1 AND r.begin_at = $2 AND"
	" r.end_at = $3 AND r.kind = $4 AND r.reporter = $5 AND r.external_id = $6))"
	" ON CONFLICT DO NOTHING RETURNING version";

/* No answer for an entry: it was there. */
static int take_version(void *context, size_t number, const struct driver_row *row)
{
	struct ledger_entry *entries = context;
	entries[number].outcome = row->values[0].integer > 0 ? STORE_MERGED : STORE_NEW;
	return 0;
}

static void set_values(struct driver_value *value, const struct ledger_entry *entry)
{
	const struct driver_value values[COLUMNS] = {
		driver_integer(entry->domain),	     driver_integer(entry->begin_at),
		driver_integer(entry->end_at),	     driver_integer((int64_t)entry->kind),
		driver_integer(entry->reporter),     driver_text(entry->external_id),
		driver_octets(entry->content),	     driver_integer(entry->id),
		driver_integer(entry->day),	     driver_integer(entry->sum.row_count),
		driver_integer(entry->sum.messages), driver_integer(entry->contact),
		driver_integer(entry->policy),	     driver_text(entry->origin),
		driver_integer(entry->stored_at),    driver_integer((int64_t)entry->authenticity),
		driver_integer(entry->mail_from),
	};
	memcpy(value, values, sizeof(values));
}

int ledger_add(struct store *store, struct ledger_entry *entries, size_t count,
	       struct failure *reterr)
{
	struct driver_value values[ENTRIES_TOGETHER * COLUMNS];
	int r = 0;
	for (size_t first = 0; r == 0 && first < count; first += ENTRIES_TOGETHER) {
		size_t some = count - first < ENTRIES_TOGETHER ? count - first : ENTRIES_TOGETHER;
		for (size_t i = 0; i < some; i++) {
			entries[first + i].outcome = STORE_SAME;
			set_values(values + i * COLUMNS, &entries[first + i]);
		}
		struct driver_many many = {add_sql, values,	  COLUMNS,
					   some,    take_version, entries + first};
		r = store_query_many(store, &many, reterr);
	}
	return r;
}

void store_settled_tell(struct store *store, const struct ledger_entry *entry,
			const struct report_sum *read)
{
	if (store->settled != NULL) {
		struct store_settled settled = {entry->kind, entry->outcome, entry->authenticity,
						(uint64_t)read->row_count,
						(uint64_t)read->messages};
		store->settled(store->settled_context, &settled);
	}
}

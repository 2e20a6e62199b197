/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Two reports with one identity and different rows become one that has the rows of both. */
#include "store/flags.h"
#include "store/ledger.h"

/* The key of the entry's rows, as three values. */
struct row_key {
	struct driver_value values[3];
};

static struct row_key key_of(const struct ledger_entry *entry)
{
	return (struct row_key){{driver_integer(entry->day), driver_integer(entry->domain),
				 driver_integer(entry->id)}};
}

int ledger_delete_rows(struct store *store, const struct ledger_entry *entry,
		       struct failure *reterr)
{
	struct row_key key = key_of(entry);
	struct driver_query query = {
		.sql = entry->kind == STORE_AGGREGATE
			       ? "DELETE FROM fact WHERE day = $1 AND domain = $2 AND report = $3"
			       : "DELETE FROM detail WHERE day = $1 AND domain = $2 AND report = "
				 "$3",
		.values = key.values,
		.count = 3};
	return store_query(store, &query, reterr);
}

int ledger_move_rows(struct store *store, const struct ledger_entry *entry, int64_t old_day,
		     int64_t old_domain, struct failure *reterr)
{
	struct driver_value values[] = {driver_integer(entry->day), driver_integer(entry->domain),
					driver_integer(old_day), driver_integer(old_domain),
					driver_integer(entry->id)};
	struct driver_query query = {
		.sql = entry->kind == STORE_AGGREGATE
			       ? "UPDATE fact SET day = $1, domain = $2"
				 " WHERE day = $3 AND domain = $4 AND report = $5"
			       : "UPDATE detail SET day = $1, domain = $2"
				 " WHERE day = $3 AND domain = $4 AND report = $5",
		.values = values,
		.count = 5};
	return store_query(store, &query, reterr);
}

/* Earlier reports under the identity of $3. One that does not count holds nothing. */
#define EARLIER                                                                                    \
	" report mine JOIN report theirs ON theirs.domain = mine.domain"                           \
	" AND theirs.begin_at = mine.begin_at AND theirs.end_at = mine.end_at"                     \
	" AND theirs.kind = mine.kind AND theirs.reporter = mine.reporter"                         \
	" AND theirs.external_id = mine.external_id AND theirs.id <> mine.id AND " COUNTS(         \
		"theirs")

/* Rows of the report that an earlier one has too. What is held is looked through once and not for
 * each row: two large reports must not cost the product of their rows. IS TRUE is there for
 * PostgreSQL, which would make a join of the condition, and without knowing the rows of this
 * transaction choose to loop. */
static const char drop_held_facts_sql[] =
	"DELETE FROM fact WHERE day = $1 AND domain = $2 AND report = $3"
	" AND (source, messages, pattern) IN (SELECT held.source, held.messages, held.pattern "
	"FROM" EARLIER " JOIN fact held ON held.day = theirs.day AND held.domain = theirs.domain"
	" AND held.report = theirs.id WHERE mine.id = $3) IS TRUE";

static const char drop_held_details_sql[] =
	"DELETE FROM detail WHERE day = $1 AND domain = $2 AND report = $3"
	" AND (word0, word1, word2, word3, word4, word5, amount) IN (SELECT held.word0, held.word1,"
	" held.word2, held.word3, held.word4, held.word5, held.amount FROM" EARLIER
	" JOIN detail held ON held.day = theirs.day AND held.domain = theirs.domain"
	" AND held.report = theirs.id WHERE mine.id = $3) IS TRUE";

static const char sum_facts_sql[] =
	"SELECT count(*), CAST(coalesce(sum(messages), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 15 = " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 3 = 1 AND flags & 15 <> " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 12 = 4 AND flags & 15 <> " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 48 = 32 THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 48 = 48 THEN messages END), 0) AS BIGINT)"
	" FROM fact JOIN pattern ON pattern.id = fact.pattern"
	" WHERE day = $1 AND domain = $2 AND report = $3";

static const char sum_details_sql[] =
	"SELECT count(*), CAST(coalesce(sum(amount), 0) AS BIGINT) FROM detail"
	" WHERE day = $1 AND domain = $2 AND report = $3";

static int take_sum(void *context, const struct driver_row *row)
{
	struct report_sum *sum = context;
	int64_t *const fields[] = {&sum->row_count, &sum->messages, &sum->both_pass,
				   &sum->dkim_pass, &sum->spf_pass, &sum->quarantined,
				   &sum->rejected};
	for (size_t i = 0; i < row->count && i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = row->values[i].integer;
	}
	return 0;
}

static int note_sum(struct store *store, const struct ledger_entry *entry, struct failure *reterr)
{
	struct driver_value values[] = {driver_integer(entry->sum.row_count),
					driver_integer(entry->sum.messages),
					driver_integer(entry->id)};
	struct driver_query note = {
		.sql = "UPDATE report SET row_count = $1, message_count = $2 WHERE id = $3",
		.values = values,
		.count = 3};
	return store_query(store, &note, reterr);
}

int ledger_sum_rows(struct store *store, struct ledger_entry *entry, struct failure *reterr)
{
	struct row_key key = key_of(entry);
	struct driver_query sum = {entry->kind == STORE_AGGREGATE ? sum_facts_sql : sum_details_sql,
				   key.values, 3, take_sum, &entry->sum};
	entry->sum = (struct report_sum){0};
	return store_query(store, &sum, reterr);
}

int ledger_merge(struct store *store, struct ledger_entry *entry, struct failure *reterr)
{
	struct row_key key = key_of(entry);
	struct driver_query drop = {.sql = entry->kind == STORE_AGGREGATE ? drop_held_facts_sql
									  : drop_held_details_sql,
				    .values = key.values,
				    .count = 3};
	int r = store_query(store, &drop, reterr);
	if (r == 0) {
		r = ledger_sum_rows(store, entry, reterr);
	}
	return r == 0 ? note_sum(store, entry, reterr) : r;
}

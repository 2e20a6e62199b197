/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Hazard 53: what is known of where a held report comes from may become more. */
#include "store/ledger.h"

struct held_report {
	int64_t id; /* 0: not found */
	enum store_authenticity authenticity;
};

static int take_held(void *context, const struct driver_row *row)
{
	struct held_report *held = context;
	held->id = row->values[0].integer;
	held->authenticity = (enum store_authenticity)row->values[1].integer;
	return 0;
}

static int find_held(struct store *store, const struct ledger_entry *entry,
		     struct held_report *ret_held, struct failure *reterr)
{
	struct driver_value values[] = {
		driver_integer(entry->domain),	 driver_integer(entry->begin_at),
		driver_integer(entry->end_at),	 driver_integer((int64_t)entry->kind),
		driver_integer(entry->reporter), driver_text(entry->external_id),
		driver_octets(entry->content),
	};
	struct driver_query query = {
		.sql = "SELECT id, authenticity FROM report WHERE domain = $1 AND begin_at = $2"
		       " AND end_at = $3 AND kind = $4 AND reporter = $5 AND external_id = $6"
		       " AND content = $7",
		.values = values,
		.count = sizeof(values) / sizeof(values[0]),
		.each = take_held,
		.context = ret_held};
	return store_query(store, &query, reterr);
}

static int note_authenticity(struct store *store, int64_t id, const struct ledger_entry *entry,
			     struct failure *reterr)
{
	struct driver_value values[] = {driver_integer((int64_t)entry->authenticity),
					driver_integer(entry->mail_from), driver_integer(id)};
	struct driver_query query = {
		.sql = "UPDATE report SET authenticity = $1, mail_from = $2 WHERE id = $3",
		.values = values,
		.count = 3};
	return store_query(store, &query, reterr);
}

int ledger_judge_again(struct store *store, struct ledger_entry *entry,
		       enum ledger_change *ret_change, struct failure *reterr)
{
	struct held_report held = {0};
	*ret_change = LEDGER_AS_BEFORE;
	if (entry->authenticity == STORE_AUTHENTICITY_NOT_JUDGED) {
		return 0;
	}
	int r = find_held(store, entry, &held, reterr);
	if (r < 0 || held.id == 0 || held.authenticity >= entry->authenticity) {
		return r;
	}
	bool was_counting = !store_is_left_out(held.authenticity);
	bool is_counting = !store_is_left_out(entry->authenticity);
	if (entry->kind == STORE_AGGREGATE && was_counting != is_counting) {
		*ret_change = is_counting ? LEDGER_COUNTS : LEDGER_IS_LEFT_OUT;
		entry->id = held.id;
	}
	return note_authenticity(store, held.id, entry, reterr);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The mailboxes that reports are fetched from: their table and its two statements. */
#include "store/mailboxes.h"

#include "store/internal.h"
#include "store/migrations.h"

static const struct migration_step steps[] = {
	{.sql = {[DRIVER_SQLITE] = "CREATE TABLE mailbox (name TEXT PRIMARY KEY,"
				   " uid_validity INTEGER NOT NULL, last_uid INTEGER NOT NULL)"
				   " WITHOUT ROWID;",
		 [DRIVER_POSTGRESQL] =
			 "CREATE TABLE mailbox (name TEXT PRIMARY KEY,"
			 " uid_validity BIGINT NOT NULL, last_uid BIGINT NOT NULL);"}},
};

const struct migration_list migrations_mailboxes = {
	.name = "mailboxes",
	.steps = steps,
	.count = sizeof(steps) / sizeof(steps[0]),
};

static int take_mailbox(void *context, const struct driver_row *row)
{
	struct store_mailbox *mailbox = context;
	mailbox->uid_validity = (uint32_t)row->values[0].integer;
	mailbox->last_uid = (uint32_t)row->values[1].integer;
	return 0;
}

int store_mailbox_get(struct store *store, struct span name, struct store_mailbox *ret_mailbox,
		      struct failure *reterr)
{
	struct driver_value value = driver_text(name);
	struct driver_query query = {
		.sql = "SELECT uid_validity, last_uid FROM mailbox WHERE name = $1",
		.values = &value,
		.count = 1,
		.each = take_mailbox,
		.context = ret_mailbox,
	};
	*ret_mailbox = (struct store_mailbox){.name = name};
	return store_query(store, &query, reterr);
}

int store_mailbox_put(struct store *store, const struct store_mailbox *mailbox,
		      struct failure *reterr)
{
	struct driver_value values[] = {
		driver_text(mailbox->name),
		driver_integer((int64_t)mailbox->uid_validity),
		driver_integer((int64_t)mailbox->last_uid),
	};
	struct driver_query query = {
		.sql = "INSERT INTO mailbox (name, uid_validity, last_uid) VALUES ($1, $2, $3)"
		       " ON CONFLICT (name) DO UPDATE SET uid_validity = excluded.uid_validity,"
		       " last_uid = excluded.last_uid",
		.values = values,
		.count = sizeof(values) / sizeof(values[0]),
	};
	return store_query(store, &query, reterr);
}

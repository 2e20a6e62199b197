/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which domains there are reports about. */
#include "store/internal.h"

struct naming {
	void *context;
	store_name_fn *each;
};

static int give_name(void *context, const struct driver_row *row)
{
	const struct naming *naming = context;
	return naming->each(naming->context, row->values[0].text);
}

static const char names_sql[] =
	"SELECT d.name FROM domain d WHERE EXISTS (SELECT 1 FROM report r WHERE r.domain = d.id)";

int store_reported_names(struct store *store, store_name_fn *each, void *context,
			 struct failure *reterr)
{
	struct naming naming = {context, each};
	struct driver_query query = {.sql = names_sql, .each = give_name, .context = &naming};
	return store_query(store, &query, reterr);
}

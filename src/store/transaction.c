/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One piece of work in one transaction, begun again when the database had to break it off. */
#include "store/internal.h"

/* Deadlocks among workers are rare; so many in a row are a fault. */
#define MAX_TRIES 20

/* Forgets what was begun. The reason it failed is asked for first: ROLLBACK may fail as well. */
static bool give_up(struct store *store)
{
	const struct driver_class *class = store->driver->class;
	bool is_transient = class->is_transient(store->driver);
	struct failure ignored;
	(void)class->script(store->driver, "ROLLBACK", &ignored);
	store_words_forget(store);
	return is_transient;
}

static int attempt(struct store *store, store_work_fn *work, void *context, bool *ret_is_transient,
		   struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	int r = store_words_prepare(store, reterr);
	if (r < 0) {
		return r;
	}
	r = class->script(store->driver, class->begin_sql, reterr);
	if (r == 0) {
		r = work(store, context, reterr);
	}
	if (r == 0) {
		r = class->script(store->driver, "COMMIT", reterr);
	}
	if (r < 0) {
		*ret_is_transient = give_up(store);
	}
	return r;
}

int store_transact(struct store *store, store_work_fn *work, void *context, struct failure *reterr)
{
	bool is_transient = false;
	int r = attempt(store, work, context, &is_transient, reterr);
	for (int i = 1; r < 0 && is_transient && i < MAX_TRIES; i++) {
		is_transient = false;
		r = store->driver->class->recover(store->driver, reterr);
		if (r == 0) {
			r = attempt(store, work, context, &is_transient, reterr);
		}
	}
	return r;
}

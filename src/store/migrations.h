/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The tables, as lists of numbered steps: one list for each part that keeps something (reports,
 * estate, ...), in a file tables_<part>.c of its own. A part's steps are numbered from 1 by their
 * place in its list and are taken in that order; parts come in the order of migration_lists, so a
 * part may refer to tables of those before it. The database remembers which steps it has taken.
 *
 * A step that was released is never changed: a new one is added behind it. Each step is written for
 * every database, and may be several statements.
 *
 * To keep something new: tables_<part>.c with a const struct migration_list, its name below and in
 * the table of migrations.c, and queries in a file of their own through store_query().
 */
#ifndef MAILSEAL_STORE_MIGRATIONS_H
#define MAILSEAL_STORE_MIGRATIONS_H

#include "store/driver.h"
#include "store/store.h"

struct migration_step {
	const char *sql[DRIVER_COUNT];
	/* What SQL cannot say, after it; may be NULL. */
	int (*fill)(struct store *store, struct failure *reterr);
};

struct migration_list {
	const char *name; /* in the database: never changed */
	const struct migration_step *steps;
	size_t count;
};

extern const struct migration_list migrations_reports;
extern const struct migration_list migrations_estate;
extern const struct migration_list migrations_mailboxes;

/* From a step's fill(): so much of it is done. */
void store_tell_forward(struct store *store, size_t done, size_t all);

/* All parts; ends with NULL. */
extern const struct migration_list *const migration_lists[];

#endif

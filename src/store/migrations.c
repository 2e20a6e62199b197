/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The parts of the database, in the order in which they are made. */
#include "store/migrations.h"

const struct migration_list *const migration_lists[] = {
	&migrations_reports,
	&migrations_estate,
	&migrations_mailboxes,
	NULL,
};

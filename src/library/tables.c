/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Statuses, version, and the tables. */
#include <stdlib.h>

#include "library/internal.h"

int library_status(int result)
{
	switch ((enum failure_code)result) {
	case FAILURE_NONE:
		return MAILSEAL_DONE;
	case FAILURE_MEMORY:
		return MAILSEAL_NO_MEMORY;
	case FAILURE_INPUT:
		return MAILSEAL_BAD_INPUT;
	case FAILURE_IO:
	case FAILURE_LIBRARY:
	case FAILURE_INTERNAL:
		break;
	}
	return MAILSEAL_INTERNAL;
}

struct mailseal_bytes library_bytes(const struct buffer *text)
{
	return (struct mailseal_bytes){text->len > 0 ? text->data : "", text->len};
}

const char *mailseal_status_text(int status)
{
	switch ((enum mailseal_status)status) {
	case MAILSEAL_DONE:
		return "done";
	case MAILSEAL_ASKS:
		return "there are questions to answer";
	case MAILSEAL_NO_MEMORY:
		return "memory is out";
	case MAILSEAL_BAD_INPUT:
		return "an argument cannot be used";
	case MAILSEAL_BAD_ORDER:
		return "not at this point";
	case MAILSEAL_INTERNAL:
		return "something else failed";
	}
	return "not a status";
}

const char *mailseal_version(void)
{
	return MAILSEAL_VERSION;
}

int mailseal_tables_new(struct mailseal_tables **ret_tables)
{
	struct mailseal_tables *tables = calloc(1, sizeof(*tables));
	if (tables == NULL) {
		return MAILSEAL_NO_MEMORY;
	}
	int r = public_suffix_list_load(/* path: */ NULL, &tables->suffixes, NULL);
	if (r == 0) {
		r = provider_table_load(&tables->providers, NULL);
	}
	if (r == 0) {
		r = profile_table_load(&tables->profiles, NULL);
	}
	if (r < 0) {
		mailseal_tables_free(tables);
		return library_status(r);
	}
	*ret_tables = tables;
	return MAILSEAL_DONE;
}

void mailseal_tables_free(struct mailseal_tables *tables)
{
	if (tables != NULL) {
		profile_table_free(tables->profiles);
		provider_table_free(tables->providers);
		public_suffix_list_free(tables->suffixes);
		free(tables);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the store that a command is to use. */
#include "cli/store_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* False when neither folder is known or the path is too long. */
static bool usual_path(char path[PATH_SIZE])
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	int len = -1;
	if (data != NULL && data[0] == '/') {
		len = snprintf(path, PATH_SIZE, "%s", data);
	} else if (home != NULL && home[0] == '/') {
		len = snprintf(path, PATH_SIZE, "%s/.local/share", home);
	}
	if (len < 0 || len + 32 > PATH_SIZE) {
		return false;
	}
	snprintf(path + len, (size_t)(PATH_SIZE - len), "/mailseal.db");
	return true;
}

int store_open_option(const char *location, bool must_exist, struct store **ret_store,
		      struct failure *reterr)
{
	char path[PATH_SIZE];
	if (location == NULL) {
		location = getenv("MAILSEAL_DB");
	}
	if (location == NULL) {
		if (!usual_path(path)) {
			return failure_set(reterr, FAILURE_INPUT, "--db",
					   "say where the reports are kept");
		}
		location = path;
	}
	if (must_exist && !store_location_is_postgresql(location) && access(location, R_OK) != 0) {
		return failure_set(reterr, FAILURE_IO, location,
				   "there are no reports yet; mailseal ingest reads them");
	}
	return store_open(location, ret_store, reterr);
}

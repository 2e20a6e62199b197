/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the store that a command is to use. */
#include "cli/store_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Bringing an older database forward, told on standard error. */
struct forwarding {
	bool has_terminal;
	bool is_told;
};

static void show_forward(void *context, const struct store_forward *forward)
{
	struct forwarding *forwarding = context;
	if (!forwarding->is_told) {
		complain("note",
			 "the database is of an earlier version and is brought forward; that "
			 "needs free space of about four times its size. It may be "
			 "stopped at any time and run again");
		forwarding->is_told = true;
	}
	if (!forwarding->has_terminal) {
		return;
	}
	fprintf(stderr, "\r\033[K  step %zu of %zu", forward->step, forward->steps);
	if (forward->all > 0) {
		fprintf(stderr, ", %zu of %zu", forward->done, forward->all);
	}
	fputs(" ...", stderr);
	fflush(stderr);
}

static int open_showing(const char *location, struct store **ret_store, struct failure *reterr)
{
	struct forwarding forwarding = {.has_terminal = isatty(STDERR_FILENO) != 0};
	int r = store_open_telling(location, show_forward, &forwarding, ret_store, reterr);
	if (forwarding.is_told && forwarding.has_terminal) {
		fputs("\r\033[K", stderr);
	}
	return r;
}

/* The folders above a new store, for their owner alone (XDG base directories). */
static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* One that cannot be made shows when the store is opened. */
		(void)mkdir(path, S_IRWXU);
		*slash = '/';
	}
}

static int check_is_there(const char *location, enum store_need need, struct failure *reterr)
{
	static const char *const missing[] = {
		[STORE_WITH_REPORTS] = "there are no reports yet; mailseal ingest reads them",
		[STORE_WITH_CHECKS] =
			"there are no checks yet; mailseal scan --db and watch keep them",
	};
	if (need == STORE_MAY_BE_NEW || store_location_is_postgresql(location) ||
	    access(location, R_OK) == 0) {
		return 0;
	}
	return failure_set(reterr, FAILURE_IO, location, "%s",
			   errno == ENOENT ? missing[need] : strerror(errno));
}

int store_open_option(const char *location, enum store_need need, struct store **ret_store,
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
		if (need == STORE_MAY_BE_NEW) {
			make_folders(path);
		}
	}
	int r = check_is_there(location, need, reterr);
	return r == 0 ? open_showing(location, ret_store, reterr) : r;
}

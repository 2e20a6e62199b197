/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A database for a contract test. */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int run_in_file(int (*run)(const char *location))
{
	char folder[] = "/tmp/mailseal-store-XXXXXX";
	if (mkdtemp(folder) == NULL) {
		return 1;
	}
	static const char *const endings[] = {"", "-wal", "-shm"};
	char path[80];
	snprintf(path, sizeof(path), "%s/store.db", folder);
	int failed = run(path);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(path, sizeof(path), "%s/store.db%s", folder, endings[i]);
		unlink(path);
	}
	rmdir(folder);
	return failed;
}

int run_in_place(int argc, char **argv, int (*run)(const char *location))
{
	return argc > 1 ? run(argv[1]) : run_in_file(run);
}

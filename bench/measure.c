/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What measuring programs share: to stop at a failure, processor time, whole files. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void check(bool condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "bench: %s failed\n", what);
		exit(EXIT_FAILURE);
	}
}

double cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

char *read_file(const char *path, size_t max, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	char *text = malloc(max + 1);
	check(file != NULL && text != NULL, path);
	size_t len = fread(text, 1, max + 1, file);
	check(ferror(file) == 0 && len <= max, path);
	fclose(file);
	text[len] = '\0';
	*ret_len = len;
	return text;
}

char *read_file_in(const char *folder, const char *name, size_t max, size_t *ret_len)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return read_file(path, max, ret_len);
}

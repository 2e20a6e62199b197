/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From the path of a file of exceptions to the exceptions. */
#include "cli/exceptions_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Fields are copied once, and a list of them is kept. */
#define EXCEPTIONS_ARENA_BYTES (EXCEPTIONS_MAX_BYTES * 8)

int exceptions_file_read(const char *path, struct buffer *text, struct failure *reterr)
{
	char part[8192];
	size_t len;
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	while ((len = fread(part, 1, sizeof(part), file)) > 0) {
		buffer_append(text, span_of(part, len));
	}
	bool is_ok = ferror(file) == 0 && !text->is_failed;
	fclose(file);
	return is_ok ? 0 : failure_set(reterr, FAILURE_IO, path, "cannot be read");
}

int exceptions_file_load(const char *path, int64_t now, struct sector *sector,
			 struct failure *reterr)
{
	struct buffer text = buffer_new(EXCEPTIONS_MAX_BYTES);
	*sector = (struct sector){.arena = arena_new(EXCEPTIONS_ARENA_BYTES), .at = now};
	int r = sector->arena == NULL ? failure_set_memory(reterr, "--exceptions")
				      : exceptions_file_read(path, &text, reterr);
	r = r == 0 ? sector_exceptions_read(sector, buffer_span(&text), reterr) : r;
	buffer_free(&text);
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writing a page or a table. */
#include "cli/output_file.h"

#include <stdio.h>

int output_file_write(const char *path, struct span text, struct failure *reterr)
{
	FILE *file = fopen(path, "we");
	bool is_ok = file != NULL && fwrite(text.ptr, 1, text.len, file) == text.len;
	is_ok = (file == NULL || fclose(file) == 0) && is_ok;
	return is_ok ? 0 : failure_set(reterr, FAILURE_IO, path, "cannot be written");
}

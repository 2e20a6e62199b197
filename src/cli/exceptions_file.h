/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The file that --exceptions names: findings that somebody answers for until a day. */
#ifndef MAILSEAL_CLI_EXCEPTIONS_FILE_H
#define MAILSEAL_CLI_EXCEPTIONS_FILE_H

#include "service/sector.h"

#define EXCEPTIONS_MAX_BYTES ((size_t)8 << 20)

/* Its text, behind what is in the buffer. */
int exceptions_file_read(const char *path, struct buffer *text, struct failure *reterr) MUST_CHECK;
/* Its exceptions as of now, into sector->exceptions; sector_free() frees them. */
int exceptions_file_load(const char *path, int64_t now, struct sector *sector,
			 struct failure *reterr) MUST_CHECK;

#endif

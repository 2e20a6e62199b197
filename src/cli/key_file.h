/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Private keys in files. */
#ifndef MAILSEAL_CLI_KEY_FILE_H
#define MAILSEAL_CLI_KEY_FILE_H

#include "crypto/private_key.h"

/* A note on standard error when others can read the file. */
int key_file_read(const char *path, struct private_key **ret_key,
		  struct failure *reterr) MUST_CHECK;
/* A new file that only its owner can read. A file that is there already stays as it is. */
int key_file_write(const char *path, const struct private_key *key,
		   struct failure *reterr) MUST_CHECK;

#endif

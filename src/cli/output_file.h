/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A finished text into a file that the user named. */
#ifndef MAILSEAL_CLI_OUTPUT_FILE_H
#define MAILSEAL_CLI_OUTPUT_FILE_H

#include "base/base.h"

/* Replaces what was there. */
int output_file_write(const char *path, struct span text, struct failure *reterr) MUST_CHECK;

#endif

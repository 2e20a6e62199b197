/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* zip, with libarchive, which appears nowhere else. Read front to back: the central directory,
 * where overlapping members hide, is never used. */
#ifndef MAILSEAL_REPORTS_UNZIP_H
#define MAILSEAL_REPORTS_UNZIP_H

#include "reports/input.h"

struct unzip;

struct unzip *unzip_new(struct reading *reading, struct report_input *input);
void unzip_free(struct unzip *unzip);
/* The next member that is a file. False at the end, also when the rest cannot be read (a note says
 * so). The name lives until the next call. */
bool unzip_next(struct unzip *unzip, struct span *ret_name);
bool unzip_is_encrypted(const struct unzip *unzip);
/* The content of the member at hand. */
struct report_source unzip_source(struct unzip *unzip);

#endif

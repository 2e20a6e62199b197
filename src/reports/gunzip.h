/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* gzip (RFC 1952), with zlib, which appears nowhere else. Several members are one text. */
#ifndef MAILSEAL_REPORTS_GUNZIP_H
#define MAILSEAL_REPORTS_GUNZIP_H

#include "reports/input.h"

struct gunzip;

/* NULL (and the reading has failed) when memory is out. */
struct gunzip *gunzip_new(struct reading *reading, struct report_input *input);
void gunzip_free(struct gunzip *gunzip);
struct report_source gunzip_source(struct gunzip *gunzip);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The program's clock, and times as people type them. */
#ifndef MAILSEAL_CLI_MOMENT_H
#define MAILSEAL_CLI_MOMENT_H

#include "base/base.h"

/* Seconds since 1970; the context is not used: it fits where a clock is handed over. */
int64_t wall_clock(void *context);
/*
 * "2026-11-23", "2026-11-23T12:00:00Z", or so long before now: "90m", "24h", "7d", "4w". The
 * failure names the option.
 */
int moment_read(const char *option, const char *text, int64_t now, int64_t *ret_time,
		struct failure *reterr) MUST_CHECK;

/* "45s", "90m", "24h", "7d", "4w" in seconds; at least 1. */
int duration_read(const char *option, const char *text, int64_t *ret_seconds,
		  struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Times are seconds since 1970-01-01T00:00:00Z in an int64_t, written as RFC 3339 in UTC. */
#ifndef MAILSEAL_BASE_TIME_H
#define MAILSEAL_BASE_TIME_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

/* Room for "2026-11-23T14:45:00Z" and its NUL. */
#define TIME_TEXT_SIZE 21

struct time_text {
	char text[TIME_TEXT_SIZE];
};

/* A calendar date, months and days from 1. */
struct time_date {
	int64_t year;
	unsigned month;
	unsigned day;
};

struct time_date time_to_date(int64_t seconds);
/* Midnight UTC of that date. The date must exist: check with time_date_is_valid(). */
int64_t time_from_date(struct time_date date);
bool time_date_is_valid(struct time_date date);
/* Years 0000..9999; others are clipped. */
struct time_text time_format(int64_t seconds);
/* "2026-11-23", "2026-11-23T14:45:00Z" or with an offset "+01:00". False for anything else. */
bool time_parse(struct span s, int64_t *ret_seconds) MUST_CHECK;

#endif

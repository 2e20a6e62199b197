/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From an option's text to a time. */
#include "cli/moment.h"

#include <time.h>

/* A century back is a slip of the finger. */
#define MOMENT_MAX_COUNT 100000

static const struct {
	char letter;
	int64_t seconds;
} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

int64_t wall_clock(void *context)
{
	(void)context;
	struct timespec now;
	return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

static bool read_duration(struct span text, int64_t *ret_seconds)
{
	uint64_t count;
	if (text.len < 2 ||
	    !number_parse_decimal(span_slice(text, 0, text.len - 1), MOMENT_MAX_COUNT, &count)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text.ptr[text.len - 1] == units[i].letter) {
			*ret_seconds = (int64_t)count * units[i].seconds;
			return true;
		}
	}
	return false;
}

int moment_read(const char *option, const char *text, int64_t now, int64_t *ret_time,
		struct failure *reterr)
{
	struct span span = span_of_string(text);
	int64_t age;
	if (time_parse(span, ret_time)) {
		return 0;
	}
	if (read_duration(span, &age)) {
		*ret_time = now - age;
		return 0;
	}
	return failure_set(reterr, FAILURE_INPUT, option,
			   "\"%s\" is not a time like 2026-11-23T12:00:00Z, nor an age like 7d",
			   text);
}

int duration_read(const char *option, const char *text, int64_t *ret_seconds,
		  struct failure *reterr)
{
	int64_t seconds;
	if (!read_duration(span_of_string(text), &seconds) || seconds == 0) {
		return failure_set(reterr, FAILURE_INPUT, option,
				   "\"%s\" is not a time span like 45s, 30m, 24h or 7d", text);
	}
	*ret_seconds = seconds;
	return 0;
}

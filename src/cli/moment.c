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
} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

int64_t wall_clock(void *context)
{
	(void)context;
	struct timespec now;
	return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

static bool read_age(struct span text, int64_t now, int64_t *ret_time)
{
	uint64_t count;
	if (text.len < 2 ||
	    !number_parse_decimal(span_slice(text, 0, text.len - 1), MOMENT_MAX_COUNT, &count)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text.ptr[text.len - 1] == units[i].letter) {
			*ret_time = now - (int64_t)count * units[i].seconds;
			return true;
		}
	}
	return false;
}

int moment_read(const char *option, const char *text, int64_t now, int64_t *ret_time,
		struct failure *reterr)
{
	struct span span = span_of_string(text);
	if (time_parse(span, ret_time) || read_age(span, now, ret_time)) {
		return 0;
	}
	return failure_set(reterr, FAILURE_INPUT, option,
			   "\"%s\" is not a time like 2026-11-23T12:00:00Z, nor an age like 7d",
			   text);
}

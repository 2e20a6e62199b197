/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Smaller when turns are long, larger when they are short and it is full. */
#include "collect/dns_window.h"

#define FIRST_SIZE 32
#define LONG_TURN_MS 200
#define SHORT_TURN_MS 90
#define STEP 16
/* Not more often than this. */
#define PAUSE_MS 250

struct dns_window dns_window_new(size_t max)
{
	return (struct dns_window){.limit = max, .max = max};
}

size_t dns_window_size(const struct dns_window *window)
{
	uint64_t size = FIRST_SIZE + window->answered;
	return size < window->limit ? (size_t)size : window->limit;
}

void dns_window_adapt(struct dns_window *window, size_t in_flight, int64_t turn_ms, int64_t now_ms)
{
	if (now_ms < window->changes_at_ms) {
		return;
	}
	if (turn_ms > LONG_TURN_MS) {
		size_t less = window->limit - window->limit / 4;
		window->limit = less > DNS_WINDOW_LEAST ? less : DNS_WINDOW_LEAST;
		window->changes_at_ms = now_ms + PAUSE_MS;
	} else if (turn_ms < SHORT_TURN_MS && in_flight >= window->limit) {
		size_t more = window->limit + STEP;
		window->limit = more < window->max ? more : window->max;
		window->changes_at_ms = now_ms + PAUSE_MS;
	}
}

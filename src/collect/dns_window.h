/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * How many questions one libunbound may have at once. It begins small, and each answer lets one
 * more go than before: see dns_engine.c.
 *
 * A turn of the loop that takes long means that its thread does not keep up with what it has asked:
 * its own delay would look like loss to libunbound, which would ask again and make it worse
 * (measured: one domain in 25 failed for nothing on a machine that was busy otherwise). Then a
 * quarter less is kept in flight; while turns are short it grows back. No clock in here.
 */
#ifndef MAILSEAL_COLLECT_DNS_WINDOW_H
#define MAILSEAL_COLLECT_DNS_WINDOW_H

#include "base/base.h"

/* It never falls below. */
#define DNS_WINDOW_LEAST 64

struct dns_window {
	uint64_t answered; /* counted by whoever takes the answers */
	size_t limit;
	size_t max;
	int64_t changes_at_ms; /* not before */
};

struct dns_window dns_window_new(size_t max);
/* How many may be in flight now. */
size_t dns_window_size(const struct dns_window *window);
/* After a turn of the loop that took turn_ms and left so many in flight. */
void dns_window_adapt(struct dns_window *window, size_t in_flight, int64_t turn_ms, int64_t now_ms);

#endif

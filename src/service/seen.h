/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Which names have been there already: eight octets a name, whatever its length. Two different
 * names meet with a probability of one in 10^13 in a list of a million; the seed keeps anybody from
 * preparing such a pair.
 */
#ifndef MAILSEAL_SERVICE_SEEN_H
#define MAILSEAL_SERVICE_SEEN_H

#include "base/base.h"

/* 16 million names in 256 MB; a list of a million takes 16 MB. */
#define SEEN_MAX ((size_t)1 << 24)

struct seen;

enum seen_result {
	SEEN_NEW,
	SEEN_BEFORE,
	SEEN_FULL, /* not kept: there are SEEN_MAX, or memory is out */
};

/* NULL when memory is out. */
struct seen *seen_new(uint64_t seed);
/* NULL is allowed. */
void seen_free(struct seen *seen);
enum seen_result seen_add(struct seen *seen, struct span name);
size_t seen_count(const struct seen *seen);

#endif

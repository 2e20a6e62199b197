/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A transferred zone as the input of a scan: every name in it that has mail records, once. */
#ifndef MAILSEAL_SERVICE_SCAN_ZONE_H
#define MAILSEAL_SERVICE_SCAN_ZONE_H

#include "collect/axfr.h"
#include "service/scan.h"
#include "service/seen.h"

/* Names with mail in one zone, and what they take. */
#define SCAN_ZONE_MAX_NAMES ((size_t)1 << 20)
#define SCAN_ZONE_MAX_BYTES ((size_t)128 << 20)

struct scan_zone_options {
	struct span zone; /* canonical */
	const struct dns_server *server;
	struct seen *skip; /* grows */
	uint64_t seed;
	bool (*is_stopped)(void *context);
	void *context;
};

struct scan_zone;

/* The whole transfer; the names are kept in memory, the records are not. */
int scan_zone_fetch(const struct scan_zone_options *options, struct scan_zone **ret_zone,
		    struct failure *reterr) MUST_CHECK;
/* NULL is allowed. */
void scan_zone_free(struct scan_zone *zone);
struct scan_input *scan_zone_input(struct scan_zone *zone);

#endif

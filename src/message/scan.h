/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Looks at every octet of a message, in the order it has on the wire, for what programs read
 * differently: NUL, line ends that are not CRLF, the dot that ends a message, lines too long.
 */
#ifndef MAILSEAL_MESSAGE_SCAN_H
#define MAILSEAL_MESSAGE_SCAN_H

#include "message/anomaly.h"

enum scan_content {
	SCAN_NOTHING, /* the line has no octet yet */
	SCAN_NULS,    /* nothing but NULs */
	SCAN_DOT,     /* a dot, perhaps after NULs */
	SCAN_OTHER,
};

struct scan {
	struct arena *arena;
	struct anomalies *anomalies;
	enum anomaly_kind nul_kind;
	uint64_t offset;      /* of the next octet */
	uint64_t line_offset; /* where the line began that ends at CRLF */
	uint64_t dot_offset;
	enum scan_content content;
	bool has_nul;	    /* NULs before the dot */
	bool is_after_bare; /* a bare line end came before */
	bool is_after_cr;
};

struct scan scan_new(struct arena *arena, struct anomalies *anomalies);
void scan_feed(struct scan *scan, struct span data);
/* Nothing follows. */
void scan_end(struct scan *scan);

#endif

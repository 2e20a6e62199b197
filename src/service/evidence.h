/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A row's check results as the store keeps them: a line each, "dkim pass example.org s1" or
 * "spf fail bounce.example.net mfrom"; "-" for what the report did not say. Equal results give
 * equal text, so that a text is kept once for all the rows that share it.
 */
#ifndef MAILSEAL_SERVICE_EVIDENCE_H
#define MAILSEAL_SERVICE_EVIDENCE_H

#include "base/base.h"

struct evidence_item {
	bool is_dkim; /* else SPF */
	struct span result;
	struct span domain; /* lower case; empty when not said */
	struct span detail; /* selector or scope; likewise */
};

void evidence_write(struct buffer *text, const struct evidence_item *item);
/* Takes the next item from *rest; false at the end. Lines that are not understood are left out. */
bool evidence_next(struct span *rest, struct evidence_item *ret_item);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Which report this is. Big reporters reuse ids for other days, and send one report twice, so
 * identity takes in reporter, id, domain and period; the content hash tells a resend from another
 * report under the same identity.
 */
#ifndef MAILSEAL_REPORTS_IDENTITY_H
#define MAILSEAL_REPORTS_IDENTITY_H

#include "base/base.h"

/* Order of rows, wrapping, white space and line ends do not count. Not for security: it is not
 * cryptographic. */
struct report_hash {
	uint64_t high;
	uint64_t low;
};

struct report_period {
	bool is_known;
	int64_t begin; /* seconds since 1970; begin <= end */
	int64_t end;
};

struct report_identity {
	struct span reporter; /* lower case; never empty: the organisation, else the domain of its
				 contact, else of the carrying mail, else "unknown" */
	struct span id; /* as reported without blanks around; "hash:<32 hex>" when it has none */
	struct span domain; /* canonical policy domain; empty when the report does not say */
	struct report_period period;
	struct report_hash content;
};

/* Same reporter, id, domain and period; content is not compared. */
bool report_identity_equal(const struct report_identity *a, const struct report_identity *b);
bool report_hash_equal(struct report_hash a, struct report_hash b);

#endif

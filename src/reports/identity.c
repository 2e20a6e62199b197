/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Comparing identities. */
#include "reports/identity.h"

static bool period_equal(struct report_period a, struct report_period b)
{
	return a.is_known == b.is_known && (!a.is_known || (a.begin == b.begin && a.end == b.end));
}

bool report_identity_equal(const struct report_identity *a, const struct report_identity *b)
{
	return span_equal(a->reporter, b->reporter) && span_equal(a->id, b->id) &&
	       span_equal(a->domain, b->domain) && period_equal(a->period, b->period);
}

bool report_hash_equal(struct report_hash a, struct report_hash b)
{
	return a.high == b.high && a.low == b.low;
}

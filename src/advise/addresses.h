/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The report addresses of a record being mended: who stays, who goes. */
#ifndef MAILSEAL_ADVISE_ADDRESSES_H
#define MAILSEAL_ADVISE_ADDRESSES_H

#include "advise/record_address.h"
#include "assess/destination.h"

struct address_rules {
	struct arena *arena;
	const struct assessment *a;
	const struct destinations *judged; /* what the assessor found out about them */
	bool is_https_ok;
	struct span other_kind; /* services retired for nothing but this do not count: "tls-rpt" */
};

/*
 * A list without the addresses nobody receives: of closed services, of hosts that are gone or take
 * no mail, repeated and unreadable ones. An address that has not agreed yet, or that could not be
 * looked at, stays. Empty when nobody is left.
 */
struct span addresses_mend(const struct address_rules *rules, struct span list);
/* Adds the addresses of another list that this one lacks; templates count as nobody. */
struct span addresses_join(struct arena *arena, struct span list, struct span other);

#endif

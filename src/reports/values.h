/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Numbers, times, addresses and names as reporters really write them. */
#ifndef MAILSEAL_REPORTS_VALUES_H
#define MAILSEAL_REPORTS_VALUES_H

#include "records/network.h"
#include "reports/pool.h"

enum value_status {
	VALUE_RIGHT,
	VALUE_OTHER_FORM, /* read, but not written as the standard says */
	VALUE_NONE,	  /* cannot be read */
};

/* The longest domain name kept, as UTF-8 with its U-labels. */
#define VALUE_DOMAIN_BYTES 512

/* "12"; "1,234" and "2.0" are other forms. At most INT64_MAX. */
enum value_status value_count(struct span text, uint64_t *ret_count);
/* Seconds; milliseconds, "1767225600.0" and RFC 3339 (also without zone or T: UTC) are other forms.
 */
enum value_status value_time(struct span text, int64_t *ret_seconds);
/* An address; brackets, "IPv6:", a prefix length, a host name behind it and v4-mapped are other
 * forms. */
enum value_status value_address(struct span text, struct network *ret_network);
/*
 * A domain name: lower case, no trailing dot, U-labels as A-labels when IDNA has a form for them.
 * Of an address or a display name with address what follows the "@" (another form). The text is in
 * the pool, and may be empty.
 */
enum value_status value_domain(struct pool *pool, struct span text, struct span *ret_domain);

#endif

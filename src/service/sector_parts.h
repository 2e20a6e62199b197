/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Inside of the sector: what is counted of one domain, days, exceptions. */
#ifndef MAILSEAL_SERVICE_SECTOR_PARTS_H
#define MAILSEAL_SERVICE_SECTOR_PARTS_H

#include "service/history.h"
#include "service/sector.h"

/* Adds one domain. */
void sector_count(struct sector_counts *counts, const struct known_standing *known);
enum sector_policy sector_policy_of(const struct standing *standing);

/* The state of the whole estate at the end of each day on which a scan ended; look is emptied. */
int sector_days_read(struct sector *sector, struct store *store, struct arena *look,
		     const struct sector_options *options, struct failure *reterr) MUST_CHECK;

/* The exception that covers a finding of a domain; NULL without one that still counts. */
struct sector_exception *sector_exception_find(struct sector *sector, struct span domain,
					       struct span finding);

#endif

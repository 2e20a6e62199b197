/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One mail host: what its name and addresses say. */
#ifndef MAILSEAL_ASSESS_MX_HOST_H
#define MAILSEAL_ASSESS_MX_HOST_H

#include "assess/mx.h"

/*
 * Fills in everything about the host from its name. Asks for its addresses, unless the name is an
 * address itself; what cannot be known is noted for the MX control.
 */
void mx_host_examine(struct assessment *a, struct mx_host *host);

/* True when it is certain that no sender on the internet can reach the host. */
static inline bool mx_host_is_dead(const struct mx_host *host)
{
	return host->global_address_count == 0 && !host->is_unknown;
}

#endif

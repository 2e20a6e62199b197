/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What the domain is for, by its own SPF and MX records, and what follows from that for MX. Runs
 * after mx and spf and sets kind, is_subdomain and (from the public suffix list, unless somebody
 * knew better) organisation; everything that differs for parked domains comes after it.
 */
#ifndef MAILSEAL_ASSESS_KIND_H
#define MAILSEAL_ASSESS_KIND_H

#include "assess/assessment.h"

void kind_assess(struct assessment *a);
/* RFC 8020: one NXDOMAIN for the name itself is enough. Also for those who run before kind. */
bool kind_is_nonexistent(struct assessment *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The measures of DKIM. */
#ifndef MAILSEAL_ASSESS_DKIM_MEASURE_H
#define MAILSEAL_ASSESS_DKIM_MEASURE_H

#include "assess/dkim.h"

/* Sets every dkim measure. That no key was found is unknown, except for a parked domain. */
void dkim_measure(struct assessment *a, const struct dkim_view *view);
void dkim_measure_not_applicable(struct assessment *a, struct span reason);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is to be said about all selectors together. */
#ifndef MAILSEAL_ASSESS_DKIM_REPORT_H
#define MAILSEAL_ASSESS_DKIM_REPORT_H

#include "assess/dkim.h"

/* Findings and measures of a view. */
void dkim_report(struct assessment *a, const struct dkim_view *view);

#endif

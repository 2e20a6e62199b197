/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is to be said about the mail hosts, whatever the domain is for. */
#ifndef MAILSEAL_ASSESS_MX_REPORT_H
#define MAILSEAL_ASSESS_MX_REPORT_H

#include "assess/mx.h"

/* Findings and measures of a known view. */
void mx_report(struct assessment *a, const struct mx_view *view);

#endif

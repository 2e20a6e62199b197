/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results as RFC 4180 lines, one a finding. */
#ifndef MAILSEAL_PRESENT_CSV_H
#define MAILSEAL_PRESENT_CSV_H

#include "advise/check_report.h"

/*
 * Fields that a spreadsheet would take for a formula (=, +, -, @, tab at the start) get a ' in
 * front. The first line names the columns.
 */
/* One quoted field and what follows it. */
void csv_field(struct buffer *text, struct span field, bool is_last);
void present_csv_check(const struct check_report *report, struct buffer *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* web/report.css, built into the program. */
#ifndef MAILSEAL_PRESENT_REPORT_CSS_H
#define MAILSEAL_PRESENT_REPORT_CSS_H

extern const char report_css[];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results as one HTML page: no other file, no script needed, light and dark, prints well, WCAG 2.2
 * AA. */
#ifndef MAILSEAL_PRESENT_HTML_H
#define MAILSEAL_PRESENT_HTML_H

#include "advise/check_report.h"

void present_html_check(const struct check_report *report, struct buffer *page);

#endif

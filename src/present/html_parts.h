/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The parts of a check's page, in files of their own. `number` counts the domains of the page from
 * 1 and makes their ids differ. */
#ifndef MAILSEAL_PRESENT_HTML_PARTS_H
#define MAILSEAL_PRESENT_HTML_PARTS_H

#include "present/page.h"
#include "present/present.h"

/* The class that colours a severity: good, info, warn, bad. */
const char *html_severity_class(enum severity severity);
/* What to do, one line a step, for those who decide. */
void html_plan(struct page *page, const struct check_result *result, size_t number);
/* The same steps with records, warnings and proofs, for those who do. */
void html_steps(struct page *page, const struct check_result *result, size_t number);
void html_findings(struct page *page, const struct assessment *a);
void html_unknowns(struct page *page, const struct assessment *a);
void html_profiles(struct page *page, const struct check_result *result);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a page about senders says first. */
#ifndef MAILSEAL_PRESENT_SENDERS_ANSWERS_H
#define MAILSEAL_PRESENT_SENDERS_ANSWERS_H

#include "present/page.h"
#include "service/plan.h"

/* A box for each question that the reports answer; plan may be NULL. */
void senders_answers(struct page *page, const struct senders_report *report,
		     const struct plan *plan);

#endif

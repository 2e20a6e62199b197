/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The parts of a page about senders, in files of their own. */
#ifndef MAILSEAL_PRESENT_SENDERS_PARTS_H
#define MAILSEAL_PRESENT_SENDERS_PARTS_H

#include "present/page.h"
#include "service/plan.h"

/* A box for each question that the reports answer; plan may be NULL. */
void senders_answers(struct page *page, const struct senders_report *report,
		     const struct plan *plan);
/* Where the domain stands on its way to reject, what is in the way and what a step would stop. */
void senders_plan(struct page *page, const struct plan *plan);
/* Senders and what is to be done about each; of spoofers the largest. The label is a literal. */
void senders_table(struct page *page, const struct senders_report *report,
		   const struct sender *const *senders, size_t count, const char *label);
const char *senders_class_title(enum mail_class class);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Senders and plans: terminal, JSON, CSV, and a page with charts. */
#ifndef MAILSEAL_PRESENT_SENDERS_TEXT_H
#define MAILSEAL_PRESENT_SENDERS_TEXT_H

#include "present/terminal.h"
#include "service/plan.h"

#define SENDERS_SCHEMA "mailseal-senders-1"
#define PLAN_SCHEMA "mailseal-plan-1"

void present_senders_terminal(const struct senders_report *report,
			      const struct terminal_style *style, struct buffer *text);
void present_senders_json(const struct senders_report *report, struct buffer *text);
void present_senders_csv(const struct senders_report *report, struct buffer *text);
/* plan may be NULL. */
void present_senders_html(const struct senders_report *report, const struct plan *plan,
			  struct buffer *text);
void present_plan_terminal(const struct plan *plan, const struct terminal_style *style,
			   struct buffer *text);
void present_plan_json(const struct plan *plan, struct buffer *text);

#endif

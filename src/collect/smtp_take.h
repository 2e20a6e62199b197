/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the answer to each step means. Inside of collect. */
#ifndef MAILSEAL_COLLECT_SMTP_TAKE_H
#define MAILSEAL_COLLECT_SMTP_TAKE_H

#include "collect/smtp_plan.h"

/* The step is done, unless the answer makes it go on: then its state is set back to waiting. */
void smtp_take_answer(struct smtp_plan *plan, const struct smtp_question *question,
		      enum smtp_outcome outcome, const struct smtp_probe *probe);
/* SMTP did not come as far as TLS: the pipelined command was refused, perhaps. */
void smtp_take_no_tls(struct smtp_plan *plan, const struct smtp_question *question);
/* The server broke off or said nothing. */
void smtp_take_break(struct smtp_plan *plan, const struct smtp_question *question,
		     enum smtp_outcome outcome);

#endif

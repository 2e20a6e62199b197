/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What answers mean for an endpoint. Inside of collect. */
#ifndef MAILSEAL_COLLECT_SMTP_LEARN_H
#define MAILSEAL_COLLECT_SMTP_LEARN_H

#include "collect/smtp_plan.h"

/* The row of a version; never NULL for the six. */
struct endpoint_version *smtp_learn_version(struct smtp_endpoint *endpoint, uint16_t version);
/* Notes a suite or group once. */
void smtp_learn_suite(struct smtp_endpoint *endpoint, uint16_t version, uint32_t suite,
		      bool is_accepted);
void smtp_learn_group(struct endpoint_groups *groups, uint16_t group, bool is_accepted);
/* What every hello of a server shows: version, suite, group, Diffie-Hellman parameters. */
void smtp_learn_hello(struct smtp_plan *plan, const struct tls_answer *answer);
/* Adds a certificate, from a session or (is_raw) from a hello's answer. */
void smtp_learn_session(struct smtp_plan *plan, const struct smtp_question *question,
			const struct smtp_probe *probe);
void smtp_learn_chain(struct smtp_plan *plan, const struct smtp_question *question,
		      const struct tls_answer *answer);
/* The answer to EHLO, copied into the arena. */
struct endpoint_ehlo smtp_learn_ehlo(struct arena *arena, const struct smtp_talk *talk);
/* Versions above `from` and up to `to` are refused, unless they were accepted before. */
void smtp_learn_refused(struct smtp_endpoint *endpoint, uint16_t from, uint16_t to);

#endif

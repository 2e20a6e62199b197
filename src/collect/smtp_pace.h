/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * How long to wait for a server, given how fast it was before. Inside of collect.
 *
 * The first connection has all the time there is. A server that has shown how fast it is gets
 * several times that later on, so that one that begins to hang costs its deadline about once and
 * not once a connection.
 */
#ifndef MAILSEAL_COLLECT_SMTP_PACE_H
#define MAILSEAL_COLLECT_SMTP_PACE_H

#include "collect/smtp_run.h"

/* Of one connection, from the dial. */
unsigned smtp_pace_deadline_ms(const struct smtp_run *run, const struct smtp_question *question);
/* Of these, for the answer to a hello. */
unsigned smtp_pace_hello_ms(const struct smtp_run *run, const struct smtp_question *question);
/* After every event of an attempt: notes when TLS began, and how fast the first hello was answered.
 * True when TLS has just begun. */
bool smtp_pace_note(struct smtp_attempt *attempt);
/*
 * A server that had spoken has turned a connection away. True when the same question is to be asked
 * again, at next_dial_ms: after 421, 450 and refusals several times with growing rests, after
 * silence once.
 */
bool smtp_pace_rest(struct smtp_run *run, bool is_silent);

#endif

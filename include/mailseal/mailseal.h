/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * libmailseal: is a message what it says, and can a domain be spoofed?
 *
 *   base.h     statuses, octets, version
 *   tables.h   what is known beforehand: public suffixes, providers, baselines
 *   facts.h    the library's questions about the world, and your answers
 *   verify.h   one message: SPF, DKIM, DMARC and ARC
 *   check.h    domains: findings, advice and baselines
 *
 * The library opens no connection, reads no clock and no environment, prints nothing and never ends
 * the process. It asks, you answer:
 *
 *	while ((status = mailseal_verify_run(verify, facts, &questions, &count)) == MAILSEAL_ASKS) {
 *		for (size_t i = 0; i < count; i++) {
 *			look up questions[i], then mailseal_facts_add_...(facts, &questions[i],
 *...);
 *		}
 *	}
 *
 * All questions that are known are asked at once, so they can be looked up side by side. The loop
 * ends: what is left unanswered counts as not asked, and there are at most MAILSEAL_MAX_TURNS
 *turns.
 *
 * There is no global state. An object may be used by one thread at a time, different objects by
 * different threads at once; tables do not change and may be shared. When memory is out, functions
 * say so (MAILSEAL_NO_MEMORY, or NULL) and nothing leaks.
 */
#ifndef MAILSEAL_MAILSEAL_H
#define MAILSEAL_MAILSEAL_H

#include <mailseal/base.h>
#include <mailseal/check.h>
#include <mailseal/facts.h>
#include <mailseal/tables.h>
#include <mailseal/verify.h>

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What receivers' reports add to a judgement: senders that fail or that SPF does not list,
 * subdomains that send mail, keys that signed and are gone, spoofed mail that was delivered, TLS
 * that failed, and silence. Says nothing when no reports were given. Runs after all controls.
 */
#ifndef MAILSEAL_ASSESS_REPORTED_H
#define MAILSEAL_ASSESS_REPORTED_H

#include "assess/assessment.h"

/* Reporters send once a day: a gap of some days is a fault, not a quiet weekend. */
#define REPORTED_SILENT_DAYS 4

/* One broken message is everyday; three of them are a pattern. */
#define REPORTED_FAILING_MESSAGES 3

void reported_assess(struct assessment *a);
/* The SPF part of it. */
void reported_assess_spf(struct assessment *a, const struct reported *reported);
/* The TLS part of it. */
void reported_assess_tls(struct assessment *a, const struct reported *reported);
/* The reports about the domain; NULL when none were given. */
const struct reported *reported_of(const struct assessment *a);

static inline bool reported_sender_is(const struct reported_sender *sender, const char *class)
{
	return span_equal(sender->class, span_of_string(class));
}

static inline bool reported_is_silent(const struct assessment *a, const struct reported *reported)
{
	int64_t silent_s = (int64_t)REPORTED_SILENT_DAYS * 86400;
	return reported->last_at > 0 && a->options->now - reported->last_at > silent_s;
}

#endif

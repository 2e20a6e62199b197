/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What stored reports teach about a domain, laid into the facts as FACT_REPORTED: keys, subdomains
 * and senders that were seen, mail of spoofers that was delivered, failed TLS sessions, silence.
 */
#ifndef MAILSEAL_SERVICE_LEARN_H
#define MAILSEAL_SERVICE_LEARN_H

#include "facts/facts.h"
#include "service/senders.h"

/* Counts are of these last days; silence and keys are looked for in all of options->days. */
#define LEARN_DAYS 90
#define LEARN_RECENT_DAYS 30

/* Reads the store and adds one fact for the domain: absent when nothing is held about it. */
int learn_reports(struct facts *facts, struct store *store, struct span domain,
		  const struct senders_options *options, struct failure *reterr) MUST_CHECK;

#endif

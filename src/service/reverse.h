/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Host names of sources by reverse DNS (RFC 8499: PTR), believed only when the name leads back to
 * the address. Asked only when the user wants it: these questions go to the owners of strangers'
 * networks.
 */
#ifndef MAILSEAL_SERVICE_REVERSE_H
#define MAILSEAL_SERVICE_REVERSE_H

#include "facts/facts.h"
#include "service/senders.h"

/* The largest sources, a few of each sender. */
#define REVERSE_SOURCES 300
#define REVERSE_PER_SENDER 3

/* Fills in host names; a sender known by its network only takes the name of its hosts' provider or
 * organisation. */
int reverse_name(struct senders_report *report, struct facts *facts, struct fact_source *source,
		 const struct senders_options *options, struct failure *reterr) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a fact says, without when and how it was seen: equal texts are the same observation, today
 * and tomorrow. For telling change from the passing of time.
 */
#ifndef MAILSEAL_FACTS_IDENTITY_H
#define MAILSEAL_FACTS_IDENTITY_H

#include "facts/fact.h"

/*
 * Appends one line of JSON in the form of facts/save.h. Left out: time, source, TTLs, sizes, raw
 * packets, durations, connection counts, greetings' words and OCSP staples (they carry dates), the
 * rdata of SOA (serial numbers). Records are in a fixed order.
 */
void fact_write_identity(const struct fact *fact, struct buffer *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the engine brought back -> a fact. */
#ifndef MAILSEAL_COLLECT_DNS_FACT_H
#define MAILSEAL_COLLECT_DNS_FACT_H

#include "collect/dns_engine.h"

/* What all facts of a round share. */
struct dns_fact_frame {
	struct span source;
	int64_t observed_at;
	bool is_validating;
};

/*
 * The fact for an ask in a final state; its texts live in the arena or in the ask. A look-up that
 * libunbound gave up without an answer becomes "servfail": dns_diagnose() may know better.
 */
struct fact dns_fact_of_ask(struct arena *arena, const struct dns_ask *ask,
			    const struct dns_fact_frame *frame);
/*
 * libunbound's explanation without what is in front of the cause: "validation failure <name type>:"
 * and, from the second look-up below a broken zone on, "... marked as invalid because of a previous
 * validation failure <...>:".
 */
struct span dns_fact_trim_why(struct span why_bogus);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The records of a DNS message -> one answer to one question: chain, records, negative TTL. */
#ifndef MAILSEAL_COLLECT_DNS_ANSWER_H
#define MAILSEAL_COLLECT_DNS_ANSWER_H

#include "collect/dns_packet.h"

/* unbound 1.17 follows 11; honest chains have at most 4. */
#define DNS_ANSWER_MAX_CNAMES 16

enum dns_answer_result {
	DNS_ANSWER_PRESENT,
	DNS_ANSWER_NODATA,
	DNS_ANSWER_NXDOMAIN,
	DNS_ANSWER_ERROR,     /* another rcode: see ret_answer->rcode */
	DNS_ANSWER_LOOP,      /* CNAMEs in a circle, or more than DNS_ANSWER_MAX_CNAMES */
	DNS_ANSWER_MALFORMED, /* not a message, or not an answer to this question */
};

/*
 * Reads an answer to key. RFC 1034 3.6.2: the records of the asked type stand at the end of the
 * CNAME chain, and are given in the order of their octets; RFC 2308 2.1: rcode 3 is about the end
 * of the chain. *ret_answer (in the arena) is filled for PRESENT, NODATA, NXDOMAIN and LOOP (with
 * the chain), and has the rcode for ERROR; its dnssec and why_bogus are the caller's to fill. The
 * packet is copied.
 */
enum dns_answer_result dns_answer_read(struct arena *arena, struct fact_key key,
				       struct span message,
				       struct dns_answer *ret_answer) MUST_CHECK;
/* The same on a message that was read before. */
enum dns_answer_result dns_answer_of_packet(struct arena *arena, struct fact_key key,
					    const struct dns_packet *packet,
					    struct dns_answer *ret_answer) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Plain UDP questions to given servers, to see what libunbound does not tell: the rcode, silence,
 * or that the network refuses. Used only for look-ups that failed, so no TCP and no EDNS: a
 * truncated answer shows as much.
 */
#ifndef MAILSEAL_COLLECT_DNS_PROBE_H
#define MAILSEAL_COLLECT_DNS_PROBE_H

#include "collect/dns_packet.h"
#include "collect/dns_server.h"

/* Open at the same time; more wait. */
#define DNS_PROBE_MAX_SOCKETS 64

enum dns_probe_state {
	DNS_PROBE_SILENT,      /* no answer in time */
	DNS_PROBE_ANSWERED,    /* packet is a response to our question */
	DNS_PROBE_REFUSED,     /* ICMP: nothing listens there */
	DNS_PROBE_UNREACHABLE, /* there is no way to that address from here */
};

struct dns_probe {
	struct dns_server server; /* in */
	struct fact_key key;	  /* in */
	bool is_recursive;	  /* in: ask a resolver */
	enum dns_probe_state state;
	struct dns_packet packet; /* ANSWERED; in the arena */
	uint16_t id;
	int fd;
};

/*
 * Sends each question, once more after half of timeout_ms, and fills the states. Takes up to
 * timeout_ms for every DNS_PROBE_MAX_SOCKETS of them. *random is where the message ids come from,
 * and moves on.
 */
void dns_probe_all(struct arena *arena, struct dns_probe *probes, size_t count, unsigned timeout_ms,
		   uint64_t *random);

#endif

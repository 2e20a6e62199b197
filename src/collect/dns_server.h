/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Addresses of DNS servers, as people and resolv.conf write them. */
#ifndef MAILSEAL_COLLECT_DNS_SERVER_H
#define MAILSEAL_COLLECT_DNS_SERVER_H

#include <sys/socket.h>

#include "base/base.h"

#define DNS_PORT 53
/* A resolv.conf is some hundred octets; what follows is not read. */
#define DNS_RESOLV_CONF_MAX_BYTES 65536

struct dns_server {
	struct span text; /* as it was written, for people and for libunbound */
	struct sockaddr_storage address;
	socklen_t address_len;
};

/* "192.0.2.53", "192.0.2.53@5353", "2001:db8::53", "fe80::1%eth0@53". text is kept, not copied. */
bool dns_server_parse(struct span text, struct dns_server *ret_server) MUST_CHECK;
/* From the octets of an A (4) or AAAA (16) record, port 53; the text goes into the arena. */
bool dns_server_from_rdata(struct arena *arena, struct span rdata,
			   struct dns_server *ret_server) MUST_CHECK;
/*
 * resolv.conf(5): takes the address of each "nameserver" line that can be read, in order, up to
 * max. The number taken. servers point into text.
 */
size_t dns_server_parse_resolv_conf(struct span text, struct dns_server *servers, size_t max);

#endif

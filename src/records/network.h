/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* IPv4 and IPv6 addresses and prefixes. */
#ifndef MAILSEAL_RECORDS_NETWORK_H
#define MAILSEAL_RECORDS_NETWORK_H

#include "base/base.h"

enum network_family {
	NETWORK_IPV4 = 4,
	NETWORK_IPV6 = 6,
};

/* Room for the longest form with prefix and NUL. */
#define NETWORK_TEXT_SIZE 56

struct network {
	enum network_family family;
	uint8_t address[16]; /* network order; the first 4 for IPv4, the rest zero */
	unsigned prefix_len; /* 0..32 or 0..128; 32 or 128 for one address */
};

struct network_text {
	char text[NETWORK_TEXT_SIZE];
};

/* What an address is for, by the IANA special-purpose registries (RFC 6890 and updates). */
enum network_scope {
	NETWORK_GLOBAL,
	NETWORK_LOOPBACK,      /* 127/8, ::1 */
	NETWORK_PRIVATE,       /* 10/8, 172.16/12, 192.168/16, fc00::/7, 100.64/10 */
	NETWORK_LINK_LOCAL,    /* 169.254/16, fe80::/10 */
	NETWORK_UNSPECIFIED,   /* 0/8, :: */
	NETWORK_MULTICAST,     /* 224/4, ff00::/8 */
	NETWORK_DOCUMENTATION, /* 192.0.2/24, 198.51.100/24, 203.0.113/24, 2001:db8::/32, 3fff::/20
				*/
	NETWORK_MAPPED,	  /* ::ffff:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48, 2002::/16: judge the IPv4
			     inside as well */
	NETWORK_RESERVED, /* 240/4, 192.0.0/24, 198.18/15, and others not for use on the internet */
};

/* "192.0.2.1" or "2001:db8::1", strict: four decimal octets without leading zeros; RFC 4291 2.2
 * forms. No prefix. */
bool network_parse_address(struct span text, struct network *ret_network) MUST_CHECK;
/* An address with an optional "/len". Host bits may be set; they are kept (see network_masked). */
bool network_parse(struct span text, struct network *ret_network) MUST_CHECK;
/* A or AAAA record data: 4 or 16 octets. */
bool network_from_octets(struct span octets, struct network *ret_network) MUST_CHECK;
/* Host bits cleared. */
struct network network_masked(struct network network);
/* True when inner lies within outer; families must agree. */
bool network_contains(struct network outer, struct network inner);
/* RFC 5952 text; "/len" only when it is not a single address. */
struct network_text network_format(struct network network);
/* Number of addresses; saturates at UINT64_MAX (any IPv6 prefix of /64 or shorter). */
uint64_t network_address_count(struct network network);
/* Of a prefix: the scope that all its addresses share, else NETWORK_GLOBAL. */
enum network_scope network_scope_of(struct network network);
/* The IPv4 address inside ::ffff:0:0/96, 64:ff9b::/96 or 2002::/16; false for any other. */
bool network_embedded_ipv4(struct network network, struct network *ret_ipv4) MUST_CHECK;
/* "loopback", "private", ... Static. */
const char *network_scope_name(enum network_scope scope);

#endif

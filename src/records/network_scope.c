/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What an address is for: the IANA special-purpose registries as a table. */
#include "records/network.h"

struct row {
	struct network network;
	enum network_scope scope;
};

#define V4(a, b, c, len)                                                                           \
	{                                                                                          \
		NETWORK_IPV4, {a, b, c}, len                                                       \
	}
/* Groups 1 to 4 of the prefix. */
#define V6(a, b, c, d, len)                                                                        \
	{                                                                                          \
		NETWORK_IPV6, {(a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff,                             \
			       (c) >> 8, (c)&0xff, (d) >> 8, (d)&0xff},                            \
			len                                                                        \
	}

/* RFC 6890 2.2.2 and the registry as of 2024; a row hides those below it. */
static const struct row ipv4_rows[] = {
	{V4(0, 0, 0, 8), NETWORK_UNSPECIFIED},
	{V4(10, 0, 0, 8), NETWORK_PRIVATE},
	{V4(100, 64, 0, 10), NETWORK_PRIVATE}, /* RFC 6598 */
	{V4(127, 0, 0, 8), NETWORK_LOOPBACK},
	{V4(169, 254, 0, 16), NETWORK_LINK_LOCAL},
	{V4(172, 16, 0, 12), NETWORK_PRIVATE},
	{V4(192, 0, 0, 24), NETWORK_RESERVED},
	{V4(192, 0, 2, 24), NETWORK_DOCUMENTATION},
	{V4(192, 88, 99, 24), NETWORK_RESERVED}, /* RFC 7526 */
	{V4(192, 168, 0, 16), NETWORK_PRIVATE},
	{V4(198, 18, 0, 15), NETWORK_RESERVED}, /* RFC 2544 */
	{V4(198, 51, 100, 24), NETWORK_DOCUMENTATION},
	{V4(203, 0, 113, 24), NETWORK_DOCUMENTATION},
	{V4(224, 0, 0, 4), NETWORK_MULTICAST},
	{V4(240, 0, 0, 4), NETWORK_RESERVED},
};

/* RFC 6890 2.2.3 and the registry as of 2024. */
static const struct row ipv6_rows[] = {
	{{NETWORK_IPV6, {0}, 128}, NETWORK_UNSPECIFIED},
	{{NETWORK_IPV6, {[15] = 1}, 128}, NETWORK_LOOPBACK},
	{{NETWORK_IPV6, {[10] = 0xff, [11] = 0xff}, 96}, NETWORK_MAPPED},
	{V6(0x64, 0xff9b, 0, 0, 96), NETWORK_MAPPED}, /* RFC 6052 */
	{V6(0x64, 0xff9b, 1, 0, 48), NETWORK_MAPPED}, /* RFC 8215 */
	{V6(0x2001, 0xdb8, 0, 0, 32), NETWORK_DOCUMENTATION},
	{V6(0x2001, 3, 0, 0, 32), NETWORK_GLOBAL},	  /* RFC 7450 */
	{V6(0x2001, 4, 0x112, 0, 48), NETWORK_GLOBAL},	  /* RFC 7535 */
	{V6(0x2001, 0x20, 0, 0, 28), NETWORK_GLOBAL},	  /* RFC 7343 */
	{V6(0x2001, 0x30, 0, 0, 28), NETWORK_GLOBAL},	  /* RFC 9374 */
	{V6(0x2001, 0, 0, 0, 23), NETWORK_RESERVED},	  /* RFC 2928; Teredo is in it */
	{V6(0x2002, 0, 0, 0, 16), NETWORK_MAPPED},	  /* RFC 3056 */
	{V6(0x3fff, 0, 0, 0, 20), NETWORK_DOCUMENTATION}, /* RFC 9637 */
	{V6(0x2000, 0, 0, 0, 3), NETWORK_GLOBAL},	  /* RFC 4291 2.4 as IANA hands it out */
	{V6(0xfc00, 0, 0, 0, 7), NETWORK_PRIVATE},
	{V6(0xfe80, 0, 0, 0, 10), NETWORK_LINK_LOCAL},
	{V6(0xff00, 0, 0, 0, 8), NETWORK_MULTICAST},
	/* Everything outside 2000::/3 that has no row: never handed out. */
	{V6(0x0000, 0, 0, 0, 3), NETWORK_RESERVED},
	{V6(0x4000, 0, 0, 0, 2), NETWORK_RESERVED},
	{V6(0x8000, 0, 0, 0, 1), NETWORK_RESERVED},
};

static enum network_scope find_scope(const struct row *rows, size_t count, struct network network)
{
	for (size_t i = 0; i < count; i++) {
		if (network_contains(rows[i].network, network)) {
			return rows[i].scope;
		}
	}
	return NETWORK_GLOBAL;
}

enum network_scope network_scope_of(struct network network)
{
	if (network.family == NETWORK_IPV4) {
		return find_scope(ipv4_rows, sizeof(ipv4_rows) / sizeof(ipv4_rows[0]), network);
	}
	return find_scope(ipv6_rows, sizeof(ipv6_rows) / sizeof(ipv6_rows[0]), network);
}

const char *network_scope_name(enum network_scope scope)
{
	switch (scope) {
	case NETWORK_GLOBAL:
		return "global";
	case NETWORK_LOOPBACK:
		return "loopback";
	case NETWORK_PRIVATE:
		return "private";
	case NETWORK_LINK_LOCAL:
		return "link-local";
	case NETWORK_UNSPECIFIED:
		return "unspecified";
	case NETWORK_MULTICAST:
		return "multicast";
	case NETWORK_DOCUMENTATION:
		return "documentation";
	case NETWORK_MAPPED:
		return "IPv4 inside IPv6";
	case NETWORK_RESERVED:
		return "reserved";
	}
	return "unknown";
}

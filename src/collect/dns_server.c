/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads addresses of DNS servers. */
#include "collect/dns_server.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* An IPv6 address with a zone: 45 + "%" + interface. */
#define ADDRESS_TEXT_SIZE (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

bool dns_server_parse(struct span text, struct dns_server *ret_server)
{
	size_t at = span_find(text, '@', 0);
	uint64_t port = DNS_PORT;
	if (at < text.len &&
	    (!number_parse_decimal(span_from(text, at + 1), UINT16_MAX, &port) || port == 0)) {
		return false;
	}
	char address[ADDRESS_TEXT_SIZE];
	char service[6];
	if (text.ptr == NULL || at == 0 || at >= sizeof(address) ||
	    memchr(text.ptr, '\0', at) != NULL) {
		return false;
	}
	snprintf(address, sizeof(address), "%.*s", (int)at, text.ptr);
	snprintf(service, sizeof(service), "%u", (unsigned)port);
	/* getaddrinfo() and not inet_pton(), as it knows "%eth0"; numeric: it asks nobody. */
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_DGRAM};
	struct addrinfo *info = NULL;
	if (getaddrinfo(address, service, &hints, &info) != 0) {
		return false;
	}
	struct dns_server server = {.text = text, .address_len = info->ai_addrlen};
	memcpy(&server.address, info->ai_addr, info->ai_addrlen);
	freeaddrinfo(info);
	*ret_server = server;
	return true;
}

bool dns_server_from_rdata(struct arena *arena, struct span rdata, struct dns_server *ret_server)
{
	char text[INET6_ADDRSTRLEN];
	int family = rdata.len == 4 ? AF_INET : AF_INET6;
	if ((rdata.len != 4 && rdata.len != 16) ||
	    inet_ntop(family, rdata.ptr, text, sizeof(text)) == NULL) {
		return false;
	}
	return dns_server_parse(arena_copy(arena, span_of_string(text)), ret_server);
}

/* "nameserver ADDR ..." -> ADDR; an empty span for other lines. */
static struct span nameserver_of_line(struct span line)
{
	const struct span keyword = SPAN_INIT("nameserver");
	if (!span_starts_with(line, keyword) || line.len == keyword.len ||
	    !text_is_space(line.ptr[keyword.len])) {
		return (struct span){0};
	}
	return text_first_word(span_from(line, keyword.len));
}

size_t dns_server_parse_resolv_conf(struct span text, struct dns_server *servers, size_t max)
{
	size_t count = 0;
	struct span rest = text;
	struct span line;
	while (count < max && rest.ptr != NULL && span_split(&rest, '\n', &line)) {
		struct span address = nameserver_of_line(line);
		/* resolv.conf knows no ports. */
		if (span_find(address, '@', 0) == address.len &&
		    dns_server_parse(address, &servers[count])) {
			count++;
		}
	}
	return count;
}

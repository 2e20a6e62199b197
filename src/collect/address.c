/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The address filter, and addresses as sockets want them. */
#include "collect/address.h"

#include <netinet/in.h>

bool address_may_be_dialled(struct network address, bool allows_private)
{
	enum network_scope scope = network_scope_of(address);
	if (allows_private) {
		return scope != NETWORK_UNSPECIFIED && scope != NETWORK_MULTICAST;
	}
	return scope == NETWORK_GLOBAL;
}

void address_to_socket(struct network address, uint16_t port, struct sockaddr_storage *ret_socket)
{
	*ret_socket = (struct sockaddr_storage){0};
	if (address.family == NETWORK_IPV4) {
		struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
		memcpy(&in.sin_addr, address.address, sizeof(in.sin_addr));
		memcpy(ret_socket, &in, sizeof(in));
		return;
	}
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	memcpy(&in6.sin6_addr, address.address, sizeof(in6.sin6_addr));
	memcpy(ret_socket, &in6, sizeof(in6));
}

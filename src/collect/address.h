/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which addresses a domain may make us connect to. */
#ifndef MAILSEAL_COLLECT_ADDRESS_H
#define MAILSEAL_COLLECT_ADDRESS_H

#include <sys/socket.h>

#include "records/network.h"

/*
 * A domain's records must not make us look around in somebody's own network: only addresses of the
 * internet are dialled. A lab allows private ones as well, but never "any" or multicast.
 */
bool address_may_be_dialled(struct network address, bool allows_private);

/* For connect() and bind(). */
void address_to_socket(struct network address, uint16_t port, struct sockaddr_storage *ret_socket);

#endif

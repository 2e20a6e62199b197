/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Single handshake messages of a server. Inside of net. */
#ifndef MAILSEAL_NET_TLS_MESSAGE_H
#define MAILSEAL_NET_TLS_MESSAGE_H

#include "net/tls_answer.h"

enum tls_message_state {
	TLS_MESSAGE_MORE, /* further messages are of interest */
	TLS_MESSAGE_ENOUGH,
	TLS_MESSAGE_BROKEN,
};

/* Adds what the message says. */
enum tls_message_state tls_message_read(struct arena *arena, uint8_t type, struct span body,
					struct tls_answer *answer) MUST_CHECK;
/* SERVER-HELLO behind its length. False when it is none. */
bool tls_message_read_ssl2(struct arena *arena, struct span body,
			   struct tls_answer *answer) MUST_CHECK;

#endif

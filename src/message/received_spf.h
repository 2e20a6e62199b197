/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The Received-SPF field (RFC 7208 9.1). */
#ifndef MAILSEAL_MESSAGE_RECEIVED_SPF_H
#define MAILSEAL_MESSAGE_RECEIVED_SPF_H

#include "base/base.h"

/* Empty spans are left out. Their octets may be anything. */
struct received_spf {
	const char *result;   /* "pass"; the program's own word */
	struct span receiver; /* our host */
	struct span client_ip;
	struct span envelope_from;
	struct span helo;
	const char *identity;  /* "mailfrom" or "helo" */
	struct span mechanism; /* the term that matched */
	struct span problem;   /* why it is an error */
};

/* Appends the field with its CRLF. */
void received_spf_write(const struct received_spf *spf, struct buffer *text);

#endif
